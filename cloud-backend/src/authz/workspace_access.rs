//! The right to a workspace: whoever may write to its folder and may use workspaces at all.

use carrel_ids::{NodeId, SessionId, SpaceId, UserId, WorkspaceId};

use super::{AccessError, Actor, FileAccess, Permission, Proof, RequestContext, Target, Write, actor::sealed};
use crate::{
    audit::Action,
    session::Session,
    store::{IdeSessionRow, Store},
};

/// Proof that `actor` may open, start, stop and delete `workspace`.
#[derive(Debug)]
pub struct WorkspaceAccess {
    actor: Actor,
    workspace: WorkspaceId,
    folder: NodeId,
    space: SpaceId,
    user: UserId,
    session: SessionId,
}

impl WorkspaceAccess {
    /// # Errors
    /// [`AccessError::NotFound`] when there is no such workspace, or no right to its folder.
    pub async fn require(store: &Store, session: &Session, workspace: WorkspaceId) -> Result<Self, AccessError> {
        let target = Target::Workspace(workspace);
        let session_id = Self::require_any(store, session, target).await?;
        let Some(folder) = store.workspace_folder(workspace).await? else {
            store.record_denial(session.actor(), Action::WorkspaceAccess, target, "open").await?;
            return Err(AccessError::NotFound);
        };
        let right = FileAccess::<Write>::require(store, session, folder).await?;
        Ok(Self {
            actor: session.actor().clone(),
            workspace,
            folder,
            space: right.space_id(),
            user: session.user_id(),
            session: session_id,
        })
    }

    /// The part of the right that needs no workspace: a person at a browser who may use workspaces at all. `target` is what
    /// they asked for. T-33: a token is for files, whoever it is of.
    ///
    /// # Errors
    /// [`AccessError::NotFound`] for people without the permission, [`AccessError::ScopeTooSmall`] for tokens.
    pub async fn require_any(store: &Store, session: &Session, target: Target) -> Result<SessionId, AccessError> {
        let refusal = match session.browser_session() {
            _ if !session.user().rights.permissions.contain(Permission::IdeUse) => AccessError::NotFound,
            None => AccessError::ScopeTooSmall,
            Some(id) => return Ok(id),
        };
        store.record_denial(session.actor(), Action::WorkspaceAccess, target, "open").await?;
        Err(refusal)
    }

    /// The same right, derived anew from the session behind an IDE session.
    ///
    /// # Errors
    /// [`AccessError::NotFound`] when the IDE session or the session behind it has ended, or the right is gone.
    pub async fn of_ide_session(
        store: &Store,
        ide: &IdeSessionRow,
        context: RequestContext,
    ) -> Result<Self, AccessError> {
        let session = Session::behind(store, ide.session(), context).await?.ok_or(AccessError::NotFound)?;
        Self::require(store, &session, ide.workspace()).await
    }

    #[must_use]
    pub fn workspace(&self) -> WorkspaceId {
        self.workspace
    }
    #[must_use]
    pub fn folder(&self) -> NodeId {
        self.folder
    }
    #[must_use]
    pub fn user(&self) -> UserId {
        self.user
    }
    #[must_use]
    pub fn session(&self) -> SessionId {
        self.session
    }
}

impl sealed::Sealed for WorkspaceAccess {}
impl Proof for WorkspaceAccess {
    fn actor(&self) -> &Actor {
        &self.actor
    }
    fn target(&self) -> Target {
        Target::Workspace(self.workspace)
    }
    fn space(&self) -> Option<SpaceId> {
        Some(self.space)
    }
}
