//! Closes what nobody reported to its end: intents whose sandbox never came, sandboxes that fell silent.

use time::Duration;

use crate::{
    audit::{Action, Outcome},
    authz::{SystemTask, Target},
    store::{Store, StoreError, Timestamp},
};

/// A sandbox of which nothing is heard for so long is given up. The IDE backend asks for the folder's etag each second.
pub(crate) const SILENCE: Duration = Duration::minutes(3);

/// One round over the sandboxes of which nothing was heard for `silence`. Returns how many were closed.
///
/// # Errors
/// [`StoreError`] when the database fails; the next round goes on.
pub(crate) async fn sweep(store: &Store, silence: Duration) -> Result<usize, StoreError> {
    let since = Timestamp::now().minus(silence);
    let mut closed = 0;
    for sandbox in store.silent_sandboxes(since).await? {
        let task = SystemTask::on(Target::Sandbox(sandbox));
        let done = store
            .audited(&task, Action::SandboxEnd, async |w| {
                w.set_outcome(Outcome::Unknown);
                w.give_up_sandbox(sandbox, since).await
            })
            .await;
        match done {
            Ok(()) => closed += 1,
            // It was heard of in the meantime.
            Err(StoreError::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(closed)
}
