//! What the agent does to itself at its start so that the programs beside it, which run as the same user, cannot read or
//! trace it and are ended before it when memory is short.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;

use rustix::fs::Mode;
use rustix::process::DumpableBehavior;

/// Others may read what the agent makes, only the owner may write.
const UMASK: u32 = 0o022;
/// How much likelier a child is to be killed when memory is short. The end of the agent would be the sandbox's end.
const CHILD_SCORE: i32 = 300;
const MAX_SCORE: i32 = 1000;

/// The agent's standing when memory runs out; children inherit it when they are started.
#[derive(Debug)]
pub(crate) struct OomScore {
    /// Open since before the process became undumpable, which closes it to its own user. `None` without `/proc`.
    file: Option<File>,
    own: i32,
}

/// Must run before other threads are started and before the first child.
///
/// # Errors
/// When the kernel refuses one of the settings.
pub(crate) fn harden() -> io::Result<OomScore> {
    rustix::process::umask(Mode::from_raw_mode(UMASK));
    let score = OomScore::open();
    // No ptrace, no /proc/<pid>/mem or environ of the agent for programs of the same user; no core dump.
    rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    if rustix::process::getpid() != rustix::process::Pid::INIT {
        // Orphans of its terminals come to the agent in any case, as they do to a first process.
        rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    }
    Ok(score)
}

impl OomScore {
    fn open() -> Self {
        let path = "/proc/self/oom_score_adj";
        let own = std::fs::read_to_string(path).ok().and_then(|text| text.trim().parse().ok());
        let file = OpenOptions::new().write(true).open(path).ok();
        Self { own: own.unwrap_or(0), file: own.and(file) }
    }

    /// Starts a child with a raised score. The agent's own is raised for that moment, because a child inherits it and
    /// nothing may run in the child before its program does.
    pub(crate) fn raised<T>(&self, start: impl FnOnce() -> T) -> T {
        self.set((self.own + CHILD_SCORE).min(MAX_SCORE));
        let started = start();
        self.set(self.own);
        started
    }

    fn set(&self, score: i32) {
        if let Some(file) = &self.file {
            // Without it the sandbox still works; it only ends less well when memory is short.
            drop(file.write_at(score.to_string().as_bytes(), 0));
        }
    }
}
