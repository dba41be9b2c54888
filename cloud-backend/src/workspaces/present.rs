//! How a workspace looks in answers.

use carrel_ids::{NodeId, SpaceId, WorkspaceId};
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::store::{SandboxState, WorkspaceRow};

#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum WorkspaceState {
    Stopped,
    Starting,
    Running,
    Failed,
    /// The last start or run was never reported to its end.
    Unknown,
}

/// A development environment that is bound to a folder.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Workspace {
    id: WorkspaceId,
    name: String,
    folder_id: NodeId,
    space_id: SpaceId,
    state: WorkspaceState,
    /// Why it stopped or failed.
    cause: Option<String>,
    #[serde(with = "time::serde::rfc3339::option")]
    started_at: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    abilities: WorkspaceAbilities,
}

#[derive(Debug, Serialize, ToSchema)]
struct WorkspaceAbilities {
    open: bool,
    delete: bool,
}

impl Workspace {
    /// `open`: the asker may use workspaces.
    pub(super) fn new(row: WorkspaceRow, open: bool) -> Self {
        let state = match row.state {
            None | Some(SandboxState::Ended) => WorkspaceState::Stopped,
            Some(SandboxState::Intended) => WorkspaceState::Starting,
            Some(SandboxState::Running) => WorkspaceState::Running,
            Some(SandboxState::Failed) => WorkspaceState::Failed,
            Some(SandboxState::Unknown) => WorkspaceState::Unknown,
        };
        Self {
            id: row.id,
            name: row.name,
            folder_id: row.folder,
            space_id: row.space,
            state,
            cause: row.cause,
            started_at: row.started_at.map(|at| at.time()),
            created_at: row.created_at.time(),
            abilities: WorkspaceAbilities { open, delete: open },
        }
    }
}
