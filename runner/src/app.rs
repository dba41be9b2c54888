//! What a running runner consists of, and its start and end.

use std::{
    fs::{DirBuilder, File, Permissions},
    io,
    os::unix::fs::{DirBuilderExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use actix_web::{App as Server, HttpServer, web};
use carrel_service_auth::{
    Service,
    grant::GrantVerifier,
    request::{RequestKeys, Verifier},
    unix_ms,
};
use carrel_wire::runner::RunnerErrorCode;
use rustix::fs::FlockOperation;
use tokio::{runtime::Handle, sync::watch, time::timeout};

use crate::{
    Config, agent_link,
    container::{Connected, Engine},
    health::Health,
    reaper,
    refusal::Refusal,
    registry::Registry,
    routes,
    used_grants::UsedGrants,
    volume::Volumes,
};

/// Threads that answer requests; the work itself is done on the runtime that started the runner.
const WORKERS: usize = 2;
/// Time for the first comparison with Docker.
const SETTLE_WAIT: Duration = Duration::from_secs(10);

/// How often the lock is tried, and the pause in between: one second in all.
const LOCK_TRIES: u32 = 50;
const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// A runner that cannot start, or that broke.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("another runner uses {0}")]
    StateInUse(PathBuf),
    #[error("the socket's path {0} is longer than the 107 bytes that a socket address holds")]
    SocketPathTooLong(PathBuf),
    #[error("{what} at {path}")]
    Io {
        what: &'static str,
        path: PathBuf,
        #[source]
        error: io::Error,
    },
    #[error("the server ended")]
    Server(#[source] io::Error),
}

/// The parts that handlers and background tasks share.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) config: Config,
    /// Marks this state's containers in Docker.
    pub(crate) instance: String,
    pub(crate) sockets: PathBuf,
    pub(crate) engine: Engine,
    pub(crate) volumes: Volumes,
    pub(crate) registry: Arc<Registry>,
    pub(crate) grants: GrantVerifier,
    pub(crate) used: Mutex<UsedGrants>,
    pub(crate) health: Health,
    /// Whether the registry was compared with Docker since the start. Before that, what runs is not known.
    pub(crate) settled: watch::Sender<bool>,
    /// The runtime of tasks that outlive a request.
    pub(crate) runtime: Handle,
    /// Held for as long as the state is in use.
    _lock: File,
}

/// Runs a runner until `shutdown` completes. Sandboxes go on and are found again by the next runner on the same state.
///
/// # Errors
/// [`ServeError`] when the state is in use or damaged, or the socket cannot be made. Docker need not be there.
pub async fn serve(config: Config, shutdown: impl Future<Output = ()>) -> Result<(), ServeError> {
    let socket = config.socket.clone();
    if !agent_link::socket_path_fits(&socket) {
        return Err(ServeError::SocketPathTooLong(socket));
    }
    let keys =
        [Service::Ide, Service::Cloud].map(|from| RequestKeys::new(&config.service_secret, from, Service::Runner));
    let verifier = Arc::new(Verifier::new(keys, unix_ms()));
    let app = Arc::new(App::open(config)?);
    let folder = socket.parent().unwrap_or(Path::new("/"));
    let name = socket.file_name().unwrap_or_default().to_string_lossy();
    let listener = agent_link::bind(folder, &name, 0o600).map_err(at("the socket cannot be made", &socket))?;
    let reaper = app.runtime.spawn(reaper::run(Arc::clone(&app)));

    let data = web::Data::from(Arc::clone(&app));
    let server = HttpServer::new(move || {
        let (data, verifier) = (data.clone(), Arc::clone(&verifier));
        Server::new().configure(|services| routes::configure(services, data, verifier))
    })
    .workers(WORKERS)
    .disable_signals()
    .shutdown_timeout(1)
    .listen_uds(listener)
    .map_err(ServeError::Server)?
    .run();
    let handle = server.handle();
    tracing::info!(socket = %socket.display(), "the runner listens");
    let ended = tokio::select! {
        ended = server => ended.map_err(ServeError::Server),
        () = shutdown => {
            handle.stop(false).await;
            Ok(())
        }
    };
    reaper.abort();
    ended
}

impl App {
    /// Docker, once what it runs is known here.
    pub(crate) async fn docker(&self) -> Result<Connected, Refusal> {
        let docker = self.engine.connected().await?;
        let mut settled = self.settled.subscribe();
        match timeout(SETTLE_WAIT, settled.wait_for(|settled| *settled)).await {
            Ok(Ok(_)) => Ok(docker),
            _ => Err(Refusal::new(
                RunnerErrorCode::DockerUnavailable,
                "the runner has just started and does not know yet what Docker runs",
            )),
        }
    }

    fn open(mut config: Config) -> Result<Self, ServeError> {
        let state = config.state_dir.clone();
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&state)
            .map_err(at("the state folder cannot be made", &state))?;
        std::fs::set_permissions(&state, Permissions::from_mode(0o700))
            .map_err(at("the state folder cannot be closed to others", &state))?;
        // Docker and the kernel name files by their real paths.
        let state = state.canonicalize().map_err(at("the state folder cannot be found", &state))?;
        config.state_dir.clone_from(&state);
        if let Ok(agent) = config.agent_binary.canonicalize() {
            config.agent_binary = agent;
        }
        let lock = lock(&state)?;
        let sockets = state.join("sockets");
        std::fs::create_dir_all(&sockets).map_err(at("the folder cannot be made", &sockets))?;
        let grants_file = state.join("used-grants");
        let now = unix_ms() / 1000;
        let used = UsedGrants::open(&grants_file, now).map_err(at("the used grants cannot be read", &grants_file))?;
        Ok(Self {
            instance: instance(&state)?,
            sockets,
            engine: Engine::new(config.docker_socket.clone()),
            volumes: Volumes::new(&state).map_err(at("the folders of volumes cannot be made", &state))?,
            registry: Arc::default(),
            grants: GrantVerifier::new(config.grant_keys.clone(), config.audience.clone()),
            used: Mutex::new(used),
            health: Health::default(),
            settled: watch::Sender::new(false),
            runtime: Handle::current(),
            _lock: lock,
            config,
        })
    }
}

/// Keeps a second runner away, which would take the first one's sockets and mounts for orphans.
fn lock(state: &Path) -> Result<File, ServeError> {
    let path = state.join("lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(at("the lock cannot be made", &path))?;
    // A program that this process or the one before is just starting holds a copy of the lock until it has begun.
    for _ in 0..LOCK_TRIES {
        if rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok() {
            return Ok(file);
        }
        std::thread::sleep(LOCK_PAUSE);
    }
    Err(ServeError::StateInUse(state.to_owned()))
}

/// A name for this state that no other state has, so that two installations on one Docker leave each other alone.
fn instance(state: &Path) -> Result<String, ServeError> {
    let path = state.join("instance");
    if let Ok(text) = std::fs::read_to_string(&path)
        && text.len() == 32
        && text.bytes().all(|byte| byte.is_ascii_hexdigit())
    {
        return Ok(text);
    }
    let name = uuid::Uuid::new_v4().simple().to_string();
    let new = path.with_extension("new");
    std::fs::write(&new, &name)
        .and_then(|()| File::open(&new)?.sync_all())
        .and_then(|()| std::fs::rename(&new, &path))
        .map_err(at("the instance's name cannot be written", &path))?;
    Ok(name)
}

fn at(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ServeError {
    let path = path.to_owned();
    move |error| ServeError::Io { what, path, error }
}
