//! The right to read or change one node (a file or a folder) of a space.

use std::marker::PhantomData;

use carrel_ids::{NodeId, SpaceId, UserId};

use super::{AccessError, Actor, Permission, Proof, SandboxAccess, Target, actor::sealed};
use crate::{audit::Action, session::Session, store::Store};

/// What a member of a space may do in it; the order is the order of power.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SpaceRole {
    /// May add files and sees nothing.
    Uploader,
    Viewer,
    Editor,
    Manager,
}

impl SpaceRole {
    /// The role as the database and the API write it.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        Some(match text {
            "uploader" => Self::Uploader,
            "viewer" => Self::Viewer,
            "editor" => Self::Editor,
            "manager" => Self::Manager,
            _ => return None,
        })
    }
    #[must_use]
    pub fn may<L: Level>(self) -> bool {
        self >= L::NEEDS
    }
}

/// A degree of access. Sealed: no other module can add one.
pub trait Level: sealed::Sealed + 'static {
    const NEEDS: SpaceRole;
    /// What the person's roles, and the scopes of their token, have to give besides.
    const PERMISSION: Permission;
    const NAME: &'static str;
}

/// See the node, its content and its versions.
#[derive(Debug)]
pub struct Read;
impl sealed::Sealed for Read {}
impl Level for Read {
    const NEEDS: SpaceRole = SpaceRole::Viewer;
    const PERMISSION: Permission = Permission::FileRead;
    const NAME: &'static str = "read";
}

/// Change, rename, move; for folders also: put things into them.
#[derive(Debug)]
pub struct Write;
impl sealed::Sealed for Write {}
impl Level for Write {
    const NEEDS: SpaceRole = SpaceRole::Editor;
    const PERMISSION: Permission = Permission::FileWrite;
    const NAME: &'static str = "write";
}

/// Move to the trash and bring back from it.
#[derive(Debug)]
pub struct Delete;
impl sealed::Sealed for Delete {}
impl Level for Delete {
    const NEEDS: SpaceRole = SpaceRole::Editor;
    const PERMISSION: Permission = Permission::FileDelete;
    const NAME: &'static str = "delete";
}

/// Delete for good what lies in the trash, or earlier versions: nobody can bring that back, so it is for managers.
#[derive(Debug)]
pub struct Purge;
impl sealed::Sealed for Purge {}
impl Level for Purge {
    const NEEDS: SpaceRole = SpaceRole::Manager;
    const PERMISSION: Permission = Permission::FileDelete;
    const NAME: &'static str = "purge";
}

/// Proof that `actor` may do `L` to `node`. Made by [`FileAccess::require`] and nothing else; not `Clone`, not serialisable.
#[derive(Debug)]
pub struct FileAccess<L: Level> {
    actor: Actor,
    node: NodeId,
    space: SpaceId,
    may_write: bool,
    may_purge: bool,
    is_own_space: bool,
    _level: PhantomData<L>,
}

/// What the store knows of a person's right to a node.
#[derive(Debug, Clone, Copy)]
pub struct NodeRight {
    pub space: SpaceId,
    pub role: SpaceRole,
    pub is_own_space: bool,
}

impl<L: Level> FileAccess<L> {
    /// Proves that the session's person may do `L` to `node`, or answers "not found" and writes the denial to the log.
    ///
    /// # Errors
    /// [`AccessError::NotFound`] without the right, without the node, and for what lies in the trash;
    /// [`AccessError::ScopeTooSmall`] when only the token's scopes stand in the way.
    pub async fn require(store: &Store, session: &Session, node: NodeId) -> Result<Self, AccessError> {
        Self::with_right(store, session, node, store.right_to_node(session.user_id(), node).await?).await
    }

    /// The right, if there is one. For lists of what the person chose earlier: what is no longer theirs to see is left out of
    /// them, and that is no try to see it.
    pub(crate) async fn if_any(store: &Store, session: &Session, node: NodeId) -> Result<Option<Self>, AccessError> {
        let Some(right) = store.right_to_node(session.user_id(), node).await? else { return Ok(None) };
        let effective = session.permissions();
        if !right.role.may::<L>() || !effective.contain(L::PERMISSION) {
            return Ok(None);
        }
        let may_write = right.role.may::<Write>() && effective.contain(Permission::FileWrite);
        Ok(Some(Self::new(session.actor().clone(), node, right, may_write)))
    }

