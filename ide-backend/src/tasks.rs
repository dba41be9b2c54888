//! Tasks that outlive a request: on one runtime, and all ended together.

use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

/// Cheap to clone; clones end together.
#[derive(Debug, Clone)]
pub(crate) struct Tasks {
    runtime: Handle,
    end: CancellationToken,
}

impl Tasks {
    /// On the runtime of the caller.
    pub(crate) fn here() -> Self {
        Self { runtime: Handle::current(), end: CancellationToken::new() }
    }
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let end = self.end.clone();
        self.runtime.spawn(async move {
            if end.run_until_cancelled(task).await.is_none() {
                tracing::debug!("a task was ended");
            }
        });
    }
    pub(crate) fn stop(&self) {
        self.end.cancel();
    }
}
