//! An error as an answer: status, headers and the envelope.

use actix_web::{HttpResponse, ResponseError, http::StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use super::{ApiError, ErrorCode};
use crate::content::ContentError;

/// Body of every error.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorBody {
    pub error: ErrorDetail,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorDetail {
    pub code: ErrorCode,
    /// A sentence for people: what is wrong and what to do.
    pub message: String,
    /// The field of the request that is wrong, for 422.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<&'static str>,
    /// Also in the header `x-request-id`; set by the outermost layer, which alone knows it.
    pub request_id: String,
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.parts().0
    }

    fn error_response(&self) -> HttpResponse {
        let (status, code, field) = self.parts();
        if status.is_server_error() {
            log_chain(self);
        }
        let mut response = HttpResponse::build(status);
        match self {
            Self::TooManyRequests(seconds) => {
                response.insert_header(("retry-after", seconds.to_string()));
            }
            Self::Busy | Self::Unavailable(_) => {
                response.insert_header(("retry-after", "2"));
            }
            Self::Content(ContentError::Unavailable(_)) => {
                response.insert_header(("retry-after", "5"));
            }
            Self::KeptBeside(version) => {
                response.insert_header(("carrel-version-id", version.to_string()));
            }
            Self::TusVersion => {
                response.insert_header(("tus-version", "1.0.0"));
            }
            Self::OffsetMismatch(offset) => {
                response.insert_header(("upload-offset", offset.to_string()));
            }
            Self::RangeNotSatisfiable(size) => {
                response.insert_header(("content-range", format!("bytes */{size}")));
            }
            _ => {}
        }
        // What went wrong inside is for the operator's log, not for the sender.
        let message = if status == StatusCode::INTERNAL_SERVER_ERROR {
            "Something went wrong here. It was noted; try again.".to_owned()
        } else {
            self.to_string()
        };
        let request_id = crate::request_id::current();
        response.json(ErrorBody { error: ErrorDetail { code, message, field, request_id } })
    }
}

fn log_chain(error: &ApiError) {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    tracing::error!(error = %text, "a request failed");
}