    /// The right to a space's trash, which is the right to the folder at its top.
    ///
    /// # Errors
    /// As [`FileAccess::require`].
    pub async fn require_in_space(store: &Store, session: &Session, space: SpaceId) -> Result<Self, AccessError> {
        let top = store.top_of(space).await?;
        // Without such a space there is no node of its number either: one answer.
        Self::require(store, session, top.unwrap_or_else(|| NodeId::from(space.uuid()))).await
    }

    /// Like [`FileAccess::require`], for a node in the trash: to bring it back, or to delete it for good.
    ///
    /// # Errors
    /// As [`FileAccess::require`].
    pub async fn require_in_trash(store: &Store, session: &Session, node: NodeId) -> Result<Self, AccessError> {
        Self::with_right(store, session, node, store.right_to_trashed_node(session.user_id(), node).await?).await
    }

    async fn with_right(
        store: &Store,
        session: &Session,
        node: NodeId,
        right: Option<NodeRight>,
    ) -> Result<Self, AccessError> {
        let held = session.user().rights.permissions;
        let Some(right) = right.filter(|right| right.role.may::<L>() && held.contain(L::PERMISSION)) else {
            return Err(refuse(store, session.actor(), node, L::NAME).await?);
        };
        let effective = session.permissions();
        if !effective.contain(L::PERMISSION) {
            refuse(store, session.actor(), node, L::NAME).await?;
            return Err(AccessError::ScopeTooSmall);
        }
        let may_write = right.role.may::<Write>() && effective.contain(Permission::FileWrite);
        Ok(Self::new(session.actor().clone(), node, right, may_write))
    }

    /// The same right for a node that lies below a sandbox's folder.
    ///
    /// # Errors
    /// [`AccessError::NotFound`] when the node is elsewhere, or the person behind the sandbox no longer has the right.
    pub async fn require_in_sandbox(store: &Store, sandbox: &SandboxAccess, node: NodeId) -> Result<Self, AccessError> {
        let user = sandbox.actor().user().ok_or(AccessError::NotFound)?;
        let below = store.is_at_or_below(node, sandbox.folder()).await?;
        let held = store.active_user(user).await?.map(|user| user.rights.permissions).unwrap_or_default();
        match store.right_to_node(user, node).await? {
            Some(right) if below && right.role.may::<L>() && held.contain(L::PERMISSION) => {
                let may_write = right.role.may::<Write>() && held.contain(Permission::FileWrite);
                Ok(Self::new(sandbox.actor().clone(), node, right, may_write))
            }
            _ => Err(refuse(store, sandbox.actor(), node, L::NAME).await?),
        }
    }

    fn new(actor: Actor, node: NodeId, right: NodeRight, may_write: bool) -> Self {
        let may_purge = may_write && right.role.may::<Purge>();
        let (space, is_own_space) = (right.space, right.is_own_space);
        Self { actor, node, space, may_write, may_purge, is_own_space, _level: PhantomData }
    }

    #[must_use]
    pub fn node(&self) -> NodeId {
        self.node
    }
    #[must_use]
    pub fn space_id(&self) -> SpaceId {
        self.space
    }
    /// The node lies in the actor's own personal space.
    #[must_use]
    pub fn is_own_space(&self) -> bool {
        self.is_own_space
    }
    /// What the asker could do beyond this proof; for showing, never for deciding.
    #[must_use]
    pub fn may_write(&self) -> bool {
        self.may_write
    }
    /// The asker could delete for good; for showing, never for deciding.
    #[must_use]
    pub fn may_purge(&self) -> bool {
        self.may_purge
    }
    /// The person who acts.
    #[must_use]
    pub fn user(&self) -> Option<UserId> {
        self.actor.user()
    }
}

/// The one answer to whoever may not; the denial is in the log.
async fn refuse(store: &Store, actor: &Actor, node: NodeId, asked: &'static str) -> Result<AccessError, AccessError> {
    store.record_denial(actor, Action::FileAccess, Target::Node(node), asked).await?;
    Ok(AccessError::NotFound)
}

impl FileAccess<Write> {
    /// Who may write may read.
    #[must_use]
    pub fn reading(&self) -> FileAccess<Read> {
        FileAccess {
            actor: self.actor.clone(),
            node: self.node,
            space: self.space,
            may_write: self.may_write,
            may_purge: self.may_purge,
            is_own_space: self.is_own_space,
            _level: PhantomData,
        }
    }
}

impl<L: Level> sealed::Sealed for FileAccess<L> {}
impl<L: Level> Proof for FileAccess<L> {
    fn actor(&self) -> &Actor {
        &self.actor
    }
    fn target(&self) -> Target {
        Target::Node(self.node)
    }
    fn space(&self) -> Option<SpaceId> {
        Some(self.space)
    }
}
