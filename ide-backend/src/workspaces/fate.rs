//! What became of a sandbox, as the runner sees it.

use carrel_ids::SandboxId;
use carrel_wire::runner::StopCause;

use super::task::WorkspaceTask;

pub(super) enum Fate {
    Running,
    Ended(StopCause),
    /// The runner, or its Docker, cannot say.
    Unknown(String),
}

impl WorkspaceTask {
    pub(super) async fn fate(&self, sandbox: SandboxId) -> Fate {
        match self.services.runner.sandbox(sandbox).await {
            Ok(Some(found)) if found.running => Fate::Running,
            Ok(found) => {
                let cause = found.and_then(|found| found.cause);
                Fate::Ended(cause.unwrap_or(StopCause::Unknown))
            }
            Err(failure) => Fate::Unknown(failure.to_string()),
        }
    }
}
