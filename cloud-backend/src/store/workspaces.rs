//! Workspaces, and the tickets that lead a browser into one.

use carrel_ids::{NodeId, SpaceId, WorkspaceId};
use time::Duration;
use uuid::Uuid;

use super::{
    SandboxState, Store, StoreError, Timestamp, Writer,
    connect::{execute, on_db, on_tx},
};
use crate::authz::{FileAccess, OwnAccess, SpaceRole, Target, WorkspaceAccess, Write};

/// A workspace and how its newest sandbox is.
#[derive(Debug, Clone)]
pub struct WorkspaceRow {
    pub id: WorkspaceId,
    pub name: String,
    pub folder: NodeId,
    pub space: SpaceId,
    pub created_at: Timestamp,
    pub state: Option<SandboxState>,
    pub cause: Option<String>,
    pub started_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct WorkspaceColumns {
    id: Uuid,
    name: String,
    folder_id: Uuid,
    space_id: Uuid,
    created_at: Timestamp,
    state: Option<String>,
    cause: Option<String>,
    started_at: Option<Timestamp>,
}

macro_rules! workspace_select {
    ($rest:literal) => {
        concat!(
            "SELECT w.id, w.name, w.folder_id, w.space_id, w.created_at, b.state, b.cause, b.started_at
             FROM workspaces w LEFT JOIN sandboxes b ON b.id =
                 (SELECT l.id FROM sandboxes l WHERE l.workspace_id = w.id ORDER BY l.created_at DESC, l.id DESC LIMIT 1) ",
            $rest
        )
    };
}

impl From<WorkspaceColumns> for WorkspaceRow {
    fn from(row: WorkspaceColumns) -> Self {
        Self {
            id: row.id.into(),
            name: row.name,
            folder: row.folder_id.into(),
            space: row.space_id.into(),
            created_at: row.created_at,
            state: row.state.as_deref().and_then(SandboxState::from_text),
            cause: row.cause,
            started_at: row.started_at,
        }
    }
}

impl Store {
    /// The workspaces whose folders the person may write to and that do not lie in the trash.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn workspaces(&self, own: &OwnAccess) -> Result<Vec<WorkspaceRow>, StoreError> {
        let rows: Vec<WorkspaceColumns> = on_db!(self, p => sqlx::query_as(workspace_select!(
            "WHERE w.deleted_at IS NULL
                AND EXISTS (SELECT 1 FROM space_rights r WHERE r.space_id = w.space_id AND r.user_id = $1 AND r.role_rank >= $2)
                AND NOT EXISTS (
                 WITH RECURSIVE up (id, parent_id, trashed_at) AS (
                     SELECT id, parent_id, trashed_at FROM nodes WHERE id = w.folder_id
                     UNION ALL SELECT n.id, n.parent_id, n.trashed_at FROM nodes n JOIN up ON n.id = up.parent_id)
                 SELECT 1 FROM up WHERE trashed_at IS NOT NULL)
             ORDER BY w.created_at DESC, w.id DESC"
        )).bind(own.user().uuid()).bind(SpaceRole::Editor.rank()).fetch_all(p).await)?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// # Errors
    /// [`StoreError::NotFound`] when it was deleted since the proof was made.
    pub async fn workspace(&self, access: &WorkspaceAccess) -> Result<WorkspaceRow, StoreError> {
        let row: WorkspaceColumns = on_db!(self, p => sqlx::query_as(workspace_select!("WHERE w.id = $1 AND w.deleted_at IS NULL"))
            .bind(access.workspace().uuid()).fetch_one(p).await)?;
        Ok(row.into())
    }

    pub(crate) async fn workspace_folder(&self, workspace: WorkspaceId) -> Result<Option<NodeId>, StoreError> {
        let folder: Option<Uuid> = on_db!(self, p => sqlx::query_scalar("SELECT folder_id FROM workspaces WHERE id = $1 AND deleted_at IS NULL")
            .bind(workspace.uuid()).fetch_optional(p).await)?;
        Ok(folder.map(Into::into))
    }

