//! Accepts the agent's connections, one at a time: a new one replaces the old one.

use std::{
    fs::Permissions,
    io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use tokio::{
    net::{UnixListener, UnixStream},
    runtime::Handle,
    sync::{Semaphore, watch},
    task::{AbortHandle, JoinSet},
    time::timeout,
};

use super::{
    bind, hello,
    multiplexer::{AgentStream, LinkError, Opener, multiplex},
};

const SOCKET: &str = "agent.sock";
/// Connections that may be greeting at once.
const MAX_GREETINGS: usize = 8;
const RETRY: Duration = Duration::from_millis(200);

/// The socket of one sandbox and the agent that is connected to it. Dropping it closes both.
#[derive(Debug)]
pub(crate) struct AgentLink {
    folder: PathBuf,
    current: watch::Receiver<Option<Opener>>,
    acceptor: AbortHandle,
}

impl AgentLink {
    /// Listens in `folder`, which is made when it is not there.
    pub(crate) fn listen(folder: &Path, runtime: &Handle) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        // Anyone may dial it who can reach it: the folders above are open to the runner alone, this one is mounted into one
        // sandbox, whose user is not the runner's. A service's umask must not close it.
        std::fs::set_permissions(folder, Permissions::from_mode(0o755))?;
        let socket = bind(folder, SOCKET, 0o666)?;
        let _entered = runtime.enter();
        let listener = UnixListener::from_std(socket)?;
        let (sender, current) = watch::channel(None);
        let acceptor = runtime.spawn(accept(listener, sender)).abort_handle();
        Ok(Self { folder: folder.to_owned(), current, acceptor })
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.current.borrow().is_some()
    }

    /// Waits until an agent is connected.
    pub(crate) async fn connected(&self, limit: Duration) -> Result<(), LinkError> {
        self.opener(limit).await.map(drop)
    }

    /// A new stream to the agent, for which an agent that is redialling is given `limit`.
    pub(crate) async fn open(&self, limit: Duration) -> Result<AgentStream, LinkError> {
        self.opener(limit).await?.open().await
    }

    async fn opener(&self, limit: Duration) -> Result<Opener, LinkError> {
        let mut current = self.current.clone();
        let arrived = timeout(limit, current.wait_for(Option::is_some)).await;
        match arrived {
            Ok(Ok(opener)) => opener.clone().ok_or(LinkError::NotConnected),
            _ => Err(LinkError::NotConnected),
        }
    }

    /// Removes the socket and its folder from the disk.
    pub(crate) fn remove(&self) -> io::Result<()> {
        self.acceptor.abort();
        remove_folder(&self.folder)
    }
}

impl Drop for AgentLink {
    fn drop(&mut self) {
        self.acceptor.abort();
    }
}

/// Removes a sandbox's socket folder. One that is not there is fine.
pub(crate) fn remove_folder(folder: &Path) -> io::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

async fn accept(listener: UnixListener, current: watch::Sender<Option<Opener>>) {
    let greetings = Arc::new(Semaphore::new(MAX_GREETINGS));
    let mut greeting = JoinSet::new();
    // The one connection that is in use. The set ends its task when this one ends.
    let mut serving = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    if let Ok(permit) = Arc::clone(&greetings).try_acquire_owned() {
                        greeting.spawn(async move {
                            let _permit = permit;
                            greet(stream).await
                        });
                    }
                }
                // Out of descriptors, most likely: not this sandbox's fault, and it may pass.
                Err(_) => tokio::time::sleep(RETRY).await,
            },
            Some(greeted) = greeting.join_next() => {
                if let Ok(Some(stream)) = greeted {
                    serving.shutdown().await;
                    let (opener, task) = multiplex(stream);
                    serving.spawn(task);
                    current.send_replace(Some(opener));
                }
            }
            Some(_) = serving.join_next() => {
                current.send_replace(None);
            }
        }
    }
}

async fn greet(mut stream: UnixStream) -> Option<UnixStream> {
    if !hello::is_first_process(&stream) {
        tracing::debug!("a program of a sandbox dialled the agent's socket");
        return None;
    }
    match hello::read(&mut stream, hello::MAX_WAIT).await {
        Ok(hello) => {
            tracing::debug!(version = %hello.version, "an agent connected");
            Some(stream)
        }
        Err(error) => {
            tracing::warn!(%error, "a connection to an agent's socket was refused");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_sandbox_can_dial_whatever_the_umask_was() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("sandbox");
        // As a service with a umask of 0077 makes it.
        std::fs::create_dir(&folder).unwrap();
        std::fs::set_permissions(&folder, Permissions::from_mode(0o700)).unwrap();
        let _link = AgentLink::listen(&folder, &Handle::current()).unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&folder.join(SOCKET))), (0o755, 0o666));
    }
}
