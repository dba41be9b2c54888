//! The way to the runner: dials its socket, greets, accepts streams, and dials again for ever when the connection is lost.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use carrel_wire::agent::{Hello, PROTOCOL};
use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::compat::TokioAsyncReadCompatExt;

use crate::Agent;
use crate::stream;

const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// Streams that may be open at once; the runner opens one for each thing that it asks.
const MAX_STREAMS: usize = 256;

/// Serves the runner until the agent ends.
pub(crate) async fn keep(agent: Arc<Agent>, socket: PathBuf) {
    let mut pause = FIRST_PAUSE;
    loop {
        if let Ok(connection) = UnixStream::connect(&socket).await
            && serve(&agent, connection).await
        {
            pause = FIRST_PAUSE;
        }
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Serves one connection until it is lost; whether the other end used it, which says that the runner is well.
async fn serve(agent: &Arc<Agent>, mut connection: UnixStream) -> bool {
    if greet(&mut connection).await.is_err() {
        return false;
    }
    let mut config = yamux::Config::default();
    config.set_max_num_streams(MAX_STREAMS);
    // Windows do not grow: this bounds what a connection may hold, and a socket needs no more.
    config.set_max_connection_receive_window(Some(MAX_STREAMS * yamux::DEFAULT_CREDIT as usize));
    let mut connection = yamux::Connection::new(connection.compat(), config, yamux::Mode::Server);
    // Streams end with their connection: dropping the set ends their tasks.
    let mut streams = JoinSet::new();
    let mut used = false;
    loop {
        tokio::select! {
            inbound = std::future::poll_fn(|cx| connection.poll_next_inbound(cx)) => match inbound {
                Some(Ok(stream)) => {
                    used = true;
                    streams.spawn(stream::serve(Arc::clone(agent), stream));
                }
                Some(Err(_)) | None => return used,
            },
            Some(_) = streams.join_next() => {}
        }
    }
}

async fn greet(connection: &mut UnixStream) -> std::io::Result<()> {
    let hello = Hello { protocol: PROTOCOL, version: env!("CARGO_PKG_VERSION").to_owned() };
    let mut line = serde_json::to_vec(&hello)?;
    line.push(b'\n');
    connection.write_all(&line).await
}
