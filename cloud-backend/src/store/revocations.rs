//! How long-lived things elsewhere learn that a session, a right or a person ended: a number that grows with each such change. Its
//! holders look again when it grew; what they may still do is decided by the rows themselves, never by this number.

use std::time::Duration;

use tokio::sync::{Mutex, watch};

use super::{
    Store, StoreError, Writer,
    connect::{on_db, on_tx},
};

/// Between two looks at the number while somebody waits for it: other replicas and the command line change it, too.
const LOOK_EVERY: Duration = Duration::from_millis(300);

/// What this process knows of the number.
#[derive(Debug)]
pub(super) struct Revocations {
    /// The greatest number that was read or committed here.
    known: watch::Sender<i64>,
    /// Held by the one that looks for all who wait.
    looking: Mutex<()>,
}

impl Default for Revocations {
    fn default() -> Self {
        Self { known: watch::Sender::new(0), looking: Mutex::default() }
    }
}

impl Revocations {
    /// Never back: a look that began before a commit may end after it.
    pub(super) fn publish(&self, epoch: i64) {
        self.known.send_if_modified(|known| {
            let grew = epoch > *known;
            *known = epoch.max(*known);
            grew
        });
    }
}

impl Store {
    /// The number of this moment.
    pub(crate) async fn revocation_epoch(&self) -> Result<i64, StoreError> {
        Ok(on_db!(self, p => sqlx::query_scalar("SELECT epoch FROM revocations WHERE one = 1").fetch_one(p).await)?)
    }

    /// Waits until the number is greater than `after`. The database is looked at only while somebody waits, by one for all.
    pub(crate) async fn revocation_after(&self, after: i64) -> Result<i64, StoreError> {
        let revocations = &self.inner.signals.revocations;
        let mut known = revocations.known.subscribe();
        loop {
            let epoch = *known.borrow_and_update();
            if epoch > after {
                return Ok(epoch);
            }
            tokio::select! {
                biased;
                // The sender lives as long as the store.
                changed = known.changed() => drop(changed),
                looking = revocations.looking.lock() => {
                    let epoch = self.revocation_epoch().await?;
                    revocations.publish(epoch);
                    if epoch <= after {
                        // A commit of this process ends the pause.
                        drop(tokio::time::timeout(LOOK_EVERY, known.changed()).await);
                    }
                    drop(looking);
                }
            }
        }
    }
}

impl<P> Writer<'_, P> {
    /// Something that others may hold open ends with this transaction.
    pub(super) async fn note_revocation(&mut self) -> Result<(), StoreError> {
        let epoch: i64 = on_tx!(self.tx, c => sqlx::query_scalar(
            "UPDATE revocations SET epoch = epoch + 1 WHERE one = 1 RETURNING epoch"
        ).fetch_one(c).await)?;
        self.revoked = Some(epoch);
        Ok(())
    }
}
