//! Mounts and socket folders that belong to no sandbox.

use std::sync::Arc;

use carrel_ids::SandboxId;

use crate::{agent_link, app::App};

/// Removes them. What cannot be removed now is tried again at the next comparison.
pub(super) async fn remove(app: &Arc<App>) {
    match app.volumes.opened() {
        Ok(opened) => {
            for workspace in opened {
                let Some(_claim) = app.registry.try_claim(workspace) else {
                    continue;
                };
                if app.registry.of_workspace(workspace).is_some() {
                    continue;
                }
                if let Err(error) = app.volumes.close(workspace).await {
                    tracing::warn!(%workspace, %error, "a volume that nobody uses stays mounted");
                }
            }
        }
        Err(error) => tracing::warn!(%error, "the folder of mounts cannot be read"),
    }
    if let Err(error) = remove_sockets(app) {
        tracing::warn!(%error, "the folder of sockets cannot be cleaned");
    }
}

fn remove_sockets(app: &App) -> std::io::Result<()> {
    for entry in std::fs::read_dir(&app.sockets)? {
        let path = entry?.path();
        let id = path.file_name().and_then(|name| name.to_str()?.parse::<SandboxId>().ok());
        let removed = match id {
            Some(sandbox) => app.registry.if_unknown(sandbox, || agent_link::remove_folder(&path)),
            None => Some(agent_link::remove_folder(&path)),
        };
        removed.transpose()?;
    }
    Ok(())
}
