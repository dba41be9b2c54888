//! The first process inside a sandbox: files, terminals, commands and watching, over one socket to the runner. It has the
//! rights of the sandbox's user and holds no secret; it must know neither users nor grants nor other sandboxes.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod caller;
mod children;
mod connection;
mod exec;
mod failure;
mod files;
mod hardening;
mod processes;
mod readiness;
mod stream;
mod terminals;
mod usage;
mod watch;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};

use crate::children::Children;
use crate::files::beneath::Root;
use crate::hardening::OomScore;
use crate::terminals::Terminals;

/// Threads for what waits for the disk. They are tasks of the sandbox, whose number is limited.
const DISK_THREADS: usize = 8;
/// Threads stay once they run: when a fork bomb fills the sandbox no new one could be started.
const THREAD_KEEP_ALIVE: Duration = Duration::from_secs(365 * 24 * 3600);

/// How long the connection lives on after all shells have ended, so that their last words are told.
const LAST_REPLIES: Duration = Duration::from_millis(20);

/// Where the agent finds its surroundings.
#[derive(Debug, Clone)]
pub struct Config {
    /// The runner's socket.
    pub socket: PathBuf,
    /// The folder that the workspace's files are in.
    pub root: PathBuf,
}

/// What all streams share.
#[derive(Debug)]
pub(crate) struct Agent {
    pub(crate) root: Root,
    pub(crate) terminals: Terminals,
    pub(crate) children: Arc<Children>,
    /// Seconds since 1970.
    pub(crate) started_s: i64,
}

/// Runs the agent until SIGTERM or SIGINT; then terminals are hung up and it returns.
///
/// # Errors
/// When the process cannot be hardened or no runtime or signal handler can be had.
pub fn run(config: Config) -> io::Result<()> {
    let oom_score = hardening::harden()?;
    let runtime = Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(DISK_THREADS)
        .thread_keep_alive(THREAD_KEEP_ALIVE)
        .build()?;
    let done = runtime.block_on(serve(config, oom_score));
    // Whatever still waits for the disk must not hold up the end.
    runtime.shutdown_background();
    done
}

async fn serve(config: Config, oom_score: OomScore) -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let started = SystemTime::now().duration_since(UNIX_EPOCH);
    let agent = Arc::new(Agent {
        root: Root::new(config.root),
        terminals: Terminals::default(),
        children: Children::new(oom_score),
        started_s: started.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX)),
    });
    // The first of the disk's threads, while there is room for one.
    tokio::task::spawn_blocking(|| {}).await.map_err(io::Error::other)?;
    agent.children.reap()?;
    tokio::spawn(connection::keep(Arc::clone(&agent), config.socket));
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    agent.terminals.close_all().await;
    tokio::time::sleep(LAST_REPLIES).await;
    Ok(())
}
