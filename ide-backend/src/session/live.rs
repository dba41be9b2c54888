//! One admitted browser: what the cloud last said of it, its open sockets, and its end, which all of them see at once.

use std::{
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use carrel_wire::internal::IdeSession;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Sockets that one session may hold open.
pub(crate) const MAX_SOCKETS: usize = 20;

/// Why a session is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Signed out, right withdrawn, person disabled: the cloud does not say which.
    ByCloud,
    /// Nobody could say for too long whether it still holds.
    Unconfirmed,
    /// Nothing was asked of it for too long.
    Unused,
    /// The browser was admitted anew, and nothing of it uses this admission any more.
    Replaced,
    /// This process ends; another will take the browser in again.
    Restart,
}

impl Ended {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::ByCloud => "session_ended",
            Self::Unconfirmed => "cloud_unreachable",
            Self::Unused => "session_unused",
            Self::Replaced => "session_replaced",
            Self::Restart => "server_restarting",
        }
    }
    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::ByCloud => "Your access to this workspace has ended. Open it again from your files.",
            Self::Unconfirmed => "The cloud could not be reached for too long. Open the workspace again.",
            Self::Unused => "This page was not used for a long time. Open the workspace again.",
            Self::Replaced => "This workspace was opened again in this browser.",
            Self::Restart => "The server is restarting. The workspace goes on; open it again in a moment.",
        }
    }
}

#[derive(Debug)]
struct Facts {
    session: IdeSession,
    confirmed: Instant,
    used: Instant,
}

#[derive(Debug)]
pub(crate) struct LiveSession {
    facts: Mutex<Facts>,
    sockets: AtomicUsize,
    /// No request names it any more.
    retired: AtomicBool,
    end: CancellationToken,
    reason: OnceLock<Ended>,
}

impl LiveSession {
    pub(crate) fn new(session: IdeSession) -> Self {
        let now = Instant::now();
        Self {
            facts: Mutex::new(Facts { session, confirmed: now, used: now }),
            sockets: AtomicUsize::new(0),
            retired: AtomicBool::new(false),
            end: CancellationToken::new(),
            reason: OnceLock::new(),
        }
    }

    fn facts<T>(&self, read: impl FnOnce(&mut Facts) -> T) -> T {
        // A poisoned lock holds complete values: nothing that is done under it can stop half-way.
        read(&mut self.facts.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What the cloud last said.
    pub(crate) fn current(&self) -> IdeSession {
        self.facts(|facts| facts.session.clone())
    }
    pub(crate) fn confirm(&self, session: IdeSession, now: Instant) {
        self.facts(|facts| {
            facts.session = session;
            facts.confirmed = now;
        });
    }
    pub(crate) fn unconfirmed_for(&self, now: Instant) -> Duration {
        self.facts(|facts| now.saturating_duration_since(facts.confirmed))
    }
    pub(crate) fn mark_used(&self) {
        self.facts(|facts| facts.used = Instant::now());
    }
    /// How long it has had no socket and no request.
    pub(crate) fn unused_for(&self, now: Instant) -> Duration {
        if self.sockets.load(Ordering::Acquire) > 0 {
            Duration::ZERO
        } else {
            self.facts(|facts| now.saturating_duration_since(facts.used))
        }
    }

    /// Its cookie was replaced. Another page of the same browser may still have sockets open: it ends with the last of them.
    pub(crate) fn retire(&self) {
        self.retired.store(true, Ordering::SeqCst);
        if self.sockets.load(Ordering::SeqCst) == 0 {
            self.end(Ended::Replaced);
        }
    }

    pub(crate) fn end(&self, reason: Ended) {
        self.reason.get_or_init(|| reason);
        self.end.cancel();
    }
    pub(crate) fn has_ended(&self) -> bool {
        self.end.is_cancelled()
    }
    /// Why it is over, if it is.
    pub(crate) fn reason(&self) -> Option<Ended> {
        self.has_ended().then(|| self.reason.get().copied().unwrap_or(Ended::ByCloud))
    }
    /// Waits for the end.
    pub(crate) async fn ended(&self) -> Ended {
        self.end.cancelled().await;
        self.reason.get().copied().unwrap_or(Ended::ByCloud)
    }

    /// Room for one more socket; `None` when all are taken or the session is over.
    pub(crate) fn open_socket(self: &Arc<Self>) -> Option<SocketSlot> {
        let free = |open: usize| (open < MAX_SOCKETS && !self.has_ended()).then_some(open + 1);
        self.sockets.try_update(Ordering::AcqRel, Ordering::Acquire, free).ok().map(|_| SocketSlot(Arc::clone(self)))
    }
}

/// One open socket of a session; dropping it makes room.
#[derive(Debug)]
pub(crate) struct SocketSlot(Arc<LiveSession>);

impl SocketSlot {
    pub(crate) fn session(&self) -> &LiveSession {
        &self.0
    }
}

impl Drop for SocketSlot {
    fn drop(&mut self) {
        let before = self.0.sockets.fetch_sub(1, Ordering::SeqCst);
        self.0.mark_used();
        if before == 1 && self.0.retired.load(Ordering::SeqCst) {
            self.0.end(Ended::Replaced);
        }
    }
}

#[cfg(test)]
pub(crate) fn example() -> IdeSession {
    IdeSession {
        id: carrel_ids::IdeSessionId::new(),
        user: carrel_ids::UserId::new(),
        user_name: "Ada".to_owned(),
        workspace: carrel_ids::WorkspaceId::new(),
        workspace_name: "engine".to_owned(),
        folder: carrel_ids::NodeId::new(),
        can_write: true,
        sandbox: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sockets_are_bounded_and_come_back() {
        let session = Arc::new(LiveSession::new(example()));
        let mut open: Vec<_> = (0..MAX_SOCKETS).map(|_| session.open_socket().expect("room")).collect();
        assert!(session.open_socket().is_none());
        open.pop();
        let again = session.open_socket();
        assert!(again.is_some());
        drop((again, open));
        session.end(Ended::ByCloud);
        assert!(session.open_socket().is_none(), "an ended session opens nothing");
    }

    #[tokio::test]
    async fn a_replaced_session_ends_with_its_last_socket() {
        let unused = LiveSession::new(example());
        unused.retire();
        assert_eq!(unused.reason(), Some(Ended::Replaced));
        let session = Arc::new(LiveSession::new(example()));
        let sockets = [session.open_socket().expect("room"), session.open_socket().expect("room")];
        session.retire();
        let [first, last] = sockets;
        drop(first);
        assert_eq!(session.reason(), None, "another page of the browser is still there");
        drop(last);
        assert_eq!(session.reason(), Some(Ended::Replaced));
    }

    #[tokio::test]
    async fn the_first_reason_of_the_end_stays() {
        let session = LiveSession::new(example());
        session.end(Ended::Unconfirmed);
        session.end(Ended::ByCloud);
        assert_eq!(session.ended().await, Ended::Unconfirmed);
    }
}
