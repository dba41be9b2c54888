//! What a running sandbox may do to the folder that it works on: what the person who started it may do, looked up anew each time.
//! Nobody else takes their place: what they left running would go on in another's name. When their right ends, so does the sandbox,
//! for all who work in it; whoever may can start the workspace again at once, and what was not saved yet is still on its volume.

use carrel_ids::{NodeId, SandboxId, SpaceId, WorkspaceId};

use super::{
    AccessError, Actor, ActorKind, Permission, Permissions, Proof, RequestContext, SpaceRole, Target, actor::sealed,
};
use crate::{audit::Action, store::Store};

/// Proof that `sandbox` is wanted and that the person behind it may still write to its folder.
#[derive(Debug)]
pub struct SandboxAccess {
    actor: Actor,
    sandbox: SandboxId,
    workspace: WorkspaceId,
    folder: NodeId,
    space: SpaceId,
    abandoned: bool,
}

impl SandboxAccess {
    /// # Errors
    /// [`AccessError::NotFound`] when the sandbox is not wanted, its folder is gone, or the right of its person is.
    pub async fn require(store: &Store, context: RequestContext, sandbox: SandboxId) -> Result<Self, AccessError> {
        let row = store.live_sandbox(sandbox).await?.ok_or(AccessError::NotFound)?;
        // Nothing for people who were disabled.
        let rights = store.active_user(row.user()).await?.map(|user| user.rights).unwrap_or_default();
        let (kind, session) = (ActorKind::User(row.user()), Some(sandbox.uuid()));
        let actor = Actor { kind, session, emergency: rights.emergency, context };
        let right = store.right_to_node(row.user(), row.folder()).await?;
        let may = rights.permissions.contain_all(Permissions::of(&[Permission::IdeUse, Permission::FileWrite]));
        let Some(right) = right.filter(|right| may && right.role >= SpaceRole::Editor) else {
            store.record_denial(&actor, Action::WorkspaceAccess, Target::Sandbox(sandbox), "sandbox").await?;
            return Err(AccessError::NotFound);
        };
        Ok(Self {
            actor,
            sandbox,
            workspace: row.workspace(),
            folder: row.folder(),
            space: right.space,
            abandoned: row.is_abandoned(),
        })
    }

    #[must_use]
    pub fn sandbox(&self) -> SandboxId {
        self.sandbox
    }
    #[must_use]
    pub fn workspace(&self) -> WorkspaceId {
        self.workspace
    }
    #[must_use]
    pub fn folder(&self) -> NodeId {
        self.folder
    }
    /// Its person still may, and has signed out of everything: it goes on only for others who are in it.
    #[must_use]
    pub fn is_abandoned(&self) -> bool {
        self.abandoned
    }
}

impl sealed::Sealed for SandboxAccess {}
impl Proof for SandboxAccess {
    fn actor(&self) -> &Actor {
        &self.actor
    }
    fn target(&self) -> Target {
        Target::Sandbox(self.sandbox)
    }
    fn space(&self) -> Option<SpaceId> {
        Some(self.space)
    }
}
