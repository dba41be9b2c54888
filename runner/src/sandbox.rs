//! The life of one sandbox: brought up from a granted plan, taken down completely.

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use carrel_ids::{SandboxId, WorkspaceId};
use carrel_wire::runner::{Limits, Outcome, RunnerErrorCode as Code, StartTiming, StopCause};

use crate::{
    agent_link::AgentLink,
    app::App,
    container::{Connected, Ended, EngineError},
    profile,
    refusal::Refusal,
    registry::Live,
    volume::{Folders, VolumeError},
};

/// Time that an agent gets to greet after its container was started.
const AGENT_WAIT: Duration = Duration::from_secs(20);

impl From<EngineError> for Refusal {
    fn from(error: EngineError) -> Self {
        match &error {
            EngineError::Unavailable(_) => {
                tracing::warn!(cause = ?error, "Docker does not answer");
                Self::new(Code::DockerUnavailable, "Docker is not running on the runner's machine")
            }
            EngineError::NotFound(_) | EngineError::Refused(_) => {
                Self::failed(Code::Internal, "Docker refused what the runner asked for", &error)
            }
        }
    }
}

impl From<VolumeError> for Refusal {
    fn from(error: VolumeError) -> Self {
        let message = match error {
            VolumeError::HostFull => "the runner's machine has too little disk space left",
            _ => "the workspace's volume cannot be made ready",
        };
        Self::failed(Code::VolumeFailed, message, &error)
    }
}

/// Starts a sandbox. The caller holds the claim on the workspace.
pub(crate) async fn start(
    app: &Arc<App>,
    sandbox: SandboxId,
    workspace: WorkspaceId,
    limits: Limits,
) -> Result<Outcome, Refusal> {
    let docker = app.docker().await?;
    if let Some(live) = app.registry.of_workspace(workspace) {
        if let Some(outcome) = still_running(&docker, &live).await? {
            return if live.sandbox == sandbox {
                Ok(outcome)
            } else {
                Err(Refusal::new(Code::Busy, format!("sandbox {} of this workspace runs", live.sandbox)))
            };
        }
        let cause = cause_of(&docker, &live).await;
        take_down(app, &docker, &live, Some(cause)).await?;
    }
    if app.registry.get(sandbox).is_some() {
        return Err(Refusal::new(Code::PlanInvalid, "the sandbox belongs to another workspace"));
    }
    app.registry.reserve(sandbox);
    let link = AgentLink::listen(&app.socket_folder(sandbox), &app.runtime).map_err(|error| {
        app.registry.release(sandbox);
        Refusal::failed(Code::Internal, "the agent's socket cannot be made", &error)
    })?;
    let live = Arc::new(Live::starting(sandbox, workspace, link));
    app.registry.insert(Arc::clone(&live));
    match bring_up(app, &docker, &live, limits).await {
        Ok(outcome) => {
            live.mark_up();
            Ok(outcome)
        }
        Err(refusal) => {
            if let Err(error) = take_down(app, &docker, &live, None).await {
                tracing::warn!(%sandbox, %error, "a sandbox that did not start is not quite removed");
            }
            Err(refusal)
        }
    }
}

/// What a live sandbox's start answered, if it runs.
async fn still_running(docker: &Connected, live: &Live) -> Result<Option<Outcome>, Refusal> {
    // A start that failed and could not be undone is no sandbox.
    let Some(container) = live.container.get().filter(|_| !live.is_starting()) else {
        return Ok(None);
    };
    if docker.ended(container).await? != Ended::No {
        return Ok(None);
    }
    // One that was adopted after a restart was started by an earlier process, which measured it.
    Ok(Some(live.started.get().cloned().unwrap_or_else(|| Outcome::Started {
        sandbox: live.sandbox,
        container: container.clone(),
        image: String::new(),
        timing: StartTiming::default(),
    })))
}

async fn bring_up(app: &App, docker: &Connected, live: &Live, limits: Limits) -> Result<Outcome, Refusal> {
    let folders = app.volumes.prepare(live.workspace).map_err(VolumeError::from)?;
    // The mount below the container's bind is looked up when it starts, so making both at the same time is safe.
    let (volume, create) = tokio::join!(
        timed(app.volumes.open(live.workspace, limits.disk_bytes, limits.files)),
        timed(create(app, docker, live, limits, folders)),
    );
    let (image, volume_ms, create_ms) = match (volume, create) {
        ((Ok(()), volume_ms), (Ok(image), create_ms)) => (image, volume_ms, create_ms),
        (_, (Err(refusal), _)) => return Err(refusal),
        ((Err(error), _), _) => return Err(error.into()),
    };
    let container = live.container.get().cloned().unwrap_or_default();
    let (started, start_ms) = timed(docker.start(&container)).await;
    started?;
    let (connected, agent_ms) = timed(agent_arrives(docker, live, &container)).await;
    connected?;
    let outcome = Outcome::Started {
        sandbox: live.sandbox,
        container,
        image,
        timing: StartTiming { volume_ms, create_ms, start_ms, agent_ms },
    };
    Ok(live.started.get_or_init(|| outcome).clone())
}

