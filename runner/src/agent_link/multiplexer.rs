//! One agent's connection, multiplexed: a task owns it, others ask the task for streams.

use std::{sync::Arc, task::Poll, time::Duration};

use tokio::{
    net::UnixStream,
    sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot},
    time::timeout,
};
use tokio_util::compat::{Compat, FuturesAsyncReadCompatExt as _, TokioAsyncReadCompatExt as _};

/// Streams that one sandbox may have open; the agent takes 256 and counts those that are still closing.
const MAX_STREAMS: usize = 160;
const YAMUX_STREAMS: usize = 256;
const MAX_OPEN_WAIT: Duration = Duration::from_secs(5);

/// There is no stream to the agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LinkError {
    #[error("the agent is not connected")]
    NotConnected,
    #[error("the sandbox has {MAX_STREAMS} streams open")]
    TooManyStreams,
}

/// One stream to an agent. Dropping it resets what is not closed.
#[derive(Debug)]
pub(crate) struct AgentStream {
    pub(super) io: Compat<yamux::Stream>,
    pub(super) _permit: OwnedSemaphorePermit,
}

/// Asks the task that owns a connection.
#[derive(Debug, Clone)]
pub(super) struct Opener {
    requests: mpsc::Sender<oneshot::Sender<yamux::Stream>>,
    permits: Arc<Semaphore>,
}

type Requests = mpsc::Receiver<oneshot::Sender<yamux::Stream>>;

/// An opener and the task that serves it; the task ends with the connection.
pub(super) fn multiplex(stream: UnixStream) -> (Opener, impl Future<Output = ()> + Send) {
    let (requests, receiver) = mpsc::channel(8);
    let opener = Opener { requests, permits: Arc::new(Semaphore::new(MAX_STREAMS)) };
    (opener, drive(stream, receiver))
}

impl Opener {
    pub(super) async fn open(&self) -> Result<AgentStream, LinkError> {
        let permit = Arc::clone(&self.permits).try_acquire_owned().map_err(|_| LinkError::TooManyStreams)?;
        let (answer, stream) = oneshot::channel();
        let opened = async {
            self.requests.send(answer).await.ok()?;
            stream.await.ok()
        };
        let stream = timeout(MAX_OPEN_WAIT, opened).await.ok().flatten().ok_or(LinkError::NotConnected)?;
        Ok(AgentStream { io: stream.compat(), _permit: permit })
    }
}

async fn drive(stream: UnixStream, mut requests: Requests) {
    let mut config = yamux::Config::default();
    config.set_max_num_streams(YAMUX_STREAMS);
    // Windows do not grow: what a sandbox can make this process hold is bounded.
    config.set_max_connection_receive_window(Some(YAMUX_STREAMS * yamux::DEFAULT_CREDIT as usize));
    let mut connection = yamux::Connection::new(stream.compat(), config, yamux::Mode::Client);
    let mut waiting: Option<oneshot::Sender<yamux::Stream>> = None;
    std::future::poll_fn(|cx| {
        loop {
            if waiting.is_none()
                && let Poll::Ready(request) = requests.poll_recv(cx)
            {
                match request {
                    Some(request) => waiting = Some(request),
                    // Nobody can ask any more: the connection was replaced.
                    None => return Poll::Ready(()),
                }
            }
            if waiting.is_some()
                && let Poll::Ready(outbound) = connection.poll_new_outbound(cx)
            {
                let Ok(stream) = outbound else {
                    return Poll::Ready(());
                };
                if let Some(request) = waiting.take() {
                    // One whose asker left is dropped, which resets it.
                    drop(request.send(stream));
                }
                continue;
            }
            return match connection.poll_next_inbound(cx) {
                // The agent has no business opening streams.
                Poll::Ready(Some(Ok(stream))) => {
                    drop(stream);
                    continue;
                }
                Poll::Ready(Some(Err(_)) | None) => Poll::Ready(()),
                Poll::Pending => Poll::Pending,
            };
        }
    })
    .await;
}
