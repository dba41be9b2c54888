//! Keeps what is on the machine and what the runner knows the same: notices containers that ended, takes back sandboxes
//! that outlived an earlier runner, and removes what nobody owns.

mod orphans;
mod reconcile;

use std::{sync::Arc, time::Duration};

use carrel_ids::SandboxId;
use futures_util::StreamExt as _;

use crate::{app::App, container::Connected, profile::SANDBOX_LABEL};
use reconcile::{reconcile, spawn_ended};

/// Everything is compared this often even if no event came.
const INTERVAL: Duration = Duration::from_secs(30);
/// Pause before Docker is tried again.
const RETRY: Duration = Duration::from_secs(1);

/// Runs for ever, with Docker or without.
pub(crate) async fn run(app: Arc<App>) {
    let mut told = false;
    loop {
        match app.engine.connected().await {
            Ok(docker) => {
                told = false;
                follow(&app, &docker).await;
            }
            Err(error) => {
                if !told {
                    tracing::warn!(%error, "Docker does not answer; the runner waits for it");
                }
                told = true;
            }
        }
        tokio::time::sleep(RETRY).await;
    }
}

/// Follows one connection to Docker until it breaks.
async fn follow(app: &Arc<App>, docker: &Connected) {
    // Listening begins before the comparison, so that nothing falls between them.
    let mut events = Box::pin(docker.ends(&app.instance));
    let mut interval = tokio::time::interval(INTERVAL);
    loop {
        tokio::select! {
            event = events.next() => {
                let Some(Ok(event)) = event else { return };
                let sandbox = event
                    .actor
                    .and_then(|actor| actor.attributes)
                    .and_then(|labels| labels.get(SANDBOX_LABEL)?.parse::<SandboxId>().ok());
                if let Some(sandbox) = sandbox {
                    spawn_ended(app, docker, sandbox);
                }
            }
            _ = interval.tick() => {
                if let Err(error) = reconcile(app, docker).await {
                    tracing::warn!(%error, "sandboxes could not be compared with Docker");
                    return;
                }
                app.settled.send_replace(true);
            }
        }
    }
}
