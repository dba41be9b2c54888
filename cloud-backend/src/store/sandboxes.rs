//! Sandboxes as the cloud backend knows them: what was asked for, what was reported.

use carrel_ids::{NodeId, SandboxId, UserId, WorkspaceId};
use uuid::Uuid;

use super::{
    Store, StoreError, Timestamp, Writer,
    connect::{execute, on_db, on_tx},
};
use crate::authz::{SandboxAccess, SystemTask, Target, WorkspaceAccess};

/// Where a sandbox is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SandboxState {
    /// The log says that it was asked for; nobody has reported yet.
    Intended,
    Running,
    Ended,
    Failed,
    /// Nobody reported in time.
    Unknown,
}

impl SandboxState {
    pub(super) fn from_text(text: &str) -> Option<Self> {
        Some(match text {
            "intended" => Self::Intended,
            "running" => Self::Running,
            "ended" => Self::Ended,
            "failed" => Self::Failed,
            "unknown" => Self::Unknown,
            _ => return None,
        })
    }
    fn as_str(self) -> &'static str {
        match self {
            Self::Intended => "intended",
            Self::Running => "running",
            Self::Ended => "ended",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }
}

/// A sandbox that is wanted: asked for or running.
#[derive(Debug, Clone, Copy)]
pub struct SandboxRow {
    id: SandboxId,
    workspace: WorkspaceId,
    folder: NodeId,
    user: UserId,
    abandoned: bool,
}

impl SandboxRow {
    #[must_use]
    pub fn id(&self) -> SandboxId {
        self.id
    }
    #[must_use]
    pub fn workspace(&self) -> WorkspaceId {
        self.workspace
    }
    #[must_use]
    pub fn folder(&self) -> NodeId {
        self.folder
    }
    /// Who started it.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.user
    }
    /// The sign-in in which it was started was ended by an act, and its person has no other. One that only ran out does not count:
    /// work goes on over night.
    #[must_use]
    pub fn is_abandoned(&self) -> bool {
        self.abandoned
    }
}

macro_rules! sandbox_select {
    ($rest:literal) => {
        concat!(
            "SELECT b.id, b.workspace_id, w.folder_id, b.user_id,
                 EXISTS (SELECT 1 FROM sessions s WHERE s.id = b.session_id AND s.ended_at IS NOT NULL)
                 AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.user_id = b.user_id AND s.ended_at IS NULL)
             FROM sandboxes b JOIN workspaces w ON w.id = b.workspace_id ",
            $rest
        )
    };
}

impl Store {
    pub(crate) async fn live_sandbox(&self, sandbox: SandboxId) -> Result<Option<SandboxRow>, StoreError> {
        let row: Option<(Uuid, Uuid, Uuid, Uuid, bool)> = on_db!(self, p => sqlx::query_as(sandbox_select!(
            "WHERE b.id = $1 AND b.state IN ('intended', 'running') AND w.deleted_at IS NULL"
        )).bind(sandbox.uuid()).fetch_optional(p).await)?;
        Ok(row.map(sandbox_row))
    }

    /// The sandbox of a workspace that is asked for or running.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn wanted_sandbox(&self, access: &WorkspaceAccess) -> Result<Option<SandboxRow>, StoreError> {
        let row: Option<(Uuid, Uuid, Uuid, Uuid, bool)> = on_db!(self, p => sqlx::query_as(sandbox_select!(
            "WHERE b.workspace_id = $1 AND b.state IN ('intended', 'running')"
        )).bind(access.workspace().uuid()).fetch_optional(p).await)?;
        Ok(row.map(sandbox_row))
    }

    /// Sandboxes of which nothing was heard since.
    pub(crate) async fn silent_sandboxes(&self, since: Timestamp) -> Result<Vec<SandboxId>, StoreError> {
        let rows: Vec<Uuid> = on_db!(self, p => sqlx::query_scalar(
            "SELECT id FROM sandboxes WHERE state IN ('intended', 'running') AND reported_at < $1 ORDER BY id LIMIT 1000"
        ).bind(since).fetch_all(p).await)?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// The sandbox was heard of.
    pub(crate) async fn sandbox_heard(&self, access: &SandboxAccess) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        execute!(
            &mut tx,
            "UPDATE sandboxes SET reported_at = $1 WHERE id = $2",
            Timestamp::now(),
            access.sandbox().uuid()
        )?;
        tx.commit().await
    }
}

