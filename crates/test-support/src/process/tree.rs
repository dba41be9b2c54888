//! The processes below one process, from `/proc`.

use std::io;
use std::path::Path;

use rustix::process::{Pid, Signal, kill_process};

/// A process as `/proc` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its process id.
    pub id: u32,
    /// Its command line, in words.
    pub command: Vec<String>,
}

impl Process {
    /// Ends it at once (`SIGKILL`).
    ///
    /// # Errors
    /// When it has ended already or belongs to another user.
    pub fn kill(&self) -> io::Result<()> {
        signal(self.id, Signal::KILL)
    }

    /// Whether a process of this id still runs (a zombie does not).
    #[must_use]
    pub fn lives(&self) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.id)).unwrap_or_default();
        stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z') && !rest.starts_with('X'))
    }
}

/// All processes below `root`, children before grandchildren; `root` itself is not among them.
///
/// # Errors
/// When `/proc` cannot be read.
pub fn descendants(root: u32) -> io::Result<Vec<Process>> {
    let mut parents = Vec::new();
    for entry in std::fs::read_dir("/proc")? {
        let path = entry?.path();
        if let Some(pair) = id_and_parent(&path) {
            parents.push(pair);
        }
    }
    let mut found: Vec<u32> = Vec::new();
    let mut level = vec![root];
    while !level.is_empty() {
        level = parents.iter().filter(|(_, parent)| level.contains(parent)).map(|&(id, _)| id).collect();
        found.extend(&level);
    }
    Ok(found.into_iter().map(|id| Process { id, command: command_of(id) }).collect())
}

pub(super) fn terminate(id: u32) -> io::Result<()> {
    signal(id, Signal::TERM)
}

fn signal(id: u32, signal: Signal) -> io::Result<()> {
    let pid = i32::try_from(id).ok().and_then(Pid::from_raw).ok_or_else(|| io::Error::other("no process id"))?;
    Ok(kill_process(pid, signal)?)
}

/// The second field of `stat` may hold spaces and brackets, so the fields are counted from its last bracket.
fn id_and_parent(folder: &Path) -> Option<(u32, u32)> {
    let id = folder.file_name()?.to_str()?.parse().ok()?;
    let stat = std::fs::read_to_string(folder.join("stat")).ok()?;
    let (_, rest) = stat.rsplit_once(") ")?;
    Some((id, rest.split(' ').nth(1)?.parse().ok()?))
}

fn command_of(id: u32) -> Vec<String> {
    let line = std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
    line.split(|&byte| byte == 0)
        .filter(|word| !word.is_empty())
        .map(|word| String::from_utf8_lossy(word).into_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn a_child_and_its_child_are_found_and_killed() {
        let mut parent = Command::new("sh").args(["-c", "sleep 60 & wait"]).spawn().unwrap();
        let sleeping = loop {
            let below = descendants(parent.id()).unwrap();
            if let Some(found) = below.into_iter().find(|process| process.command == ["sleep", "60"]) {
                break found;
            }
            std::thread::yield_now();
        };
        assert!(descendants(std::process::id()).unwrap().contains(&sleeping));
        sleeping.kill().unwrap();
        parent.wait().unwrap();
        assert!(!sleeping.lives());
    }
}
