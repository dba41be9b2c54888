//! The cloud backend's internal API as typed calls. Every call has a time-out and one of four ways to fail.

mod content;
mod revocations;
mod sandboxes;
mod sessions;
mod volumes;

use std::time::Duration;

use bytes::Bytes;
use carrel_service_auth::client::{ClientError, ServiceClient};
use reqwest::{Method, Response, StatusCode};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

pub(crate) use content::Content;
pub(crate) use sandboxes::{Manifest, RECORD_AT_ONCE};

/// For everything whose answer is small.
const CALL: Duration = Duration::from_secs(10);
/// Longest silence while something large goes over the wire.
pub(super) const SILENCE: Duration = Duration::from_secs(30);

/// Why the cloud did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CloudError {
    /// No answer, or one that says "later". Trying again may help.
    #[error("the cloud cannot be reached: {0}")]
    Unreachable(String),
    /// Gone, or no longer ours to see.
    #[error("the cloud knows no such thing")]
    NotFound,
    /// Trying the same again does not help.
    #[error("the cloud refused: {message} ({code})")]
    Refused { code: String, message: String },
    #[error("the cloud's answer was not understood: {0}")]
    Invalid(String),
}

impl From<ClientError> for CloudError {
    fn from(error: ClientError) -> Self {
        Self::Unreachable(with_causes(&error))
    }
}

/// An error and what caused it, in one line.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[derive(Debug, Clone)]
pub(crate) struct Cloud {
    client: ServiceClient,
}

impl Cloud {
    pub(crate) fn new(client: ServiceClient) -> Self {
        Self { client }
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, CloudError> {
        json(self.call(Method::GET, path, None, Bytes::new()).await?).await
    }

    async fn post<B: Serialize, T: DeserializeOwned>(&self, path: &str, body: &B) -> Result<T, CloudError> {
        json(self.post_for_status(path, body).await?).await
    }

    async fn post_for_status<B: Serialize>(&self, path: &str, body: &B) -> Result<Response, CloudError> {
        let body = serde_json::to_vec(body).map_err(|error| CloudError::Invalid(error.to_string()))?;
        self.call(Method::POST, path, Some("application/json"), body.into()).await
    }

    /// One small request; an answer only if it is a success.
    async fn call(
        &self,
        method: Method,
        path: &str,
        content_type: Option<&str>,
        body: Bytes,
    ) -> Result<Response, CloudError> {
        let sent = self.client.send(method, path, content_type, body);
        let answer = tokio::time::timeout(CALL, sent).await.map_err(|_| silent())??;
        success(answer).await
    }
}

fn silent() -> CloudError {
    CloudError::Unreachable("no answer in time".to_owned())
}

#[derive(Deserialize)]
struct Refusal {
    error: RefusalBody,
}

#[derive(Deserialize)]
struct RefusalBody {
    code: String,
    message: String,
}

async fn success(answer: Response) -> Result<Response, CloudError> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    if status == StatusCode::NOT_FOUND || status == StatusCode::GONE {
        return Err(CloudError::NotFound);
    }
    let body = bytes(answer).await.unwrap_or_default();
    let refusal = serde_json::from_slice(&body).map_or_else(
        |_| RefusalBody {
            code: format!("status_{}", status.as_u16()),
            message: "The cloud refused without a reason.".to_owned(),
        },
        |refusal: Refusal| refusal.error,
    );
    let later = status.is_server_error() && status != StatusCode::INSUFFICIENT_STORAGE;
    // 401 and 403 without our envelope come from the signature check: a wrong secret or a wrong clock.
    if later || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT | StatusCode::UNAUTHORIZED)
    {
        return Err(CloudError::Unreachable(format!("{status}: {} ({})", refusal.message, refusal.code)));
    }
    Err(CloudError::Refused { code: refusal.code, message: refusal.message })
}

async fn bytes(answer: Response) -> Result<Bytes, CloudError> {
    tokio::time::timeout(CALL, answer.bytes())
        .await
        .map_err(|_| silent())?
        .map_err(|error| CloudError::Unreachable(with_causes(&error)))
}

async fn json<T: DeserializeOwned>(answer: Response) -> Result<T, CloudError> {
    serde_json::from_slice(&bytes(answer).await?).map_err(|error| CloudError::Invalid(error.to_string()))
}