impl Writer<'_, WorkspaceAccess> {
    /// The intent: from here on a sandbox is asked for, until somebody reports.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when one is asked for or running already; [`StoreError::NotFound`] when the workspace was deleted a
    /// moment ago.
    pub async fn intend_sandbox(&mut self) -> Result<SandboxId, StoreError> {
        let id = SandboxId::new();
        let done = execute!(
            self.tx,
            "INSERT INTO sandboxes (id, workspace_id, user_id, session_id, state, created_at, reported_at)
             SELECT $1, id, $3, $4, 'intended', $5, $5 FROM workspaces WHERE id = $2 AND deleted_at IS NULL",
            id.uuid(),
            self.proof.workspace().uuid(),
            self.proof.user().uuid(),
            self.proof.session().uuid(),
            self.now
        )?;
        if done != 1 {
            return Err(StoreError::NotFound);
        }
        self.set_target(Target::Sandbox(id));
        self.detail("workspace", self.proof.workspace().to_string());
        Ok(id)
    }

    pub async fn ask_stop(&mut self, sandbox: SandboxId) -> Result<(), StoreError> {
        let done = execute!(
            self.tx,
            "UPDATE sandboxes SET stop_asked_at = $1 WHERE id = $2 AND workspace_id = $3 AND state IN ('intended', 'running')",
            self.now,
            sandbox.uuid(),
            self.proof.workspace().uuid()
        )?;
        if done != 1 {
            return Err(StoreError::NotFound);
        }
        self.set_target(Target::Sandbox(sandbox));
        self.detail("workspace", self.proof.workspace().to_string());
        Ok(())
    }
}

impl Writer<'_, SystemTask> {
    /// What a sandbox was reported to be. A state that it already left is not entered again; a start that succeeded cannot
    /// fail any more.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the sandbox is unknown or has no way to this state.
    pub async fn set_sandbox_state(
        &mut self,
        sandbox: SandboxId,
        state: SandboxState,
        cause: Option<&str>,
    ) -> Result<(), StoreError> {
        let (started, ended) = match state {
            SandboxState::Running => (Some(self.now), None),
            SandboxState::Intended => (None, None),
            SandboxState::Ended | SandboxState::Failed | SandboxState::Unknown => (None, Some(self.now)),
        };
        let done: Option<Uuid> = on_tx!(self.tx, c => sqlx::query_scalar(
            "UPDATE sandboxes SET state = $1, cause = $2, started_at = COALESCE($3, started_at), ended_at = $4, reported_at = $5
             WHERE id = $6 AND (state = 'intended' OR (state = 'running' AND $1 NOT IN ('running', 'failed'))) RETURNING workspace_id"
        ).bind(state.as_str()).bind(cause).bind(started).bind(ended).bind(self.now).bind(sandbox.uuid()).fetch_optional(c).await)?;
        let workspace = WorkspaceId::from(done.ok_or(StoreError::NotFound)?);
        self.detail("workspace", workspace.to_string());
        if let Some(cause) = cause {
            self.detail("cause", cause);
        }
        Ok(())
    }

    /// A sandbox of which nothing was heard since: nobody will say any more what became of it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it was heard of, or is at its end.
    pub async fn give_up_sandbox(&mut self, sandbox: SandboxId, since: Timestamp) -> Result<(), StoreError> {
        let silent: bool = on_tx!(self.tx, c => sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM sandboxes WHERE id = $1 AND reported_at < $2)"
        ).bind(sandbox.uuid()).bind(since).fetch_one(c).await)?;
        if !silent {
            return Err(StoreError::NotFound);
        }
        self.set_sandbox_state(sandbox, SandboxState::Unknown, Some("not_reported")).await
    }

    /// An attempt to end a sandbox failed: it is what it was, and the log says so.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when no attempt is open.
    pub async fn note_failed_stop(&mut self, sandbox: SandboxId, cause: &str) -> Result<(), StoreError> {
        let workspace: Option<Uuid> = on_tx!(self.tx, c => sqlx::query_scalar(
            "UPDATE sandboxes SET stop_asked_at = NULL WHERE id = $1 AND stop_asked_at IS NOT NULL RETURNING workspace_id"
        ).bind(sandbox.uuid()).fetch_optional(c).await)?;
        let workspace = WorkspaceId::from(workspace.ok_or(StoreError::NotFound)?);
        self.detail("workspace", workspace.to_string());
        self.detail("cause", cause);
        Ok(())
    }
}

fn sandbox_row((id, workspace, folder, user, abandoned): (Uuid, Uuid, Uuid, Uuid, bool)) -> SandboxRow {
    SandboxRow { id: id.into(), workspace: workspace.into(), folder: folder.into(), user: user.into(), abandoned }
}
