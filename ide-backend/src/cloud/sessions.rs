//! What a browser's admission allows: renewing it, and asking for commands in its person's name.

use carrel_ids::{IdeSessionId, SandboxId, WorkspaceId};
use carrel_wire::internal::{GrantedCommand, IdeSession, RedeemTicket};

use super::{Cloud, CloudError};

#[derive(serde::Serialize)]
struct StopOf {
    sandbox: SandboxId,
}

impl Cloud {
    pub(crate) async fn redeem(&self, ticket: String, workspace: WorkspaceId) -> Result<IdeSession, CloudError> {
        self.post("/internal/v1/ide-sessions", &RedeemTicket { ticket, workspace }).await
    }

    pub(crate) async fn renew(&self, session: IdeSessionId) -> Result<IdeSession, CloudError> {
        self.for_session(session, "renew").await
    }

    /// The command that starts the workspace's sandbox; the intent is in the log.
    pub(crate) async fn granted_start(&self, session: IdeSessionId) -> Result<GrantedCommand, CloudError> {
        self.for_session(session, "start").await
    }

    /// The command that ends a sandbox, in the name of a person who is admitted.
    pub(crate) async fn granted_stop(
        &self,
        session: IdeSessionId,
        sandbox: SandboxId,
    ) -> Result<GrantedCommand, CloudError> {
        let path = format!("/internal/v1/ide-sessions/{session}/stop");
        self.post(&path, &StopOf { sandbox }).await
    }

    /// The command that ends a sandbox that nobody is admitted to any more, or that has lost its right.
    pub(crate) async fn granted_abandonment(&self, sandbox: SandboxId) -> Result<GrantedCommand, CloudError> {
        let path = format!("/internal/v1/sandboxes/{sandbox}/stop");
        self.post(&path, &serde_json::Map::new()).await
    }

    async fn for_session<T: serde::de::DeserializeOwned>(
        &self,
        session: IdeSessionId,
        act: &str,
    ) -> Result<T, CloudError> {
        let path = format!("/internal/v1/ide-sessions/{session}/{act}");
        self.post(&path, &serde_json::Map::new()).await
    }
}
