//! The trash: what lay there long enough is deleted for good, and what is hidden for that is worked off step by step.

use carrel_ids::SpaceId;
use time::Duration;

use crate::{
    audit::Action,
    authz::{SystemTask, Target},
    store::{Store, StoreError, Timestamp},
};

/// Things whose time is over that one turn hides at most.
const EXPIRED_A_TURN: i64 = 200;
/// Steps of deleting that a turn in the background does at most.
pub(crate) const STEPS_A_TURN: usize = 2_000;
/// Steps that whoever asked for the deletion waits for; the background does the rest.
pub(crate) const STEPS_AT_ONCE: usize = 10;

/// Hides what was put into the trash more than `days` before `now`; how much it was. 0 days: never.
pub(crate) async fn expire(store: &Store, days: u32, now: Timestamp) -> Result<usize, StoreError> {
    if days == 0 {
        return Ok(0);
    }
    let since = now.minus(Duration::days(days.into()));
    let mut expired = 0;
    for (node, space) in store.trashed_before(since, EXPIRED_A_TURN).await? {
        let task = SystemTask::on(Target::Node(node));
        let done = store
            .audited(&task, Action::FilePurge, async |w| {
                w.detail("space", space.to_string());
                w.detail("days", days);
                w.purge_expired(node, space, since).await
            })
            .await;
        match done {
            Ok(()) => expired += 1,
            // Somebody brought it back, or deleted it, a moment ago.
            Err(StoreError::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(expired)
}

/// Deletes what is hidden, in one space or in all, in at most `steps` steps; how many it took.
pub(crate) async fn work_off(store: &Store, space: Option<SpaceId>, steps: usize) -> Result<usize, StoreError> {
    for done in 0..steps {
        let next = match space {
            Some(space) => store.has_purges(space).await?.then_some(space),
            None => store.space_to_purge().await?,
        };
        let Some(space) = next else { return Ok(done) };
        let task = SystemTask::on(Target::Space(space));
        store.audited(&task, Action::FilePurgeStep, async |w| w.purge_step(space).await).await?;
    }
    Ok(steps)
}
