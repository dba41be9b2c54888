//! The right to read or change one node (a file or a folder) of a space.

use std::marker::PhantomData;

use carrel_ids::{LockId, NodeId, SpaceId, UserId};

use super::{AccessError, Actor, Permission, Proof, SandboxAccess, Target, actor::sealed};
use crate::{audit::Action, session::Session, store::Store};

/// What a member of a space may do in it. Whoever has several has the greatest: in the order of what each sees and changes.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
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
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Uploader => "uploader",
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Manager => "manager",
        }
    }
    /// As the database's view `space_rights` counts: the greatest of a person's roles counts.
    #[must_use]
    pub fn rank(self) -> i32 {
        match self {
            Self::Uploader => 1,
            Self::Viewer => 2,
            Self::Editor => 3,
            Self::Manager => 4,
        }
    }
    #[must_use]
    pub fn from_rank(rank: i32) -> Option<Self> {
        [Self::Uploader, Self::Viewer, Self::Editor, Self::Manager].into_iter().find(|role| role.rank() == rank)
    }
    #[must_use]
    pub fn may<L: Level>(self) -> bool {
        L::allows(self)
    }
}

/// A degree of access. Sealed: no other module can add one.
pub trait Level: sealed::Sealed + 'static {
    const NEEDS: SpaceRole;
    /// What the person's roles, and the scopes of their token, have to give besides.
    const PERMISSION: Permission;
    /// What it allows is a change: there is none in a space that was archived.
    const CHANGES: bool;
    const NAME: &'static str;

    #[must_use]
    fn allows(role: SpaceRole) -> bool {
        role >= Self::NEEDS
    }
}

/// A level that shows what is there. [`Add`] is none: whoever may only add sees nothing.
pub trait Seeing: Level {}
/// A level that puts new files and folders into a folder.
pub trait Adding: Level {}

/// See the node, its content and its versions.
#[derive(Debug)]
pub struct Read;
impl sealed::Sealed for Read {}
impl Level for Read {
    const NEEDS: SpaceRole = SpaceRole::Viewer;
    const PERMISSION: Permission = Permission::FileRead;
    const CHANGES: bool = false;
    const NAME: &'static str = "read";
}
impl Seeing for Read {}

/// Change, rename, move; for folders also: put things into them.
#[derive(Debug)]
pub struct Write;
impl sealed::Sealed for Write {}
impl Level for Write {
    const NEEDS: SpaceRole = SpaceRole::Editor;
    const PERMISSION: Permission = Permission::FileWrite;
    const CHANGES: bool = true;
    const NAME: &'static str = "write";
}
impl Seeing for Write {}
impl Adding for Write {}

/// Put new files and folders into a folder, and see nothing of what is there.
#[derive(Debug)]
pub struct Add;
impl sealed::Sealed for Add {}
impl Level for Add {
    const NEEDS: SpaceRole = SpaceRole::Uploader;
    const PERMISSION: Permission = Permission::FileWrite;
    const CHANGES: bool = true;
    const NAME: &'static str = "add";

    /// Viewers see more than uploaders, and add nothing.
    fn allows(role: SpaceRole) -> bool {
        role != SpaceRole::Viewer
    }
}
impl Adding for Add {}

/// Move to the trash and bring back from it.
#[derive(Debug)]
pub struct Delete;
impl sealed::Sealed for Delete {}
impl Level for Delete {
    const NEEDS: SpaceRole = SpaceRole::Editor;
    const PERMISSION: Permission = Permission::FileDelete;
    const CHANGES: bool = true;
    const NAME: &'static str = "delete";
}
impl Seeing for Delete {}

/// Delete for good what lies in the trash, or earlier versions: nobody can bring that back, so it is for managers.
#[derive(Debug)]
pub struct Purge;
impl sealed::Sealed for Purge {}
impl Level for Purge {
    const NEEDS: SpaceRole = SpaceRole::Manager;
    const PERMISSION: Permission = Permission::FileDelete;
    const CHANGES: bool = true;
    const NAME: &'static str = "purge";
}
impl Seeing for Purge {}

