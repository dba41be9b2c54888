//! Volumes of deleted workspaces, until they are gone. A workspace has a volume once a sandbox was asked for.

use carrel_ids::{SandboxId, SessionId, UserId, WorkspaceId};
use uuid::Uuid;

use super::{
    Store, StoreError, Timestamp, Writer,
    connect::{execute, on_db, on_tx},
};
use crate::authz::SystemTask;

/// Who started a sandbox, and in which sign-in.
#[derive(Debug, Clone, Copy)]
pub struct Start {
    pub workspace: WorkspaceId,
    pub user: UserId,
    pub session: SessionId,
}

impl From<(Uuid, Uuid, Uuid)> for Start {
    fn from((workspace, user, session): (Uuid, Uuid, Uuid)) -> Self {
        Self { workspace: workspace.into(), user: user.into(), session: session.into() }
    }
}

impl Store {
    /// A deleted workspace whose volume nobody was asked to remove since `asked`, and for which no start is under way that was
    /// granted since `started`.
    pub(crate) async fn volume_to_remove(
        &self,
        asked: Timestamp,
        started: Timestamp,
    ) -> Result<Option<WorkspaceId>, StoreError> {
        let id: Option<Uuid> = on_db!(self, p => sqlx::query_scalar(
            "SELECT id FROM workspaces w WHERE deleted_at IS NOT NULL AND volume_gone_at IS NULL
                AND (removal_asked_at IS NULL OR removal_asked_at < $1)
                AND EXISTS (SELECT 1 FROM sandboxes b WHERE b.workspace_id = w.id)
                AND NOT EXISTS (SELECT 1 FROM sandboxes b WHERE b.workspace_id = w.id AND b.state = 'intended' AND b.created_at > $2)
             ORDER BY deleted_at, id LIMIT 1"
        ).bind(asked).bind(started).fetch_optional(p).await)?;
        Ok(id.map(Into::into))
    }
}

impl Writer<'_, SystemTask> {
    /// Notes that the removal of a deleted workspace's volume is asked for; who worked there last.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it was asked for since `asked`, or the volume is gone.
    pub async fn ask_removal(&mut self, workspace: WorkspaceId, asked: Timestamp) -> Result<Start, StoreError> {
        let done = execute!(
            self.tx,
            "UPDATE workspaces SET removal_asked_at = $1 WHERE id = $2 AND deleted_at IS NOT NULL AND volume_gone_at IS NULL
                AND (removal_asked_at IS NULL OR removal_asked_at < $3)",
            self.now,
            workspace.uuid(),
            asked
        )?;
        if done != 1 {
            return Err(StoreError::NotFound);
        }
        let last: Option<(Uuid, Uuid, Uuid)> = on_tx!(self.tx, c => sqlx::query_as(
            "SELECT workspace_id, user_id, session_id FROM sandboxes WHERE workspace_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1"
        ).bind(workspace.uuid()).fetch_optional(c).await)?;
        Ok(last.ok_or(StoreError::NotFound)?.into())
    }

    /// The volume is gone, and with it whatever sandbox still ran on it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when that was known, or the workspace is not deleted.
    pub async fn volume_gone(&mut self, workspace: WorkspaceId) -> Result<(), StoreError> {
        let done = execute!(
            self.tx,
            "UPDATE workspaces SET volume_gone_at = $1 WHERE id = $2 AND deleted_at IS NOT NULL AND volume_gone_at IS NULL",
            self.now,
            workspace.uuid()
        )?;
        if done != 1 {
            return Err(StoreError::NotFound);
        }
        let ended = execute!(
            self.tx,
            "UPDATE sandboxes SET state = 'ended', cause = 'workspace_deleted', ended_at = $1, reported_at = $1
             WHERE workspace_id = $2 AND state IN ('intended', 'running')",
            self.now,
            workspace.uuid()
        )?;
        self.detail("sandboxes_ended", u32::try_from(ended).unwrap_or(u32::MAX));
        Ok(())
    }

    /// The removal failed; it is asked for again later.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when no removal is open.
    pub async fn note_failed_removal(&mut self, workspace: WorkspaceId, cause: &str) -> Result<(), StoreError> {
        let open: bool = on_tx!(self.tx, c => sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM workspaces WHERE id = $1 AND removal_asked_at IS NOT NULL AND volume_gone_at IS NULL)"
        ).bind(workspace.uuid()).fetch_one(c).await)?;
        if !open {
            return Err(StoreError::NotFound);
        }
        self.detail("cause", cause);
        Ok(())
    }

    /// Notes that a sandbox is to end which nobody speaks for; who started it. Also of one that was given up: it may run all the same.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there never was one.
    pub async fn ask_stop_of_abandoned(&mut self, sandbox: SandboxId) -> Result<Start, StoreError> {
        let start: Option<(Uuid, Uuid, Uuid)> = on_tx!(self.tx, c => sqlx::query_as(
            "UPDATE sandboxes SET stop_asked_at = $1 WHERE id = $2 RETURNING workspace_id, user_id, session_id"
        ).bind(self.now).bind(sandbox.uuid()).fetch_optional(c).await)?;
        let start = Start::from(start.ok_or(StoreError::NotFound)?);
        self.detail("workspace", start.workspace.to_string());
        Ok(start)
    }
}
