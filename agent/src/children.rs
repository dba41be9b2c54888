//! The agent's child processes: those that it starts, whose exit codes somebody waits for, and those that it inherits as
//! the first process of the sandbox, which it only buries.

use std::collections::HashSet;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitOptions};
use tokio::process::{Child, ChildStderr, ChildStdout};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::hardening::OomScore;
use crate::processes::processes;

/// Least time between two looks for orphans: many may end at once.
const REAP_INTERVAL: Duration = Duration::from_millis(20);
/// Added to the number of a signal that ended a process, as shells do.
const SIGNAL_BASE: i32 = 128;

#[derive(Debug)]
pub(crate) struct Children {
    /// Children whose status belongs to whoever started them.
    tracked: Mutex<HashSet<i32>>,
    oom_score: OomScore,
}

/// A child that runs or has run.
#[derive(Debug)]
pub(crate) struct Process {
    pid: Pid,
    children: Arc<Children>,
    exited: watch::Receiver<Option<i32>>,
}

impl Children {
    pub(crate) fn new(oom_score: OomScore) -> Arc<Self> {
        Arc::new(Self { tracked: Mutex::default(), oom_score })
    }

    /// Starts a child without piped output.
    pub(crate) fn start(self: &Arc<Self>, spawn: impl FnOnce() -> io::Result<Child>) -> io::Result<Process> {
        self.start_piped(spawn).map(|(process, ..)| process)
    }

    /// Starts a child, which is the first to be killed when memory runs out, and keeps its status from the reaper.
    pub(crate) fn start_piped(
        self: &Arc<Self>,
        spawn: impl FnOnce() -> io::Result<Child>,
    ) -> io::Result<(Process, Option<ChildStdout>, Option<ChildStderr>)> {
        // Held until the child is known: one that ends at once must not be taken for an orphan.
        let mut tracked = self.lock();
        let mut child = self.oom_score.raised(spawn)?;
        let pid = child
            .id()
            .and_then(|id| Pid::from_raw(i32::try_from(id).ok()?))
            .ok_or_else(|| io::Error::other("a child without a number"))?;
        tracked.insert(pid.as_raw_nonzero().get());
        drop(tracked);
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let (exit, exited) = watch::channel(None);
        let children = Arc::clone(self);
        tokio::spawn(async move {
            let code = child.wait().await.map_or(-1, exit_code);
            children.lock().remove(&pid.as_raw_nonzero().get());
            exit.send_replace(Some(code));
        });
        let process = Process { pid, children: Arc::clone(self), exited };
        Ok((process, stdout, stderr))
    }

    /// Buries orphans for as long as the runtime lives.
    pub(crate) fn reap(self: &Arc<Self>) -> io::Result<()> {
        let mut ended = signal(SignalKind::child())?;
        let children = Arc::clone(self);
        tokio::spawn(async move {
            loop {
                children.reap_orphans();
                tokio::time::sleep(REAP_INTERVAL).await;
                if ended.recv().await.is_none() {
                    return;
                }
            }
        });
        Ok(())
    }

    /// Waits for each by its own number: waiting for "any" would steal the status of a child that somebody waits for.
    fn reap_orphans(&self) {
        let own = rustix::process::getpid().as_raw_nonzero().get();
        let tracked = self.lock();
        for process in processes() {
            if process.parent == own
                && process.state == b'Z'
                && !tracked.contains(&process.pid)
                && let Some(pid) = Pid::from_raw(process.pid)
            {
                rustix::process::waitpid(Some(pid), WaitOptions::NOHANG).ok();
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<i32>> {
        self.tracked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Process {
    pub(crate) fn pid(&self) -> Pid {
        self.pid
    }

    pub(crate) fn exit_code(&self) -> Option<i32> {
        *self.exited.borrow()
    }

    /// The exit code, or 128 and the number of the signal that killed it.
    pub(crate) async fn exited(&self) -> i32 {
        let mut exited = self.exited.clone();
        match exited.wait_for(Option::is_some).await {
            Ok(code) => code.unwrap_or(-1),
            Err(_) => -1,
        }
    }

    /// Kills the process group that this process leads. Does nothing when the process has ended: its number may be
    /// another's by now.
    pub(crate) fn kill_group(&self) {
        if self.exit_code().is_none() {
            rustix::process::kill_process_group(self.pid, Signal::KILL).ok();
        }
    }

    /// Whether this process has ended and a later child has its number.
    pub(crate) fn number_is_reused(&self) -> bool {
        let number = self.pid.as_raw_nonzero().get();
        self.exit_code().is_some() && self.children.lock().contains(&number)
    }
}

fn exit_code(status: ExitStatus) -> i32 {
    status.code().or_else(|| Some(SIGNAL_BASE + status.signal()?)).unwrap_or(-1)
}
