//! Errors as the API answers them: a code and a sentence. Causes go to the log, once, where a refusal is made of them.

use std::fmt;

use actix_web::{HttpResponse, ResponseError, http::StatusCode};
use carrel_service_auth::{grant::GrantError, request::SignatureError};
use carrel_wire::runner::{RunnerError, RunnerErrorCode as Code};

/// A [`RunnerError`] with its HTTP status.
#[derive(Debug)]
pub(crate) struct Refusal(pub(crate) RunnerError);

impl Refusal {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self(RunnerError { code, message: message.into() })
    }

    /// A failure of this machine: logged with its cause, told without it.
    pub(crate) fn failed(code: Code, message: &str, cause: &dyn std::error::Error) -> Self {
        let mut chain = cause.to_string();
        let mut source = cause.source();
        while let Some(error) = source {
            chain.push_str(": ");
            chain.push_str(&error.to_string());
            source = error.source();
        }
        tracing::error!(?code, cause = %chain, "{message}");
        Self::new(code, message)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        match self.0.code {
            Code::SignatureInvalid | Code::SignatureReplayed | Code::SignatureExpired => StatusCode::UNAUTHORIZED,
            Code::GrantInvalid | Code::GrantExpired | Code::GrantReplayed | Code::GrantMismatch => {
                StatusCode::FORBIDDEN
            }
            Code::PlanInvalid | Code::LimitTooHigh => StatusCode::UNPROCESSABLE_ENTITY,
            Code::NotFound => StatusCode::NOT_FOUND,
            Code::Busy => StatusCode::CONFLICT,
            Code::DockerUnavailable | Code::ImageMissing => StatusCode::SERVICE_UNAVAILABLE,
            Code::VolumeFailed | Code::AgentFailed | Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(self.status_code()).json(&self.0)
    }
}

impl From<SignatureError> for Refusal {
    fn from(error: SignatureError) -> Self {
        let code = match error {
            SignatureError::Replayed => Code::SignatureReplayed,
            SignatureError::Expired => Code::SignatureExpired,
            SignatureError::Missing
            | SignatureError::Malformed
            | SignatureError::UnknownKey
            | SignatureError::Mismatch => Code::SignatureInvalid,
        };
        Self::new(code, error.to_string())
    }
}

impl From<GrantError> for Refusal {
    fn from(error: GrantError) -> Self {
        let code = match error {
            GrantError::Expired => Code::GrantExpired,
            GrantError::WrongPlan | GrantError::WrongAct | GrantError::WrongAudience => Code::GrantMismatch,
            GrantError::Malformed
            | GrantError::UnknownKey
            | GrantError::SignatureInvalid
            | GrantError::NotCanonical
            | GrantError::WrongType
            | GrantError::WrongIssuer
            | GrantError::LifetimeTooLong
            | GrantError::NotYetValid => Code::GrantInvalid,
        };
        Self::new(code, error.to_string())
    }
}
