//! Ending a sandbox with the cloud's grant. Nothing to end is success.

use carrel_ids::{IdeSessionId, SandboxId};
use carrel_wire::{
    internal::{Act, GrantedCommand, Report},
    runner::{RunnerErrorCode, StopCause},
};

use super::{
    event::{Phase, State},
    fate::Fate,
    task::WorkspaceTask,
};
use crate::{backoff::Backoff, cloud::CloudError, runner::RunnerFailure};

/// Why a sandbox could not be ended.
struct NotStopped {
    /// For the log.
    runner_code: RunnerErrorCode,
    /// For browsers.
    code: &'static str,
    detail: String,
}

impl WorkspaceTask {
    /// A stop while this task operates no sandbox: the cloud may know one all the same.
    pub(super) async fn stop_whatever_runs(&mut self, session: IdeSessionId) {
        match self.services.cloud.renew(session).await {
            Ok(facts) => match facts.sandbox {
                Some(sandbox) => drop(self.stop(session, sandbox).await),
                None => self.view.show(State::of(Phase::Stopped)),
            },
            Err(error) => self.cloud_failed(error),
        }
    }

    /// Says whether the sandbox is gone; why not is shown.
    pub(super) async fn stop(&mut self, session: IdeSessionId, sandbox: SandboxId) -> bool {
        self.view.show(State::of(Phase::Stopping));
        let granted = self.services.cloud.granted_stop(session, sandbox).await;
        self.finish_stop(granted).await
    }

    /// Stops it though nobody asks: in the cloud's own name, or else in that of any person who is still admitted.
    pub(super) async fn stop_for_anyone(&mut self, sandbox: SandboxId) -> bool {
        self.view.show(State::of(Phase::Stopping));
        let mut granted = self.services.cloud.granted_abandonment(sandbox).await;
        if granted.is_err()
            && let Some(session) = self.services.sessions.of_workspace(self.id)
        {
            let session = session.current().id;
            granted = self.services.cloud.granted_stop(session, sandbox).await;
        }
        self.finish_stop(granted).await
    }

    /// The sandbox is of no more use; the volume stays. It is not left running, however long the runner is away: nobody else
    /// would stop it.
    pub(super) async fn give_up(&mut self, sandbox: SandboxId, code: &str, detail: &str) {
        self.view.set_agent(None);
        let mut backoff = Backoff::default();
        while !self.stop_for_anyone(sandbox).await {
            tracing::warn!(%sandbox, code, "a sandbox of no use could not be stopped; trying again");
            tokio::time::sleep(backoff.next()).await;
        }
        self.failed(code, detail);
    }

    async fn finish_stop(&mut self, granted: Result<GrantedCommand, CloudError>) -> bool {
        let granted = match granted {
            Ok(granted) => granted,
            Err(error) => {
                self.cloud_failed(error);
                return false;
            }
        };
        match self.carry_out(&granted).await {
            Ok(report) => {
                self.report_now(granted.sandbox, report).await;
                self.view.show(State::of(Phase::Stopped));
                true
            }
            Err(NotStopped { runner_code, code, detail }) => {
                let report = Report::Failed { act: Act::Stop, code: runner_code, message: detail.clone() };
                self.report_now(granted.sandbox, report).await;
                self.failed(code, &detail);
                false
            }
        }
    }

    async fn carry_out(&self, granted: &GrantedCommand) -> Result<Report, NotStopped> {
        match self.services.runner.run(&granted.command).await {
            Ok(outcome) => Ok(Report::Succeeded { outcome }),
            Err(RunnerFailure::Refused(error)) => {
                Err(NotStopped { runner_code: error.code, code: error.code.as_str(), detail: error.message })
            }
            // It may have been carried out all the same.
            Err(RunnerFailure::NotThere(reason) | RunnerFailure::Unanswered(reason)) => {
                match self.fate(granted.sandbox).await {
                    Fate::Ended(_) => Ok(Report::Ended { cause: StopCause::Requested }),
                    Fate::Running | Fate::Unknown(_) => Err(NotStopped {
                        runner_code: RunnerErrorCode::Internal,
                        code: "runner_unreachable",
                        detail: format!("The runner cannot be reached: is it running? ({reason})"),
                    }),
                }
            }
        }
    }
}
