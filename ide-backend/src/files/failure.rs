//! What the agent's refusals are for a browser.

use actix_web::http::StatusCode;
use carrel_wire::agent::AgentErrorCode;

use crate::{agent::AgentFailure, api_error::ApiError};

impl From<AgentFailure> for ApiError {
    fn from(failure: AgentFailure) -> Self {
        let code = match &failure {
            AgentFailure::Refused(error) => error.code,
            AgentFailure::Gone(reason) => {
                tracing::warn!("a sandbox was not reached: {reason}");
                return Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "sandbox_unreachable",
                    "The workspace cannot be reached at the moment.",
                );
            }
            AgentFailure::Protocol(reason) => {
                tracing::warn!("an agent was not understood: {reason}");
                return Self::new(
                    StatusCode::BAD_GATEWAY,
                    "sandbox_failed",
                    "The workspace answered with something that makes no sense.",
                );
            }
        };
        let (status, code, message) = match code {
            AgentErrorCode::NotFound => (StatusCode::NOT_FOUND, "not_found", "There is no such thing here."),
            AgentErrorCode::Changed => {
                (StatusCode::PRECONDITION_FAILED, "file_changed", "The file was changed in the meantime.")
            }
            AgentErrorCode::Exists => (StatusCode::CONFLICT, "name_taken", "Something with this name is here already."),
            AgentErrorCode::NotEmpty => (StatusCode::CONFLICT, "not_empty", "Something is in this folder."),
            AgentErrorCode::WrongKind => (
                StatusCode::CONFLICT,
                "wrong_kind",
                "This is a folder, a link or a device where a file is needed, or the other way round.",
            ),
            AgentErrorCode::Full => {
                (StatusCode::INSUFFICIENT_STORAGE, "volume_full", "The workspace has no room left.")
            }
            AgentErrorCode::TooMany => {
                (StatusCode::TOO_MANY_REQUESTS, "too_many", "The workspace has too many of these open.")
            }
            AgentErrorCode::Invalid => {
                (StatusCode::UNPROCESSABLE_ENTITY, "request_invalid", "The workspace's file system does not take this.")
            }
            AgentErrorCode::Failed => {
                tracing::warn!("an agent failed: {failure}");
                (StatusCode::BAD_GATEWAY, "sandbox_failed", "The workspace could not do this.")
            }
        };
        Self::new(status, code, message)
    }
}
