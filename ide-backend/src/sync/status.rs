//! What the sync shows of itself: online or not, how much is left to do, what a person should know.

use carrel_wire::WorkspacePath;
use time::OffsetDateTime;
use tokio::time::Instant;

use super::{Flush, decide::Base, engine::Engine, folder::record};
use crate::workspaces::{SyncPhase, SyncState};

impl Engine {
    pub(super) fn go_offline(&mut self, reason: String) {
        if self.offline.is_none() {
            tracing::warn!(sandbox = %self.ends.sandbox, reason, "the sync is offline");
        }
        self.offline = Some(reason);
        self.next_listing = Instant::now() + self.backoff.next();
    }

    pub(super) fn come_online(&mut self) {
        self.backoff.reset();
        if self.offline.take().is_some() {
            tracing::info!(sandbox = %self.ends.sandbox, "the sync is online again");
            self.scan_wanted = true;
            self.queue.waiting.hurry(Instant::now());
        }
    }

    pub(super) fn flush(&mut self, flush: Flush) {
        self.queue.waiting.hurry(Instant::now());
        self.scan_wanted = true;
        self.flushes.push(flush);
    }

    pub(super) fn publish(&mut self) {
        let queued = self.queue.len();
        // What was refused is not in agreement, whether it is tried again or not.
        let pending = queued + self.refused.keys().filter(|path| !self.queue.holds(path)).count();
        let quiet = queued == 0 && !self.scanning && !self.scan_wanted;
        let state = match (&self.offline, pending) {
            (Some(_), _) => SyncPhase::Offline,
            (None, 0) => SyncPhase::Synced,
            (None, _) => SyncPhase::Syncing,
        };
        let synced = state == SyncPhase::Synced;
        if synced && !self.synced {
            self.synced_at = Some(OffsetDateTime::now_utc());
        }
        self.synced = synced;
        if quiet || self.offline.is_some() {
            for flush in self.flushes.drain(..) {
                if flush.send(pending).is_err() {
                    tracing::debug!("whoever asked for everything to be brought has stopped waiting");
                }
            }
        }
        self.view.show_sync(SyncState { state, pending, last_synced_at: self.synced_at, message: self.message() });
    }

    /// What a person should know.
    fn message(&self) -> Option<String> {
        if self.offline.is_some() {
            return Some("The cloud cannot be reached. Changes stay in the workspace and follow later.".to_owned());
        }
        let (path, reason) = self.refused.iter().next()?;
        let more = match self.refused.len() - 1 {
            0 => String::new(),
            more => format!(" (and {more} more)"),
        };
        Some(format!("{path} is not synchronised: {reason}{more}"))
    }

    /// The volume has what the cloud has: the cloud remembers it for the next opening.
    pub(super) fn remember(&mut self, path: &WorkspacePath, base: &Base) {
        if let Base::File(known) = base {
            self.to_record.push(record(path, known));
        }
    }
}
