//! What others hear after a commit: that something waits to be sealed, that something ended, that a mail is to be sent. Only after
//! it: whoever hears it looks into the database.

use tokio::sync::Notify;

use super::{answers::Answers, revocations::Revocations};

/// Who is told.
#[derive(Debug, Default)]
pub(super) struct Signals {
    /// Told after each commit that left something to seal.
    pub(super) sealable: Notify,
    pub(super) revocations: Revocations,
    /// Told after each commit that left a mail to send.
    pub(super) mail_queued: Notify,
    pub(super) answers: Answers,
}

/// What a transaction leaves for others, of all its acts together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Committed {
    pub(super) sealable: bool,
    /// The number of revocations, when it was one.
    pub(super) revoked: Option<i64>,
    pub(super) mails: bool,
    /// It may have changed who may sign in, or what they may do.
    pub(super) people: bool,
    /// It may have changed what is there, or who may see it.
    pub(super) files: bool,
}

impl Committed {
    /// An entry of the log, and nothing else.
    pub(super) const ENTRY: Self = Self { sealable: true, ..Self::NOTHING };
    /// No answer changes by it that is kept for a while (`answers.rs`).
    pub(super) const NOTHING: Self = Self { sealable: false, revoked: None, mails: false, people: false, files: false };
    pub(super) const ANYTHING: Self = Self { people: true, files: true, ..Self::NOTHING };

    pub(super) fn add(&mut self, other: Self) {
        self.sealable |= other.sealable;
        self.revoked = self.revoked.max(other.revoked);
        self.mails |= other.mails;
        self.people |= other.people;
        self.files |= other.files;
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
