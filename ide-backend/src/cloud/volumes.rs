//! Volumes of deleted workspaces: which one is to go, and what became of it.

use carrel_ids::WorkspaceId;
use carrel_wire::internal::{GrantedRemoval, Report};

use super::{Cloud, CloudError};

impl Cloud {
    /// The command that deletes a volume; `None` when none has to go. The intent is in the log.
    pub(crate) async fn granted_removal(&self) -> Result<Option<GrantedRemoval>, CloudError> {
        self.post("/internal/v1/volume-removals", &serde_json::Map::new()).await
    }

    pub(crate) async fn report_removal(&self, workspace: WorkspaceId, report: &Report) -> Result<(), CloudError> {
        let path = format!("/internal/v1/workspaces/{workspace}/volume-removal");
        self.post_for_status(&path, report).await.map(drop)
    }
}