    /// The workspace that is bound to the proof's folder.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn workspace_of_folder(&self, access: &FileAccess<Write>) -> Result<Option<WorkspaceId>, StoreError> {
        let id: Option<Uuid> = on_db!(self, p => sqlx::query_scalar("SELECT id FROM workspaces WHERE folder_id = $1 AND deleted_at IS NULL")
            .bind(access.node().uuid()).fetch_optional(p).await)?;
        Ok(id.map(Into::into))
    }
}

impl Writer<'_, FileAccess<Write>> {
    /// Binds a workspace to the proof's folder.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when there is one; [`StoreError::NotFound`] when the node is no folder.
    pub async fn create_workspace(&mut self, name: &str) -> Result<WorkspaceId, StoreError> {
        let id = WorkspaceId::new();
        let done = execute!(
            self.tx,
            "INSERT INTO workspaces (id, space_id, folder_id, name, created_at, created_by)
             SELECT $1, space_id, id, $2, $3, $4 FROM nodes WHERE id = $5 AND kind = 0 AND trashed_at IS NULL",
            id.uuid(),
            name,
            self.now,
            self.proof.user().map(carrel_ids::UserId::uuid),
            self.proof.node().uuid()
        )?;
        if done != 1 {
            return Err(StoreError::NotFound);
        }
        self.set_target(Target::Workspace(id));
        self.detail("folder", self.proof.node().to_string());
        self.personal("name", name);
        Ok(id)
    }
}

impl Writer<'_, WorkspaceAccess> {
    /// # Errors
    /// [`StoreError::NotFound`] when somebody deleted it a moment ago.
    pub async fn delete_workspace(&mut self) -> Result<(), StoreError> {
        let workspace = self.proof.workspace().uuid();
        let done = execute!(
            self.tx,
            "UPDATE workspaces SET deleted_at = $1 WHERE id = $2 AND deleted_at IS NULL",
            self.now,
            workspace
        )?;
        if done != 1 {
            return Err(StoreError::NotFound);
        }
        execute!(
            self.tx,
            "UPDATE ide_sessions SET ended_at = $1 WHERE workspace_id = $2 AND ended_at IS NULL",
            self.now,
            workspace
        )?;
        execute!(self.tx, "DELETE FROM workspace_bases WHERE workspace_id = $1", workspace)?;
        self.note_revocation().await
    }

    /// A ticket for the IDE backend; old ones are cleared away.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the workspace was deleted a moment ago.
    pub async fn create_ticket(&mut self, token_hash: &[u8; 32], valid: Duration) -> Result<(), StoreError> {
        execute!(self.tx, "DELETE FROM workspace_tickets WHERE expires_at < $1", self.now)?;
        let done = execute!(
            self.tx,
            "INSERT INTO workspace_tickets (token_hash, workspace_id, session_id, expires_at)
             SELECT $1, id, $3, $4 FROM workspaces WHERE id = $2 AND deleted_at IS NULL",
            token_hash.as_slice(),
            self.proof.workspace().uuid(),
            self.proof.session().uuid(),
            self.now.plus(valid)
        )?;
        if done == 1 { Ok(()) } else { Err(StoreError::NotFound) }
    }
}

impl Store {
    /// Takes the ticket away and says whose it was; a second time there is none.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it is unknown, used, expired or for another workspace.
    pub(crate) async fn take_ticket(
        &self,
        token_hash: &[u8; 32],
        workspace: WorkspaceId,
    ) -> Result<carrel_ids::SessionId, StoreError> {
        let mut tx = self.begin().await?;
        let taken: Option<(Uuid, Uuid, Timestamp)> = on_tx!(&mut tx, c => sqlx::query_as(
            "DELETE FROM workspace_tickets WHERE token_hash = $1 RETURNING workspace_id, session_id, expires_at"
        ).bind(token_hash.as_slice()).fetch_optional(c).await)?;
        tx.commit().await?;
        match taken {
            Some((of, session, expires)) if of == workspace.uuid() && expires > Timestamp::now() => Ok(session.into()),
            _ => Err(StoreError::NotFound),
        }
    }
}
