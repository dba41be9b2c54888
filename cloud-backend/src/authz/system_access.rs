//! Proofs of rights that belong to a person, not to a space: administration and the log.

use std::marker::PhantomData;

use super::{AccessError, Actor, LocalAdministrator, Permission, Proof, Target, actor::sealed};
use crate::{audit::Action, session::Session, store::Store};

/// A use of a permission. Sealed.
pub trait SystemRight: sealed::Sealed + 'static {
    /// One of them is enough.
    const PERMISSIONS: &'static [Permission];
    /// Dangerous enough for a fresh second factor (T-15).
    const ELEVATED: bool;
    const TARGET: Target;
}

macro_rules! rights {
    ($($(#[$doc:meta])* $name:ident = $($permission:ident)|+, elevated $elevated:literal, $target:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name;
        impl sealed::Sealed for $name {}
        impl SystemRight for $name {
            const PERMISSIONS: &'static [Permission] = &[$(Permission::$permission),+];
            const ELEVATED: bool = $elevated;
            const TARGET: Target = Target::$target;
        }
    )*};
}
rights! {
    /// Look at the log.
    ReadLog = LogRead, elevated false, Log;
    /// Carry the log away.
    ExportLog = LogRead, elevated true, Log;
    /// People, groups, invitations.
    ManageUsers = UserManage, elevated true, Instance;
    /// See which roles there are, to give those that one holds.
    SeeRoles = RoleManage | UserManage, elevated true, Instance;
    /// Roles and who has them.
    ManageRoles = RoleManage, elevated true, Instance;
    /// Look at what was done in an emergency, and close it.
    ReviewEmergencies = LogRead, elevated true, Log;
    /// How the instance works: providers of identities, limits.
    ManageSettings = ServerSettings, elevated true, Instance;
    /// Become administrator at once.
    UseBreakGlass = BreakGlass, elevated true, Instance;
}

/// A proof that allows to read and export the log.
pub trait LogReader: Proof {}
impl LogReader for SystemAccess<ReadLog> {}
impl LogReader for SystemAccess<ExportLog> {}
impl LogReader for LocalAdministrator {}

/// Proof that `actor` may do `R` at this moment.
#[derive(Debug)]
pub struct SystemAccess<R: SystemRight> {
    actor: Actor,
    held: super::Permissions,
    _right: PhantomData<R>,
}

impl<R: SystemRight> SystemAccess<R> {
    /// # Errors
    /// [`AccessError::NotFound`] without the permission: a page that one may not see does not exist.
    /// [`AccessError::ScopeTooSmall`] for tokens, [`AccessError::ElevationRequired`] without a fresh second factor.
    pub async fn require(store: &Store, session: &Session) -> Result<Self, AccessError> {
        let held = session.user().rights.permissions;
        let refusal = if !R::PERMISSIONS.iter().any(|permission| held.contain(*permission)) {
            AccessError::NotFound
        } else if !session.is_interactive() {
            // T-33: a token is for files; administration and the log need a person at a browser.
            AccessError::ScopeTooSmall
        } else if R::ELEVATED && !session.is_elevated() {
            AccessError::ElevationRequired
        } else {
            return Ok(Self { actor: session.actor().clone(), held, _right: PhantomData });
        };
        store.record_denial(session.actor(), Action::SystemAccess, R::TARGET, R::PERMISSIONS[0].code()).await?;
        Err(refusal)
    }

    /// Everything that the acting person may do: nobody grants more than that, and nobody acts on who has more.
    #[must_use]
    pub fn held(&self) -> super::Permissions {
        self.held
    }
}

impl<R: SystemRight> sealed::Sealed for SystemAccess<R> {}
impl<R: SystemRight> Proof for SystemAccess<R> {
    fn actor(&self) -> &Actor {
        &self.actor
    }
    fn target(&self) -> Target {
        R::TARGET
    }
}
