//! Admissions of browsers to workspaces, as the IDE backend holds them.

use carrel_ids::{IdeSessionId, SessionId, WorkspaceId};
use uuid::Uuid;

use super::{
    Store, StoreError,
    connect::{execute, on_db},
};
use crate::authz::WorkspaceAccess;

/// A browser's admission to a workspace.
#[derive(Debug, Clone, Copy)]
pub struct IdeSessionRow {
    id: IdeSessionId,
    workspace: WorkspaceId,
    session: SessionId,
}

impl IdeSessionRow {
    #[must_use]
    pub fn id(&self) -> IdeSessionId {
        self.id
    }
    #[must_use]
    pub fn workspace(&self) -> WorkspaceId {
        self.workspace
    }
    /// The sign-in that it depends on.
    #[must_use]
    pub fn session(&self) -> SessionId {
        self.session
    }
}

impl Store {
    pub(crate) async fn create_ide_session(&self, access: &WorkspaceAccess) -> Result<IdeSessionId, StoreError> {
        let id = IdeSessionId::new();
        self.audited(access, crate::audit::Action::WorkspaceJoin, async |w| {
            execute!(
                w.tx,
                "INSERT INTO ide_sessions (id, workspace_id, session_id, created_at, renewed_at) VALUES ($1, $2, $3, $4, $4)",
                id.uuid(),
                access.workspace().uuid(),
                access.session().uuid(),
                w.now
            )?;
            w.detail("ide_session", id.to_string());
            Ok::<_, StoreError>(())
        })
        .await?;
        Ok(id)
    }

    pub(crate) async fn ide_session(&self, id: IdeSessionId) -> Result<Option<IdeSessionRow>, StoreError> {
        let row: Option<(Uuid, Uuid)> = on_db!(self, p => sqlx::query_as(
            "SELECT workspace_id, session_id FROM ide_sessions WHERE id = $1 AND ended_at IS NULL"
        ).bind(id.uuid()).fetch_optional(p).await)?;
        Ok(row.map(|(workspace, session)| IdeSessionRow { id, workspace: workspace.into(), session: session.into() }))
    }
}
