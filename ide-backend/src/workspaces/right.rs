//! Watches whether a sandbox may go on: whoever started it still may, and is still signed in or somebody else is in it.

use std::time::Duration;

use carrel_ids::{SandboxId, WorkspaceId};
use tokio::time::MissedTickBehavior;

use super::registry::Services;
use crate::cloud::CloudError;

/// Between two questions when nothing is heard.
const LOOK_EVERY: Duration = Duration::from_secs(3);

/// Why it may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lost {
    /// Its person was deactivated or may not use the folder any more, or the folder or the workspace is gone: nothing can be saved.
    Right,
    /// Its person has signed out, and nobody else is in it.
    People,
}

/// Waits until it may not.
pub(super) async fn lost(services: Services, workspace: WorkspaceId, sandbox: SandboxId) -> Lost {
    let mut news = services.revocations.listen();
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = news.next() => {}
            _ = ticks.tick() => {}
        }
        match services.cloud.etag(sandbox).await {
            Err(CloudError::NotFound) => return Lost::Right,
            Ok(answer) if answer.abandoned && services.sessions.of_workspace(workspace).is_none() => {
                return Lost::People;
            }
            Ok(_) => {}
            Err(error) => tracing::debug!("not known whether a sandbox may go on: {error}"),
        }
    }
}
