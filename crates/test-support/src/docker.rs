//! Whether a Docker engine answers on this machine.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

const SOCKET: &str = "/var/run/docker.sock";

/// No Docker engine answered.
#[derive(Debug, thiserror::Error)]
#[error("no Docker engine answers on {socket:?} ({cause}): start one with `cargo xtask up`, or `dockerd` as root")]
pub struct DockerMissing {
    socket: PathBuf,
    cause: String,
}

/// The socket of the Docker engine on this machine, asked with a ping. `CARREL_DOCKER_SOCKET` names another one.
///
/// # Errors
/// When nothing listens or what listens is no Docker engine. A test that needs sandboxes fails with this; it never skips.
pub fn require() -> Result<PathBuf, DockerMissing> {
    let socket = std::env::var_os("CARREL_DOCKER_SOCKET").map_or_else(|| PathBuf::from(SOCKET), PathBuf::from);
    match ping(&socket) {
        Ok(()) => Ok(socket),
        Err(error) => Err(DockerMissing { socket, cause: error.to_string() }),
    }
}

fn ping(socket: &Path) -> std::io::Result<()> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    stream.write_all(b"GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    if answer.starts_with("HTTP/1.") && answer.contains(" 200 ") {
        return Ok(());
    }
    Err(std::io::Error::other(answer.lines().next().unwrap_or("an empty answer").to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_engine_is_named_with_what_to_do() {
        let socket = Path::new("/nonexistent/docker.sock");
        let cause = ping(socket).unwrap_err().to_string();
        let text = DockerMissing { socket: socket.to_owned(), cause }.to_string();
        assert!(text.contains("/nonexistent/docker.sock") && text.contains("cargo xtask up"), "{text}");
    }

    #[test]
    fn the_engine_of_this_machine_answers() {
        assert!(require().unwrap().exists());
    }
}
