//! Objects that nothing names leave the store; `store/blobs.rs` says why that never takes one that somebody is about to name.

use time::Duration;

use super::KeepingError;
use crate::{
    content::{BlobId, ContentStore},
    store::{Store, Timestamp},
};

/// For how long nothing must have named a blob; also how old an unknown object must be, and how long a removal is remembered.
const GRACE: Duration = Duration::DAY;
/// A removal that takes longer was cut off, and is done again. Longer than any attempt to delete one object.
const REMOVAL_CUT_OFF: Duration = Duration::minutes(15);
/// Blobs whose rows one transaction takes, and how many of these a turn does.
const BLOBS_A_STEP: i64 = 100;
const STEPS_A_TURN: usize = 100;

/// Removes blobs that nothing names for a day, or on a full disk at once; how many.
pub(crate) async fn collect(store: &Store, content: &ContentStore, now: Timestamp) -> Result<usize, KeepingError> {
    let mut collected = 0;
    // Nobody can tell the difference but whoever brings the same content again: they bring its bytes.
    let grace = if content.is_short() { Duration::ZERO } else { GRACE };
    let cut_off = store.removals_left(Timestamp::now().minus(REMOVAL_CUT_OFF), BLOBS_A_STEP).await?;
    remove(store, content, &cut_off).await?;
    for _ in 0..STEPS_A_TURN {
        let taken = store.take_orphans(now.minus(grace), BLOBS_A_STEP).await?;
        remove(store, content, &taken).await?;
        collected += taken.len();
        if taken.is_empty() {
            break;
        }
    }
    // By the clock: the requests that a removal is kept for are those of today.
    store.forget_removals(Timestamp::now().minus(GRACE)).await?;
    Ok(collected)
}

async fn remove(store: &Store, content: &ContentStore, blobs: &[BlobId]) -> Result<(), KeepingError> {
    for blob in blobs {
        content.remove(*blob).await?;
        store.removal_done(*blob).await?;
    }
    Ok(())
}

/// Looks through one 256th of the store for objects of which the database knows nothing for a day: uploads that ended between the
/// disk and the database. How many there were.
pub(crate) async fn adopt(
    store: &Store,
    content: &ContentStore,
    prefix: u8,
    now: Timestamp,
) -> Result<usize, KeepingError> {
    content.clear_half_written(prefix).await?;
    let before = now.minus(GRACE).time();
    let mut adopted = 0;
    for object in content.found(prefix).await? {
        let Some(blob) = object.blob.filter(|_| object.changed_at < before) else { continue };
        if !store.knows_blob(blob).await? && store.adopt(blob, i64::try_from(object.size).unwrap_or(i64::MAX)).await? {
            adopted += 1;
        }
    }
    Ok(adopted)
}
