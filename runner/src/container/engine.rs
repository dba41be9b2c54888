//! The connection to Docker, which may be absent now and back a moment later.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use bollard::{API_DEFAULT_VERSION, Docker, errors::Error};
use tokio::{sync::Mutex, time::timeout};

/// Time for an answer to a question that Docker answers at once when it is well.
const QUICK: Duration = Duration::from_secs(3);
/// How long a missing answer counts.
const DOWN_VALID: Duration = Duration::from_millis(500);
/// Seconds for an answer to any other request.
const SLOW_S: u64 = 60;

/// What Docker could not do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EngineError {
    /// Nothing answers on its socket.
    #[error("Docker does not answer")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("Docker has no such thing: {0}")]
    NotFound(String),
    #[error("Docker refused")]
    Refused(#[source] Error),
}

impl From<Error> for EngineError {
    fn from(error: Error) -> Self {
        match error {
            Error::DockerResponseServerError { status_code: 404, message } => Self::NotFound(message),
            Error::DockerResponseServerError { .. } | Error::DockerStreamError { .. } => Self::Refused(error),
            other => Self::Unavailable(Box::new(other)),
        }
    }
}

/// A Docker that answered, and what it can do.
#[derive(Debug, Clone)]
pub(crate) struct Connected {
    pub(crate) docker: Docker,
    pub(crate) version: String,
    pub(crate) apparmor: bool,
    pub(crate) seccomp: bool,
    /// Processors of the machine.
    pub(crate) cpus: u32,
}

/// Where Docker listens. Remembers what it learnt until Docker stops answering.
#[derive(Debug)]
pub(crate) struct Engine {
    socket: PathBuf,
    known: Mutex<Known>,
}

#[derive(Debug)]
enum Known {
    Nothing,
    Up(Connected),
    /// It did not answer at that time. Those who waited for the same answer need not ask again.
    Down(Instant),
}

impl Engine {
    pub(crate) fn new(socket: PathBuf) -> Self {
        Self { socket, known: Mutex::new(Known::Nothing) }
    }

    pub(crate) fn socket(&self) -> &std::path::Path {
        &self.socket
    }

    /// Docker, asked just now whether it answers.
    pub(crate) async fn connected(&self) -> Result<Connected, EngineError> {
        let mut known = self.known.lock().await;
        match &*known {
            Known::Up(connected) => {
                if let Ok(Ok(_)) = timeout(QUICK, connected.docker.ping()).await {
                    return Ok(connected.clone());
                }
            }
            Known::Down(at) if at.elapsed() < DOWN_VALID => {
                return Err(EngineError::Unavailable("it did not answer just now".into()));
            }
            Known::Nothing | Known::Down(_) => {}
        }
        let connected = timeout(QUICK, self.connect())
            .await
            .unwrap_or_else(|elapsed| Err(EngineError::Unavailable(Box::new(elapsed))));
        *known = match &connected {
            Ok(connected) => Known::Up(connected.clone()),
            Err(_) => Known::Down(Instant::now()),
        };
        connected
    }

    async fn connect(&self) -> Result<Connected, EngineError> {
        let socket = self.socket.to_string_lossy();
        let docker = Docker::connect_with_unix(&socket, SLOW_S, API_DEFAULT_VERSION)?.negotiate_version().await?;
        let info = docker.info().await?;
        let options = info.security_options.unwrap_or_default();
        let has = |name: &str| options.iter().any(|option| option.contains(name));
        Ok(Connected {
            version: info.server_version.unwrap_or_default(),
            apparmor: has("name=apparmor"),
            seccomp: has("name=seccomp"),
            cpus: info.ncpu.and_then(|count| u32::try_from(count).ok()).unwrap_or(1).max(1),
            docker,
        })
    }
}
