//! The runner's API as typed calls: carrying granted commands to it and asking what runs.

use std::time::Duration;

use bytes::Bytes;
use carrel_ids::SandboxId;
use carrel_service_auth::client::{ClientError, ServiceClient};
use carrel_wire::runner::{Command, Outcome, RunnerError, Sandbox};
use reqwest::Method;

use crate::cloud::with_causes;

/// A cold start makes a volume and waits for a container and its agent.
const COMMAND: Duration = Duration::from_secs(90);
const CALL: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum RunnerFailure {
    /// Nobody listens: what was asked was not done.
    #[error("the runner cannot be reached: {0}")]
    NotThere(String),
    /// No answer, or none that says anything: whether it was done is not known.
    #[error("the runner did not answer: {0}")]
    Unanswered(String),
    #[error(transparent)]
    Refused(#[from] RunnerError),
}

/// Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Runner {
    client: ServiceClient,
}

impl Runner {
    pub(crate) fn new(client: ServiceClient) -> Self {
        Self { client }
    }
    pub(crate) fn client(&self) -> ServiceClient {
        self.client.clone()
    }

    pub(crate) async fn run(&self, command: &Command) -> Result<Outcome, RunnerFailure> {
        let body = serde_json::to_vec(command).map_err(unanswered)?;
        self.call(Method::POST, "/v1/commands", body.into(), COMMAND).await
    }

    /// The container of a sandbox, running or not; `None` when the runner has none.
    pub(crate) async fn sandbox(&self, id: SandboxId) -> Result<Option<Sandbox>, RunnerFailure> {
        let all = self.sandboxes().await?;
        Ok(all.into_iter().find(|sandbox| sandbox.sandbox == id))
    }

    pub(crate) async fn sandboxes(&self) -> Result<Vec<Sandbox>, RunnerFailure> {
        self.call(Method::GET, "/v1/sandboxes", Bytes::new(), CALL).await
    }

    async fn call<T: serde::de::DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Bytes,
        limit: Duration,
    ) -> Result<T, RunnerFailure> {
        let kind = (!body.is_empty()).then_some("application/json");
        let exchange = async {
            let answer = self.client.send(method, path, kind, body).await.map_err(|error| match error {
                ClientError::Unreachable(_) => RunnerFailure::NotThere(with_causes(&error)),
                error => unanswered(error),
            })?;
            let status = answer.status();
            let body = answer.bytes().await.map_err(unanswered)?;
            if status.is_success() {
                return serde_json::from_slice(&body).map_err(unanswered);
            }
            match serde_json::from_slice::<RunnerError>(&body) {
                Ok(error) => Err(RunnerFailure::Refused(error)),
                Err(_) => Err(RunnerFailure::Unanswered(format!("it answered {status}"))),
            }
        };
        tokio::time::timeout(limit, exchange)
            .await
            .map_err(|_| RunnerFailure::Unanswered("no answer in time".to_owned()))?
    }
}

fn unanswered(error: impl std::error::Error) -> RunnerFailure {
    RunnerFailure::Unanswered(with_causes(&error))
}
