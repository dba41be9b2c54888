//! Compares the registry with Docker's containers.

use std::{collections::HashSet, sync::Arc, time::Instant};

use carrel_ids::{SandboxId, WorkspaceId};
use carrel_wire::runner::StopCause;

use super::orphans;
use crate::{
    agent_link::AgentLink,
    app::App,
    container::{Connected, Ended, EngineError, Found},
    registry::Live,
    sandbox,
};

/// Takes down a sandbox whose container ended by itself, once nobody else works on its workspace.
pub(super) fn spawn_ended(app: &Arc<App>, docker: &Connected, id: SandboxId) {
    let (app, docker) = (Arc::clone(app), docker.clone());
    let runtime = app.runtime.clone();
    drop(runtime.spawn(async move { ended(&app, &docker, id).await }));
}

async fn ended(app: &Arc<App>, docker: &Connected, id: SandboxId) {
    let Some(live) = app.registry.get(id) else {
        return;
    };
    let Some(_claim) = app.registry.claim_for_clean_up(live.workspace).await else {
        return;
    };
    // A command that held the workspace may have taken it down, or tried to.
    if app.registry.get(id).is_none() || live.is_starting() {
        return;
    }
    let cause = match live.container.get() {
        Some(container) => match docker.ended(container).await {
            Ok(Ended::Yes(cause)) => cause,
            Ok(Ended::Gone) => StopCause::Unknown,
            Ok(Ended::No) | Err(_) => return,
        },
        None => return,
    };
    tracing::info!(sandbox = %id, ?cause, "a sandbox ended");
    if let Err(error) = sandbox::take_down(app, docker, &live, Some(cause)).await {
        tracing::warn!(sandbox = %id, %error, "a sandbox that ended is not quite removed");
    }
}

/// Takes down a sandbox whose start failed and could not be undone at once.
async fn left_over(app: &Arc<App>, docker: &Connected, live: &Arc<Live>) {
    let Some(_claim) = app.registry.try_claim(live.workspace) else {
        return;
    };
    // Between the look and the claim its start may have succeeded.
    if live.is_starting()
        && app.registry.get(live.sandbox).is_some()
        && let Err(error) = sandbox::take_down(app, docker, live, None).await
    {
        tracing::warn!(sandbox = %live.sandbox, %error, "a sandbox that did not start is not quite removed");
    }
}

/// Makes the registry and the machine agree.
pub(super) async fn reconcile(app: &Arc<App>, docker: &Connected) -> Result<(), EngineError> {
    let looked = Instant::now();
    let containers = docker.list(&app.instance).await?;
    let mut present = HashSet::new();
    for container in &containers {
        match container.sandbox {
            Some((sandbox, workspace)) => {
                present.insert(sandbox);
                if app.registry.get(sandbox).is_none() {
                    unknown(app, docker, container, sandbox, workspace).await?;
                } else if !container.running {
                    spawn_ended(app, docker, sandbox);
                }
            }
            // It carries this instance's label but was not made by this code.
            None => docker.remove(&container.container).await?,
        }
    }
    for live in app.registry.all() {
        if live.is_starting() {
            left_over(app, docker, &live).await;
        } else if !present.contains(&live.sandbox) && live.since < looked {
            // One that began after the list was made could not be in it.
            spawn_ended(app, docker, live.sandbox);
        }
    }
    orphans::remove(app).await;
    Ok(())
}

/// A container of this instance that this process does not know: an earlier runner started it.
async fn unknown(
    app: &Arc<App>,
    docker: &Connected,
    container: &Found,
    id: SandboxId,
    workspace: WorkspaceId,
) -> Result<(), EngineError> {
    // Somebody who works on the workspace makes it known or removes it.
    let Some(_claim) = app.registry.try_claim(workspace) else {
        return Ok(());
    };
    if app.registry.get(id).is_some() {
        return Ok(());
    }
    let state = docker.ended(&container.container).await?;
    if state == Ended::Gone {
        return Ok(());
    }
    let folder = app.socket_folder(id);
    // Without the folder that is mounted into it, its agent cannot be reached ever again.
    let reachable = folder.is_dir() && app.registry.of_workspace(workspace).is_none();
    if state == Ended::No && reachable {
        match AgentLink::listen(&folder, &app.runtime) {
            Ok(link) => {
                let live = Live::adopted(id, workspace, link, container.container.clone());
                app.registry.insert(Arc::new(live));
                tracing::info!(sandbox = %id, "a running sandbox was taken over");
                return Ok(());
            }
            Err(error) => tracing::warn!(sandbox = %id, %error, "a sandbox cannot be taken over"),
        }
    }
    tracing::info!(sandbox = %id, "a container that nobody needs is removed");
    docker.remove(&container.container).await?;
    let cause = match state {
        Ended::Yes(cause) => cause,
        Ended::No | Ended::Gone => StopCause::Unknown,
    };
    app.registry.end(id, workspace, Some(cause));
    Ok(())
}
