//! Room on the disk that content leaves to others: the database and its log live on the same disk as a rule, and without room for them
//! nothing could even be deleted. Knows the disk; must not know what is stored on it.

use std::{path::Path, sync::Arc};

use tokio::sync::Notify;

use super::{ContentError, ContentStore};

/// Bytes of one content after which room is looked for again.
pub(super) const LOOK_EVERY: u64 = 4 * 1024 * 1024;
/// What is left free: a sixteenth of the disk, but no less than what the database's log takes, and no more than this.
const LEAST: u64 = 16 * 1024 * 1024;
const MOST: u64 = 512 * 1024 * 1024;

/// Tells those who can make room that somebody was refused.
#[derive(Debug, Clone, Default)]
pub(super) struct Shortage(Arc<Notify>);

/// Bytes free for content, beyond what it leaves to others; less than 0 when it took of that already.
fn free(folder: &Path) -> std::io::Result<i64> {
    let disk = rustix::fs::statvfs(folder)?;
    let bytes = |blocks: u64| i64::try_from(blocks.saturating_mul(disk.f_frsize)).unwrap_or(i64::MAX);
    let left = bytes(disk.f_blocks).unsigned_abs() / 16;
    Ok(bytes(disk.f_bavail).saturating_sub_unsigned(left.clamp(LEAST, MOST)))
}

impl ContentStore {
    /// Refuses content of `bytes` for which there is no room. A bucket says so by itself, and a disk that does not say how full it is takes everything.
    ///
    /// # Errors
    /// [`ContentError::Full`]
    pub(super) fn require_room(&self, bytes: u64) -> Result<(), ContentError> {
        if self.bucket.is_some() {
            return Ok(());
        }
        match free(&self.folder) {
            Ok(free) if free < i64::try_from(bytes).unwrap_or(i64::MAX) => {
                self.shortage.0.notify_one();
                Err(ContentError::Full)
            }
            Ok(_) => Ok(()),
            Err(error) => {
                tracing::warn!(%error, "how full the disk is cannot be found out");
                Ok(())
            }
        }
    }

    /// There is no room now for what people bring: what can go should go.
    pub(crate) fn is_short(&self) -> bool {
        self.bucket.is_none() && free(&self.folder).is_ok_and(|free| free < i64::try_from(LOOK_EVERY).unwrap_or(0))
    }

    /// Ready when somebody was refused for want of room.
    pub(crate) async fn ran_short(&self) {
        self.shortage.0.notified().await;
    }
}
