//! The first line on a new connection, and whether the first process of a container sent it.

use std::{io, time::Duration};

use carrel_wire::agent::{Hello, PROTOCOL};
use tokio::{io::AsyncReadExt as _, net::UnixStream, time::timeout};

const MAX_LINE_BYTES: usize = 1024;
/// Time in which the greeting must have come.
pub(super) const MAX_WAIT: Duration = Duration::from_secs(5);

/// A connection that is not an agent's.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HelloError {
    #[error("no greeting came in time")]
    Late,
    #[error("the greeting is not a short line of JSON")]
    Malformed,
    #[error("the agent speaks version {0} of the protocol, this runner {PROTOCOL}")]
    Protocol(u32),
    #[error("the connection broke")]
    Io(#[from] io::Error),
}

/// Reads the greeting and not a byte more.
pub(super) async fn read(stream: &mut UnixStream, limit: Duration) -> Result<Hello, HelloError> {
    let line = timeout(limit, read_line(stream)).await.map_err(|_| HelloError::Late)??;
    let hello: Hello = serde_json::from_slice(&line).map_err(|_| HelloError::Malformed)?;
    if hello.protocol == PROTOCOL { Ok(hello) } else { Err(HelloError::Protocol(hello.protocol)) }
}

async fn read_line(stream: &mut UnixStream) -> Result<Vec<u8>, HelloError> {
    let mut line = Vec::new();
    loop {
        match stream.read_u8().await? {
            b'\n' => return Ok(line),
            _ if line.len() == MAX_LINE_BYTES => return Err(HelloError::Malformed),
            byte => line.push(byte),
        }
    }
}

/// Whether the process at the other end is the first one of its PID namespace, as the agent is in its container. Another
/// program of the sandbox could do no more than the agent, but it could take the agent's place and keep the owner out.
/// Unknown counts as true: the process is invisible where the runner itself lives in a PID namespace.
pub(super) fn is_first_process(stream: &UnixStream) -> bool {
    let Some(pid) = stream.peer_cred().ok().and_then(|peer| peer.pid()) else {
        return true;
    };
    if pid <= 0 {
        return true;
    }
    let Ok(status) = std::fs::read_to_string(format!("/proc/{pid}/status")) else {
        return false;
    };
    innermost_pid(&status).is_none_or(|pid| pid == 1)
}

/// The last number in the `NSpid` line: the process's id in its own namespace.
fn innermost_pid(status: &str) -> Option<u32> {
    status.lines().find_map(|line| line.strip_prefix("NSpid:"))?.split_whitespace().next_back()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt as _;

    use super::*;

    async fn greet_with(bytes: &[u8]) -> (Result<Hello, HelloError>, Vec<u8>) {
        let (mut near, mut far) = UnixStream::pair().unwrap();
        far.write_all(bytes).await.unwrap();
        drop(far);
        let result = read(&mut near, MAX_WAIT).await;
        let mut rest = Vec::new();
        near.read_to_end(&mut rest).await.unwrap();
        (result, rest)
    }

    #[tokio::test]
    async fn the_greeting_is_one_short_line_of_this_protocol() {
        let (hello, rest) = greet_with(b"{\"protocol\":1,\"version\":\"0.1.0\"}\nrest").await;
        assert_eq!(hello.unwrap().version, "0.1.0");
        assert_eq!(rest, b"rest");
        let (hello, _) = greet_with(b"{\"protocol\":2,\"version\":\"9\"}\n").await;
        assert!(matches!(hello, Err(HelloError::Protocol(2))));
        let (hello, _) = greet_with(b"GET / HTTP/1.1\r\n").await;
        assert!(matches!(hello, Err(HelloError::Malformed)));
        let (hello, _) = greet_with(&[b'x'; 5000]).await;
        assert!(matches!(hello, Err(HelloError::Malformed)));
        let (hello, _) = greet_with(b"{").await;
        assert!(matches!(hello, Err(HelloError::Io(_))));
    }

    #[tokio::test]
    async fn a_silent_peer_is_given_up() {
        let (mut near, _far) = UnixStream::pair().unwrap();
        let greeting = read(&mut near, Duration::from_millis(50)).await;
        assert!(matches!(greeting, Err(HelloError::Late)));
    }

    #[test]
    fn the_innermost_id_counts() {
        assert_eq!(innermost_pid("Name:\tx\nNSpid:\t4211\t1\nThreads:\t1"), Some(1));
        assert_eq!(innermost_pid("NSpid:\t4211\t7\n"), Some(7));
        assert_eq!(innermost_pid("Name:\tx\n"), None);
    }
}