/// Proof that `actor` may do `L` to `node`. Made by [`FileAccess::require`] and nothing else; not `Clone`, not serialisable.
#[derive(Debug)]
pub struct FileAccess<L: Level> {
    actor: Actor,
    node: NodeId,
    space: SpaceId,
    may_write: bool,
    may_purge: bool,
    is_own_space: bool,
    room: Option<i64>,
    manages: bool,
    /// Locks whose tokens the request showed; whose they are is the store's to check.
    locks: Vec<LockId>,
    _level: PhantomData<L>,
}

/// What the store knows of a person's right to a node.
#[derive(Debug, Clone, Copy)]
pub struct NodeRight {
    pub space: SpaceId,
    pub role: SpaceRole,
    pub is_own_space: bool,
    pub archived: bool,
    /// Bytes that the space has left under its quota; none where it has no quota.
    pub room: Option<i64>,
}

impl<L: Level> FileAccess<L> {
    /// Proves that the session's person may do `L` to `node`, or answers "not found" and writes the denial to the log.
    ///
    /// # Errors
    /// [`AccessError::NotFound`] without the right, without the node, and for what lies in the trash;
    /// [`AccessError::ScopeTooSmall`] when only the token's scopes stand in the way; [`AccessError::SpaceArchived`] for a change in a
    /// space that was archived.
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
        Self::new(session.actor().clone(), node, right, may_write).map(Some)
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
        Self::new(session.actor().clone(), node, right, effective.contain(Permission::FileWrite))
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
                Self::new(sandbox.actor().clone(), node, right, held.contain(Permission::FileWrite))
            }
            _ => Err(refuse(store, sandbox.actor(), node, L::NAME).await?),
        }
    }

    fn new(actor: Actor, node: NodeId, right: NodeRight, permitted: bool) -> Result<Self, AccessError> {
        if right.archived && L::CHANGES {
            return Err(AccessError::SpaceArchived);
        }
        let may_write = permitted && right.role.may::<Write>() && !right.archived;
        let may_purge = may_write && right.role.may::<Purge>();
        let manages = right.role >= SpaceRole::Manager;
        let NodeRight { space, is_own_space, room, .. } = right;
        Ok(Self {
            actor,
            node,
            space,
            may_write,
            may_purge,
            is_own_space,
            room,
            manages,
            locks: Vec::new(),
            _level: PhantomData,
        })
    }

    /// The same right at a level that it covers.
    fn lowered<M: Level>(&self) -> FileAccess<M> {
        FileAccess {
            actor: self.actor.clone(),
            node: self.node,
            space: self.space,
            may_write: self.may_write,
            may_purge: self.may_purge,
            is_own_space: self.is_own_space,
            room: self.room,
            manages: self.manages,
            locks: self.locks.clone(),
            _level: PhantomData,
        }
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
    /// Bytes that the space had left under its quota when the right was looked up; none where it has no quota. For refusing early:
    /// the store decides when the content is there.
    #[must_use]
    pub fn room(&self) -> Option<i64> {
        self.room
    }
    /// The actor manages the space.
    #[must_use]
    pub fn manages_space(&self) -> bool {
        self.manages
    }
    /// The same right, by a request that showed the tokens of these locks (RFC 4918, 6.4).
    #[must_use]
    pub(crate) fn holding(mut self, locks: &[LockId]) -> Self {
        self.locks = locks.to_vec();
        self
    }
    /// The locks whose tokens the request showed.
    #[must_use]
    pub(crate) fn shown_locks(&self) -> &[LockId] {
        &self.locks
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
        self.lowered()
    }
}

impl FileAccess<Add> {
    /// Whoever may add may also write, unless they are an uploader only.
    #[must_use]
    pub fn writing(&self) -> Option<FileAccess<Write>> {
        self.may_write.then(|| self.lowered())
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
