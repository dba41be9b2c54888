//! Deletes the volumes of deleted workspaces, one after the other, whenever the cloud says that one is to go.

use carrel_wire::{
    internal::{Act, GrantedRemoval, Report},
    runner::RunnerErrorCode,
};

use super::registry::Services;
use crate::runner::{Runner, RunnerFailure};

/// Runs until it is dropped.
pub(super) async fn keep_removing(services: Services) {
    loop {
        while let Some(granted) = next(&services).await {
            let report = remove(&services.runner, &granted).await;
            // Not told, it is asked for again after a while: a volume that is gone is removed once more.
            if let Err(error) = services.cloud.report_removal(granted.workspace, &report).await {
                tracing::warn!(workspace = %granted.workspace, "the cloud does not take {report:?}: {error}");
            }
        }
        tokio::time::sleep(services.timing.remove_every).await;
    }
}

async fn next(services: &Services) -> Option<GrantedRemoval> {
    services.cloud.granted_removal().await.unwrap_or_else(|error| {
        tracing::debug!("not known whether a volume is to go: {error}");
        None
    })
}

async fn remove(runner: &Runner, granted: &GrantedRemoval) -> Report {
    match runner.run(&granted.command).await {
        Ok(outcome) => Report::Succeeded { outcome },
        Err(RunnerFailure::Refused(error)) => {
            Report::Failed { act: Act::RemoveVolume, code: error.code, message: error.message }
        }
        Err(error) => {
            Report::Failed { act: Act::RemoveVolume, code: RunnerErrorCode::Internal, message: error.to_string() }
        }
    }
}
