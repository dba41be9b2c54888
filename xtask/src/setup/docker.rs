//! The Docker engine: asked whether it answers, started when it does not.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use crate::run::{Run, find_program, is_root};

const SOCKET: &str = "/var/run/docker.sock";
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// Makes sure that an engine answers; one that this starts writes its log into `log`.
pub(crate) fn ensure(log: &Path) -> anyhow::Result<()> {
    if answers() {
        return Ok(());
    }
    if Path::new("/run/systemd/system").exists() {
        Run::as_root("systemctl").args(["start", "docker"]).quiet()?;
    } else if is_root() {
        start(log)?;
    } else {
        bail!("no Docker engine answers on {SOCKET}, and only root can start one: run `sudo dockerd`");
    }
    let begin = Instant::now();
    while !answers() {
        if begin.elapsed() > START_TIMEOUT {
            bail!("the Docker engine did not start; {}", end_of(log));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

/// Sandboxes have no network, so an engine of our own needs no bridge and no packet filter rules.
fn start(log: &Path) -> anyhow::Result<()> {
    let program = find_program("dockerd").context("dockerd is not installed")?;
    if let Some(folder) = log.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let file = File::create(log).with_context(|| log.display().to_string())?;
    let mut command = Run::new(program).args(["--bridge=none", "--iptables=false", "--ip6tables=false"]).into_command();
    // A group of its own: the engine goes on when Carrel is ended with Ctrl+C, as a system's engine would.
    command.process_group(0).stdout(Stdio::from(file.try_clone()?)).stderr(Stdio::from(file));
    command.spawn().context("dockerd")?;
    Ok(())
}

/// Whether an engine answers a ping.
pub(crate) fn answers() -> bool {
    ping().is_ok_and(|answer| answer.contains(" 200 "))
}

fn ping() -> std::io::Result<String> {
    let mut stream = UnixStream::connect(SOCKET)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    stream.write_all(b"GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

fn end_of(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let mut last: Vec<&str> = text.lines().rev().take(3).collect();
    last.reverse();
    format!("{} ends:\n{}", log.display(), last.join("\n"))
}
