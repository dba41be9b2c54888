//! The one error that handlers return and the envelope in which it reaches the browser.

use std::fmt;

use actix_web::{HttpResponse, ResponseError, body::BoxBody, http::StatusCode};
use carrel_ids::RequestId;
use serde::Serialize;

/// An answer that is not a success. The text is for people; programs look at the code.
#[derive(Debug, Clone)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) field: Option<&'static str>,
}

#[derive(Serialize)]
struct Envelope<'a> {
    error: Body<'a>,
}

#[derive(Serialize)]
struct Body<'a> {
    code: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    request_id: RequestId,
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), field: None }
    }
    pub(crate) fn for_field(field: &'static str, code: &'static str, message: &str) -> Self {
        Self { field: Some(field), ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, message) }
    }
    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is no such thing here.")
    }
    /// The details went to the log; the browser learns only that it was not its fault.
    pub(crate) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong on the server.")
    }
    pub(crate) fn cloud_unreachable() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "cloud_unreachable", "The cloud cannot be reached at the moment.")
    }
    pub(crate) fn not_ready() -> Self {
        Self::new(StatusCode::CONFLICT, "workspace_not_ready", "The workspace is not running.")
    }
    pub(crate) fn read_only() -> Self {
        Self::new(StatusCode::FORBIDDEN, "read_only", "You may look at this workspace but not change it.")
    }
    /// The answer with the identifier under which the log knows the request.
    pub(crate) fn response(&self, request_id: RequestId) -> HttpResponse<BoxBody> {
        HttpResponse::build(self.status)
            .insert_header(("x-request-id", request_id.to_string()))
            .insert_header(("cache-control", "no-store"))
            .json(Envelope { error: Body { code: self.code, message: &self.message, field: self.field, request_id } })
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.code)
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.status
    }
    fn error_response(&self) -> HttpResponse<BoxBody> {
        self.response(RequestId::new())
    }
}
