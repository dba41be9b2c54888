//! Ending shells' sessions: everything that runs in them, not only the shells.

use std::sync::Arc;
use std::time::Duration;

use rustix::process::{Pid, Signal};
use tokio::time::{Instant, sleep};

use super::terminal::Terminal;
use crate::processes::processes;

/// How long programs have to end by themselves after the hang-up.
const GRACE: Duration = Duration::from_millis(300);
const CHECK_INTERVAL: Duration = Duration::from_millis(20);

/// Hangs all of them up, as closing a terminal's window does, and kills what has not ended after [`GRACE`].
pub(crate) async fn end(terminals: &[Arc<Terminal>]) {
    for terminal in terminals {
        hang_up(terminal);
    }
    let deadline = Instant::now() + GRACE;
    while !members(terminals).is_empty() {
        if Instant::now() >= deadline {
            for pid in members(terminals) {
                // Gone already: nothing to do.
                rustix::process::kill_process(pid, Signal::KILL).ok();
            }
            return;
        }
        sleep(CHECK_INTERVAL).await;
    }
}

fn hang_up(terminal: &Terminal) {
    let leader = terminal.process().pid();
    if terminal.process().exit_code().is_none() {
        signal_group(leader, Signal::HUP);
        // A stopped job could not end.
        signal_group(leader, Signal::CONT);
    }
    if let Some(foreground) = terminal.foreground()
        && foreground != leader
    {
        signal_group(foreground, Signal::HUP);
        signal_group(foreground, Signal::CONT);
    }
}

/// The shells and the jobs of all their process groups, as far as they have not ended.
fn members(terminals: &[Arc<Terminal>]) -> Vec<Pid> {
    let sessions: Vec<i32> = terminals
        .iter()
        .filter(|terminal| !terminal.process().number_is_reused())
        .map(|terminal| terminal.process().pid().as_raw_nonzero().get())
        .collect();
    processes()
        .into_iter()
        .filter(|process| process.state != b'Z' && sessions.contains(&process.session))
        .filter_map(|process| Pid::from_raw(process.pid))
        .collect()
}

fn signal_group(group: Pid, signal: Signal) {
    // Gone already: nothing to do.
    rustix::process::kill_process_group(group, signal).ok();
}
