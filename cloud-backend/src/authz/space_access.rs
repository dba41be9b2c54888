//! The right to see or manage one space, and the right to share with others at all. What lies in a space is a matter of
//! `file_access`.

use std::marker::PhantomData;

use carrel_ids::{SpaceId, UserId};

use super::{
    AccessError, Actor, Permission, Proof, SpaceRole, Target,
    actor::{proofs, sealed},
};
use crate::{audit::Action, session::Session, store::Store};

/// What can be done with a space as such. Sealed: no other module can add one.
pub trait SpaceLevel: sealed::Sealed + 'static {
    const NEEDS: SpaceRole;
    /// What the person's roles, and the scopes of their token, have to give besides.
    const PERMISSION: Permission;
    const NAME: &'static str;
}

macro_rules! levels {
    ($($(#[$doc:meta])* $name:ident = $role:ident, $permission:ident, $text:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name;
        impl sealed::Sealed for $name {}
        impl SpaceLevel for $name {
            const NEEDS: SpaceRole = SpaceRole::$role;
            const PERMISSION: Permission = Permission::$permission;
            const NAME: &'static str = $text;
        }
    )*};
}

levels! {
    /// That it is there, and what it is called.
    See = Uploader, FileRead, "see";
    /// Who else is in it: not for uploaders, who see nothing.
    SeeMembers = Viewer, FileRead, "see_members";
    /// Its name, its members, its end. T-33: no token reaches so far, whoever it is of.
    Manage = Manager, ShareInternalManage, "manage";
}

/// Proof that `actor` may do `L` with a space. Made by [`SpaceAccess::require`] and nothing else; not `Clone`, not serialisable.
#[derive(Debug)]
pub struct SpaceAccess<L: SpaceLevel> {
    actor: Actor,
    user: UserId,
    space: SpaceId,
    role: SpaceRole,
    personal: bool,
    _level: PhantomData<L>,
}

/// What the store knows of a person's right to a space.
#[derive(Debug, Clone, Copy)]
pub struct SpaceRight {
    pub role: SpaceRole,
    pub personal: bool,
}

impl<L: SpaceLevel> SpaceAccess<L> {
    /// Proves that the session's person may do `L` with the space, or answers "not found" and writes the denial to the log.
    ///
    /// # Errors
    /// [`AccessError::NotFound`] without the right, and without the space; [`AccessError::ScopeTooSmall`] for a token that does not
    /// reach so far.
    pub async fn require(store: &Store, session: &Session, space: SpaceId) -> Result<Self, AccessError> {
        let right = store.right_to_space(session.user_id(), space).await?;
        let held = session.user().rights.permissions;
        let right = right.filter(|right| right.role >= L::NEEDS && held.contain(L::PERMISSION));
        let refusal = match right {
            None => AccessError::NotFound,
            Some(_) if !session.permissions().contain(L::PERMISSION) => AccessError::ScopeTooSmall,
            Some(SpaceRight { role, personal }) => {
                let (actor, user) = (session.actor().clone(), session.user_id());
                return Ok(Self { actor, user, space, role, personal, _level: PhantomData });
            }
        };
        store.record_denial(session.actor(), Action::SpaceAccess, Target::Space(space), L::NAME).await?;
        Err(refusal)
    }

    #[must_use]
    pub fn space_id(&self) -> SpaceId {
        self.space
    }
    /// The person who acts.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.user
    }
    #[must_use]
    pub fn role(&self) -> SpaceRole {
        self.role
    }
    /// It is somebody's own: there is nobody to share it with, and nobody to hand it to.
    #[must_use]
    pub fn is_personal(&self) -> bool {
        self.personal
    }
}

impl<L: SpaceLevel> sealed::Sealed for SpaceAccess<L> {}
impl<L: SpaceLevel> Proof for SpaceAccess<L> {
    fn actor(&self) -> &Actor {
        &self.actor
    }
    fn target(&self) -> Target {
        Target::Space(self.space)
    }
    fn space(&self) -> Option<SpaceId> {
        Some(self.space)
    }
}

/// Proof that `actor` may share with people and groups of this instance: make team spaces, and look for whom to let in.
#[derive(Debug)]
pub struct SharingAccess {
    actor: Actor,
    user: UserId,
}

impl SharingAccess {
    /// # Errors
    /// [`AccessError::NotFound`] without the permission, [`AccessError::ScopeTooSmall`] for tokens.
    pub async fn require(store: &Store, session: &Session) -> Result<Self, AccessError> {
        let refusal = match Permission::ShareInternalManage {
            permission if !session.user().rights.permissions.contain(permission) => AccessError::NotFound,
            permission if !session.permissions().contain(permission) => AccessError::ScopeTooSmall,
            _ => return Ok(Self { actor: session.actor().clone(), user: session.user_id() }),
        };
        store.record_denial(session.actor(), Action::SpaceAccess, Target::Instance, "share").await?;
        Err(refusal)
    }

    /// The person who acts.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.user
    }
}

proofs! {
    SharingAccess => |_| Target::Instance;
}
