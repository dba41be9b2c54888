//! What the runner needs from its machine, tried out rather than believed, with words on what to do.

use std::{
    os::unix::fs::PermissionsExt as _,
    sync::Arc,
    time::{Duration, Instant},
};

use carrel_wire::runner::{Check, CheckState, Health as Report};
use tokio::sync::Mutex;

use crate::{
    app::App,
    container::{Connected, EngineError},
};

/// How long a successful trial of volumes counts.
const PROBE_VALID: Duration = Duration::from_secs(600);
/// Free space of the host's disk below which a person should look.
const LITTLE_SPACE_BYTES: u64 = 5 << 30;

/// What is remembered between two reports.
#[derive(Debug, Default)]
pub(crate) struct Health {
    /// When volumes were last tried out successfully.
    probed: Mutex<Option<Instant>>,
}

pub(crate) async fn check(app: &Arc<App>) -> Report {
    let connected = app.engine.connected().await;
    let mut checks = vec![docker(app, &connected)];
    if let Ok(docker) = &connected {
        checks.push(image(app, docker).await);
        checks.push(seccomp(docker));
        checks.push(apparmor(docker));
    }
    checks.push(volumes(app).await);
    checks.push(space(app));
    checks.push(agent(app));
    Report { ready: checks.iter().all(|check| check.state != CheckState::Missing), checks }
}

fn docker(app: &App, connected: &Result<Connected, EngineError>) -> Check {
    let socket = app.engine.socket().display();
    match connected {
        Ok(docker) => fine("docker", format!("Docker {} on {socket}", docker.version)),
        Err(error) => missing(
            "docker",
            format!("{error} on {socket}"),
            "Docker is not running: start it with `systemctl start docker`, or `dockerd` as root where there is no \
             systemd; the runner finds it by itself. If it runs, the runner must be allowed to open its socket",
        ),
    }
}

async fn image(app: &App, docker: &Connected) -> Check {
    let name = "workspace_image";
    match docker.image_id(&app.config.image).await {
        Ok(id) => fine(name, format!("{} is {id}", app.config.image)),
        Err(error) => missing(
            name,
            format!("{}: {error}", app.config.image),
            "Build the workspace image with `carrel runner image`, or `cargo xtask image` from a checkout",
        ),
    }
}

fn seccomp(docker: &Connected) -> Check {
    if docker.seccomp {
        fine("seccomp", "system calls of sandboxes are filtered".into())
    } else {
        missing(
            "seccomp",
            "Docker cannot filter system calls on this machine".into(),
            "Use a kernel with seccomp (CONFIG_SECCOMP_FILTER) and a Docker that is built with it; no sandbox is started \
             without it",
        )
    }
}

fn apparmor(docker: &Connected) -> Check {
    if docker.apparmor {
        return fine("apparmor", "sandboxes are confined by docker-default".into());
    }
    Check {
        name: "apparmor".into(),
        state: CheckState::Degraded,
        detail: "Docker does not use AppArmor on this machine".into(),
        remedy: Some(
            "Sandboxes are held by namespaces, seccomp and capabilities alone. To add AppArmor, boot a kernel with it and \
             restart Docker"
                .into(),
        ),
    }
}

async fn volumes(app: &App) -> Check {
    let name = "volume_limits";
    let detail = "volumes stop at their bytes and at their files";
    let mut probed = app.health.probed.lock().await;
    if probed.is_some_and(|at| at.elapsed() < PROBE_VALID) {
        return fine(name, detail.into());
    }
    match app.volumes.probe().await {
        Ok(()) => {
            *probed = Some(Instant::now());
            fine(name, detail.into())
        }
        Err(error) => missing(
            name,
            error.to_string(),
            "The runner must be root, in the same mount namespace as Docker, with mkfs.ext4 and mount in its path and loop \
             devices in the kernel (`modprobe loop`)",
        ),
    }
}

fn space(app: &App) -> Check {
    let name = "disk_space";
    match app.volumes.free_bytes() {
        Ok(free) if free >= LITTLE_SPACE_BYTES => fine(name, format!("{} MiB are free", free >> 20)),
        Ok(free) => Check {
            name: name.into(),
            state: CheckState::Degraded,
            detail: format!("only {} MiB are free", free >> 20),
            remedy: Some(
                "Free some space where the runner keeps its volumes: what a workspace writes when the disk is full is lost"
                    .into(),
            ),
        },
        Err(error) => missing(name, error.to_string(), "Check the disk that holds the runner's state"),
    }
}

fn agent(app: &App) -> Check {
    let name = "agent_binary";
    let path = &app.config.agent_binary;
    let usable = std::fs::metadata(path).is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o005 == 0o005);
    if usable {
        fine(name, path.display().to_string())
    } else {
        missing(
            name,
            format!("{} is not a program that everybody may run", path.display()),
            "Install the agent beside the program, with mode 0755",
        )
    }
}

fn fine(name: &str, detail: String) -> Check {
    Check { name: name.into(), state: CheckState::Fine, detail, remedy: None }
}

fn missing(name: &str, detail: String, remedy: &str) -> Check {
    Check { name: name.into(), state: CheckState::Missing, detail, remedy: Some(remedy.into()) }
}