/// Makes the container and returns the image's id.
async fn create(
    app: &App,
    docker: &Connected,
    live: &Live,
    limits: Limits,
    folders: Folders,
) -> Result<String, Refusal> {
    let image = match docker.image_id(&app.config.image).await {
        Err(EngineError::NotFound(_)) => {
            return Err(Refusal::new(Code::ImageMissing, "the workspace image is not on the runner's machine"));
        }
        other => other?,
    };
    let body = profile::workspace(&profile::Sandbox {
        instance: app.instance.clone(),
        sandbox: live.sandbox,
        workspace: live.workspace,
        image: image.clone(),
        limits,
        cpus: docker.cpus,
        apparmor: docker.apparmor,
        agent_binary: app.config.agent_binary.clone(),
        socket_folder: app.socket_folder(live.sandbox),
        files_folder: folders.files,
        home_folder: folders.home,
    });
    let name = profile::container_name(live.sandbox);
    let container = docker.create(&name, body).await?;
    live.container.get_or_init(|| container);
    Ok(image)
}

/// Waits for the greeting, but no longer than the container lives.
async fn agent_arrives(docker: &Connected, live: &Live, container: &str) -> Result<(), Refusal> {
    let deadline = Instant::now() + AGENT_WAIT;
    while Instant::now() < deadline {
        if live.link.connected(Duration::from_secs(1)).await.is_ok() {
            return Ok(());
        }
        if docker.ended(container).await? != Ended::No {
            return Err(Refusal::new(Code::AgentFailed, "the sandbox ended before its agent connected"));
        }
    }
    Err(Refusal::new(Code::AgentFailed, "the sandbox's agent did not connect in time"))
}

/// Why a sandbox is not running, as Docker tells it.
async fn cause_of(docker: &Connected, live: &Live) -> StopCause {
    let Some(container) = live.container.get() else {
        return StopCause::Unknown;
    };
    match docker.ended(container).await {
        Ok(Ended::Yes(cause)) => cause,
        _ => StopCause::Unknown,
    }
}

/// Removes all that a sandbox has on this machine but its volume's content. When it fails, the sandbox stays known and
/// can be taken down again.
pub(crate) async fn take_down(
    app: &App,
    docker: &Connected,
    live: &Live,
    cause: Option<StopCause>,
) -> Result<(), Refusal> {
    // By name, because a creation that was not answered may have left a container all the same.
    let name = profile::container_name(live.sandbox);
    if cause == Some(StopCause::Requested) {
        docker.stop_and_remove(&name).await?;
    } else {
        docker.remove(&name).await?;
    }
    app.volumes.close(live.workspace).await?;
    live.link
        .remove()
        .map_err(|error| Refusal::failed(Code::Internal, "the agent's socket cannot be removed", &error))?;
    app.registry.end(live.sandbox, live.workspace, cause);
    Ok(())
}

/// Stops a sandbox. The caller holds the claim on the workspace. Nothing to stop is success.
pub(crate) async fn stop(app: &App, sandbox: SandboxId, workspace: WorkspaceId) -> Result<Outcome, Refusal> {
    let docker = app.docker().await?;
    match app.registry.get(sandbox) {
        Some(live) if live.workspace == workspace => {
            take_down(app, &docker, &live, Some(StopCause::Requested)).await?;
        }
        Some(_) => {
            return Err(Refusal::new(Code::NotFound, "the workspace has no such sandbox"));
        }
        None => {}
    }
    Ok(Outcome::Stopped)
}

/// Deletes a workspace's volume. The caller holds the claim on the workspace.
pub(crate) async fn remove_volume(app: &App, workspace: WorkspaceId) -> Result<Outcome, Refusal> {
    let docker = app.docker().await?;
    if let Some(live) = app.registry.of_workspace(workspace) {
        take_down(app, &docker, &live, Some(StopCause::Requested)).await?;
    }
    app.volumes.remove(workspace).await?;
    Ok(Outcome::VolumeRemoved)
}

impl App {
    /// Where a sandbox's agent dials.
    pub(crate) fn socket_folder(&self, sandbox: SandboxId) -> PathBuf {
        self.sockets.join(sandbox.to_string())
    }
}

async fn timed<T>(work: impl Future<Output = T>) -> (T, u32) {
    let begin = Instant::now();
    let result = work.await;
    let elapsed = u32::try_from(begin.elapsed().as_millis()).unwrap_or(u32::MAX);
    (result, elapsed)
}
