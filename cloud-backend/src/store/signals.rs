//! What others hear after a commit: that something waits to be sealed, that something ended, that a mail is to be sent. Only after
//! it: whoever hears it looks into the database.

use tokio::sync::Notify;

use super::revocations::Revocations;

/// Who is told.
#[derive(Debug, Default)]
pub(super) struct Signals {
    /// Told after each commit that left something to seal.
    pub(super) sealable: Notify,
    pub(super) revocations: Revocations,
    /// Told after each commit that left a mail to send.
    pub(super) mail_queued: Notify,
}

/// What a transaction leaves for others, of all its acts together.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Committed {
    pub(super) sealable: bool,
    /// The number of revocations, when it was one.
    pub(super) revoked: Option<i64>,
    pub(super) mails: bool,
}

impl Committed {
    /// An entry of the log, and nothing else.
    pub(super) const ENTRY: Self = Self { sealable: true, revoked: None, mails: false };

    pub(super) fn add(&mut self, other: Self) {
        self.sealable |= other.sealable;
        self.revoked = self.revoked.max(other.revoked);
        self.mails |= other.mails;
    }
}

impl Signals {
    pub(super) fn publish(&self, committed: Committed) {
        if committed.sealable {
            self.sealable.notify_one();
        }
        if let Some(epoch) = committed.revoked {
            self.revocations.publish(epoch);
        }
        if committed.mails {
            self.mail_queued.notify_one();
        }
    }
}
