//! From a browser's wish to a running sandbox: one that is there already, or a new one with the cloud's grant.

use carrel_ids::{IdeSessionId, SandboxId};
use carrel_wire::{
    internal::{Act, Report},
    runner::{Outcome, RunnerErrorCode},
};

use super::{
    event::{Phase, State},
    fate::Fate,
    task::{Running, WorkspaceTask},
};
use crate::{backoff::Backoff, cloud::CloudError, runner::RunnerFailure};

/// How often it is asked what became of a start that was not answered.
const QUESTIONS: u32 = 6;

impl WorkspaceTask {
    pub(super) async fn open(&mut self, session: IdeSessionId, sandbox: Option<SandboxId>) -> Option<Running> {
        self.view.show(State::of(Phase::Starting));
        match sandbox {
            None => self.start(session, true).await,
            Some(sandbox) => self.adopt(session, sandbox, true).await,
        }
    }

    /// A sandbox that the cloud believes to be running.
    async fn adopt(&mut self, session: IdeSessionId, sandbox: SandboxId, or_start: bool) -> Option<Running> {
        match self.fate(sandbox).await {
            Fate::Running => Some(self.found_running(sandbox).await),
            Fate::Ended(cause) => {
                self.report_now(sandbox, Report::Ended { cause }).await;
                if or_start {
                    return Box::pin(self.start(session, false)).await;
                }
                self.view.show(State::ended(cause));
                None
            }
            Fate::Unknown(reason) => {
                self.runner_unreachable(&reason);
                None
            }
        }
    }

    /// One that runs without anybody here having seen it start. Its start may be without an outcome in the log; where the
    /// cloud has that, it forgets the report.
    pub(super) async fn found_running(&self, sandbox: SandboxId) -> Running {
        self.report_now(sandbox, Report::Running).await;
        Running { sandbox, fresh: false, timing: None }
    }

    async fn start(&mut self, session: IdeSessionId, or_adopt: bool) -> Option<Running> {
        let granted = match self.services.cloud.granted_start(session).await {
            Ok(granted) => granted,
            // Somebody else has started it a moment ago.
            Err(CloudError::Refused { code, message }) if code == "workspace_busy" && or_adopt => {
                return match self.services.cloud.renew(session).await.map(|facts| facts.sandbox) {
                    Ok(Some(sandbox)) => Box::pin(self.adopt(session, sandbox, false)).await,
                    _ => {
                        self.failed(&code, &message);
                        None
                    }
                };
            }
            Err(error) => {
                self.cloud_failed(error);
                return None;
            }
        };
        let sandbox = granted.sandbox;
        match self.services.runner.run(&granted.command).await {
            Ok(outcome @ Outcome::Started { timing, .. }) => {
                self.report_now(sandbox, Report::Succeeded { outcome }).await;
                Some(Running { sandbox, fresh: true, timing: Some(timing.into()) })
            }
            Ok(_) => {
                let message = "The runner answered a start with something else.".to_owned();
                self.refused(sandbox, RunnerErrorCode::Internal, message).await
            }
            Err(RunnerFailure::Refused(error)) => self.refused(sandbox, error.code, error.message).await,
            Err(RunnerFailure::NotThere(reason)) => {
                self.never_started(sandbox, &reason).await;
                None
            }
            Err(RunnerFailure::Unanswered(reason)) => self.unanswered(sandbox, reason).await,
        }
    }

    /// The command was sent and nobody knows what became of it. A grant works once: it cannot be sent again.
    async fn unanswered(&mut self, sandbox: SandboxId, mut reason: String) -> Option<Running> {
        let mut backoff = Backoff::default();
        for _ in 0..QUESTIONS {
            match self.fate(sandbox).await {
                Fate::Running => return Some(self.found_running(sandbox).await),
                Fate::Ended(_) => break,
                Fate::Unknown(why) => reason = why,
            }
            tokio::time::sleep(backoff.next()).await;
        }
        self.never_started(sandbox, &reason).await;
        None
    }

    async fn never_started(&self, sandbox: SandboxId, reason: &str) {
        let message = format!("the runner did not start it: {reason}");
        self.report_now(sandbox, Report::Failed { act: Act::Start, code: RunnerErrorCode::Internal, message }).await;
        self.runner_unreachable(reason);
    }

    async fn refused(&mut self, sandbox: SandboxId, code: RunnerErrorCode, message: String) -> Option<Running> {
        let report = Report::Failed { act: Act::Start, code, message: message.clone() };
        self.report_now(sandbox, report).await;
        self.failed(code.as_str(), &message);
        None
    }

    pub(super) fn cloud_failed(&self, error: CloudError) {
        match error {
            CloudError::NotFound => self.failed("not_found", "The workspace is gone, or you may not use it any more."),
            CloudError::Refused { code, message } => self.failed(&code, &message),
            CloudError::Unreachable(reason) | CloudError::Invalid(reason) => {
                self.failed("cloud_unreachable", &format!("The cloud cannot be reached. ({reason})"))
            }
        }
    }

    fn runner_unreachable(&self, reason: &str) {
        let text = format!("The runner cannot be reached: is it running? ({reason})");
        self.failed("runner_unreachable", &text);
    }

    pub(super) fn failed(&self, code: &str, detail: &str) {
        tracing::warn!(workspace = %self.id, code, detail, "a workspace failed");
        self.view.show(State::because(Phase::Failed, code, detail));
    }
}
