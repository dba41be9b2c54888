//! Telling a caller what changes in the workspace. What is watched is `tree`'s business; here changes are gathered until
//! there is a pause, and sent.

mod changes;
mod tree;

use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;

use carrel_wire::agent::Reply;
use tokio::io::unix::AsyncFd;
use tokio::time::{Instant, MissedTickBehavior, sleep_until};

use self::changes::Changes;
use self::tree::Tree;
use crate::caller::{Input, Output, closed};
use crate::failure::{Failure, blocking};
use crate::files::beneath::Root;
use crate::readiness;

/// Changes are sent after this long without one …
const QUIET: Duration = Duration::from_millis(150);
/// … and at the latest this long after the first of them.
const LATEST: Duration = Duration::from_millis(500);
/// How often the receiver is told to scan when not every folder can be watched: the kernel's limits are shared by all
/// sandboxes of a host.
const SCAN_INTERVAL: Duration = Duration::from_secs(10);

/// Watches until the caller closes its side.
pub(crate) async fn watch(root: Root, input: &mut Input, output: &mut Output) -> Result<(), Failure> {
    let mut tree = blocking(move || Ok(Tree::watch(root.open()?))).await?;
    let events = match tree.inotify() {
        Some(inotify) => Some(readiness::register(inotify)?),
        None => None,
    };
    output.reply(&Reply::Done).await?;
    let gone = closed(input);
    tokio::pin!(gone);
    let mut rescan = tokio::time::interval(SCAN_INTERVAL);
    rescan.set_missed_tick_behavior(MissedTickBehavior::Delay);
    rescan.reset();
    let mut changes = Changes::default();
    let mut window: Option<Window> = None;
    let mut more = false;
    loop {
        let due = window.as_ref().map(Window::due);
        tokio::select! {
            () = &mut gone => return Ok(()),
            ready = readable(events.as_ref(), more) => {
                ready?;
                (tree, changes, more) = blocking(move || {
                    let mut changes = changes;
                    let more = tree.read_events(&mut changes);
                    Ok((tree, changes, more))
                })
                .await?;
                if !changes.is_empty() {
                    window = Some(Window::touched(window));
                }
            }
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                window = None;
                for reply in std::mem::take(&mut changes).into_replies() {
                    output.reply(&reply).await?;
                }
            }
            _ = rescan.tick(), if tree.incomplete() => {
                changes.overflow();
                window = Some(Window::touched(window));
            }
        }
    }
}

/// When what has been gathered is sent.
struct Window {
    first: Instant,
    last: Instant,
}

impl Window {
    fn touched(window: Option<Self>) -> Self {
        let now = Instant::now();
        Self { first: window.map_or(now, |window| window.first), last: now }
    }

    fn due(&self) -> Instant {
        (self.last + QUIET).min(self.first + LATEST)
    }
}

/// Waits for events unless some are known to wait; for ever when there is no source of them.
async fn readable(events: Option<&AsyncFd<Arc<OwnedFd>>>, more: bool) -> Result<(), Failure> {
    match events {
        Some(_) if more => Ok(()),
        Some(events) => {
            // Cleared before the events are read: one that comes while they are read wakes again.
            events.readable().await?.clear_ready();
            Ok(())
        }
        None => std::future::pending().await,
    }
}
