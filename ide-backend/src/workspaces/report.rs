//! Tells the cloud what became of a command or a container, and does not give up while the cloud is away.

use carrel_ids::SandboxId;
use carrel_wire::{internal::Report, runner::StopCause};

use super::task::WorkspaceTask;
use crate::{
    backoff::Backoff,
    cloud::{Cloud, CloudError},
};

/// About a quarter of an hour; after that the cloud closes the entry itself, as unknown.
const ATTEMPTS: u32 = 64;

impl WorkspaceTask {
    /// Waits for the first attempt; later ones go on by themselves.
    pub(super) async fn report_now(&self, sandbox: SandboxId, report: Report) {
        if !told(&self.services.cloud, sandbox, &report).await {
            let cloud = self.services.cloud.clone();
            self.services.tasks.spawn(keep_telling(cloud, sandbox, report));
        }
    }

    pub(super) fn report_end(&self, sandbox: SandboxId, cause: StopCause) {
        let cloud = self.services.cloud.clone();
        let report = Report::Ended { cause };
        self.services.tasks.spawn(keep_telling(cloud, sandbox, report));
    }
}

async fn keep_telling(cloud: Cloud, sandbox: SandboxId, report: Report) {
    let mut backoff = Backoff::default();
    for _ in 0..ATTEMPTS {
        if told(&cloud, sandbox, &report).await {
            return;
        }
        tokio::time::sleep(backoff.next()).await;
    }
    tracing::error!(%sandbox, "the cloud was never told of {report:?}");
}

/// Done, or not worth another attempt.
async fn told(cloud: &Cloud, sandbox: SandboxId, report: &Report) -> bool {
    match cloud.report(sandbox, report).await {
        Ok(()) => true,
        Err(error @ (CloudError::NotFound | CloudError::Refused { .. })) => {
            tracing::warn!(%sandbox, "the cloud does not take {report:?}: {error}");
            true
        }
        Err(error) => {
            tracing::warn!(%sandbox, "a report has to wait: {error}");
            false
        }
    }
}
