//! The process: locks its folder, loads key and head, answers on the socket until it is told to stop.

use std::{
    cell::RefCell,
    fs::{self, DirBuilder, File, TryLockError},
    io,
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::Path,
    rc::Rc,
    time::Duration,
};

use carrel_audit_log::checkpoint::log_key;
use tokio::{
    io::AsyncWriteExt,
    net::{UnixListener, UnixStream},
    task::{JoinSet, LocalSet},
    time::timeout,
};

use crate::{
    Config,
    head::{Head, Refusal},
    key,
    protocol::{answer, read, read_add_checkpoint},
};

/// How long one connection may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many connections are served side by side.
const MOST_CONNECTIONS: usize = 16;

/// Why the signer does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("the signer's folder or socket cannot be used: {0}")]
    Io(#[from] io::Error),
    #[error("the origin is not a log's name: {0}")]
    Origin(#[from] carrel_audit_log::key::KeyError),
    #[error("another signer uses {0}")]
    Locked(String),
}

/// Answers requests until `shutdown` is ready; then removes the socket.
///
/// # Errors
/// [`ServeError`]; above all a damaged head or a key that others can read.
pub async fn serve(config: Config, shutdown: impl Future<Output = ()>) -> Result<(), ServeError> {
    DirBuilder::new().recursive(true).mode(0o700).create(&config.state_dir)?;
    let lock = File::create(config.state_dir.join("lock"))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(ServeError::Locked(config.state_dir.display().to_string())),
        Err(TryLockError::Error(error)) => return Err(error.into()),
    }
    let signing_key = key::load_or_make(&config.state_dir, || Head::begin(&config.state_dir, &config.origin))?;
    let verifier = log_key(&config.origin, signing_key.verifying_key().as_bytes())?;
    let head = Rc::new(RefCell::new(Head::load(config.state_dir, signing_key, verifier)?));
    let listener = bind(&config.socket)?;
    tracing::info!(origin = config.origin, "signer ready");
    LocalSet::new().run_until(accept(&listener, &head, shutdown)).await?;
    remove_if_there(&config.socket)?;
    drop(lock);
    Ok(())
}

fn remove_if_there(socket: &Path) -> io::Result<()> {
    match fs::remove_file(socket) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// A socket that only this user can connect to. The lock is held, so a socket that is there already is a dead one.
fn bind(socket: &Path) -> io::Result<UnixListener> {
    remove_if_there(socket)?;
    let listener = UnixListener::bind(socket)?;
    fs::set_permissions(socket, fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

async fn accept(
    listener: &UnixListener,
    head: &Rc<RefCell<Head>>,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let mut shutdown = std::pin::pin!(shutdown);
    let mut connections = JoinSet::new();
    loop {
        while connections.len() >= MOST_CONNECTIONS {
            connections.join_next().await;
        }
        tokio::select! {
            () = &mut shutdown => break,
            stream = listener.accept() => {
                let (stream, _) = stream?;
                let head = Rc::clone(head);
                connections.spawn_local(async move {
                    match timeout(PATIENCE, connection(stream, &head)).await {
                        Ok(Ok(())) => {}
                        Ok(Err(error)) => tracing::debug!(%error, "connection ended"),
                        Err(_) => tracing::debug!("connection took too long"),
                    }
                });
            }
            Some(_) = connections.join_next() => {}
        }
    }
    // Requests that have begun are answered; each has a time limit.
    while connections.join_next().await.is_some() {}
    Ok(())
}

async fn connection(mut stream: UnixStream, head: &RefCell<Head>) -> io::Result<()> {
    let message = read(&mut stream).await?;
    let bytes = match message.first_line.as_str() {
        "GET /key HTTP/1.1" => answer(200, &format!("{}\n", head.borrow().verifier())),
        "POST /add-checkpoint HTTP/1.1" => add_checkpoint(&message.body, head),
        _ => answer(404, "unknown path\n"),
    };
    stream.write_all(&bytes).await?;
    stream.shutdown().await
}

fn add_checkpoint(body: &[u8], head: &RefCell<Head>) -> Vec<u8> {
    let Some((old, proof, checkpoint)) = read_add_checkpoint(body) else { return answer(400, "malformed\n") };
    let refusal = match head.borrow_mut().sign(old, &proof, checkpoint) {
        Ok(note) => return answer(200, &note.to_string()),
        Err(refusal) => refusal,
    };
    tracing::warn!(%refusal, "head refused");
    match refusal {
        Refusal::Origin(_) => answer(404, "unknown origin\n"),
        Refusal::Conflict(size) => answer(409, &format!("{size}\n")),
        Refusal::Proof => answer(422, "the proof does not hold\n"),
        Refusal::Io(_) | Refusal::Note(_) => answer(500, "the head cannot be kept\n"),
    }
}
