//! What happens to kept content by itself: the trash is emptied in time, versions grow thinner, what nothing names leaves the store.
//! Each turn does a bounded part; nothing here is needed for an answer.

pub(crate) mod collector;
pub mod fsck;
pub(crate) mod retention;
pub(crate) mod thinning;

pub use thinning::VersionPolicy;

use crate::{
    app::Cloud,
    content::ContentError,
    store::{StoreError, Timestamp},
};

/// For how long what nobody needs now is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeepPolicy {
    /// Days in the trash; 0: until somebody empties it.
    pub trash_days: u32,
    pub versions: VersionPolicy,
}

impl Default for KeepPolicy {
    fn default() -> Self {
        Self { trash_days: 30, versions: VersionPolicy::default() }
    }
}

/// Why a turn was not done to its end; the next one goes on.
#[derive(Debug, thiserror::Error)]
pub enum KeepingError {
    #[error("the database failed")]
    Store(#[from] StoreError),
    #[error("the content store failed")]
    Content(#[from] ContentError),
}

/// Where the long rounds stand between turns.
#[derive(Debug, Default)]
pub struct Rounds {
    thinned: Option<carrel_ids::NodeId>,
    looked_at: u8,
}

/// What a turn did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Turn {
    /// Things whose time in the trash was over.
    pub expired: usize,
    /// Steps of deleting for good.
    pub steps: usize,
    /// Versions that thinning took away.
    pub thinned: i64,
    /// Blobs that left the store.
    pub collected: usize,
    /// Objects of which the database knew nothing.
    pub adopted: usize,
}

/// The disk is full: what was deleted for good is worked off and leaves the store now, and not when its day is over.
///
/// # Errors
/// [`KeepingError`] when that was not done to its end.
pub(crate) async fn make_room(cloud: &Cloud) -> Result<(), KeepingError> {
    retention::work_off(&cloud.store, None, retention::STEPS_A_TURN).await?;
    let collected = collector::collect(&cloud.store, &cloud.content, Timestamp::now()).await?;
    tracing::info!(collected, "the disk is full: content that nothing names was removed at once");
    Ok(())
}

/// One turn of everything, as if it were `now`. A part that fails holds up none of the others.
///
/// # Errors
/// The [`KeepingError`] of the first part that failed.
pub async fn turn(cloud: &Cloud, rounds: &mut Rounds, now: Timestamp) -> Result<Turn, KeepingError> {
    let (store, content, policy) = (&cloud.store, &cloud.content, &cloud.config.keep);
    let written = cloud.recents.write(store).await;
    let expired = retention::expire(store, policy.trash_days, now).await;
    let steps = retention::work_off(store, None, retention::STEPS_A_TURN).await;
    let thinned = thinning::thin(store, &policy.versions, rounds.thinned, now).await;
    if let Ok((_, after)) = &thinned {
        rounds.thinned = *after;
    }
    let collected = collector::collect(store, content, now).await;
    let adopted = collector::adopt(store, content, rounds.looked_at, now).await;
    rounds.looked_at = rounds.looked_at.wrapping_add(1);
    written?;
    Ok(Turn { expired: expired?, steps: steps?, thinned: thinned?.0, collected: collected?, adopted: adopted? })
}
