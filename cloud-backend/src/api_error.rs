//! The one envelope in which every error leaves the cloud backend.

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    error::{JsonPayloadError, QueryPayloadError},
    http::StatusCode,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    authz::{AccessError, InvalidName},
    content::ContentError,
    store::{InvalidFilter, StoreError},
};

/// Stable codes; clients switch on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    BadRequest,
    ContentCutOff,
    ContentHashMismatch,
    ContentTooLarge,
    CredentialsInvalid,
    CrossSite,
    DiskFull,
    FolderInsideItself,
    Internal,
    LinkInvalid,
    NameInvalid,
    NameTaken,
    NotFound,
    NotSignedIn,
    PasswordTooShort,
    PreconditionRequired,
    RangeNotSatisfiable,
    ServiceSignatureInvalid,
    TooManyRequests,
    Unavailable,
    UserNameInvalid,
    VersionChanged,
    WorkspaceBusy,
}

/// Why a request was not done.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    #[error("The request cannot be read: {0}")]
    BadRequest(String),
    #[error("The name or the password is not right.")]
    CredentialsInvalid,
    #[error("The request came from another site. Open Carrel itself and try again.")]
    CrossSite,
    #[error("{0}")]
    Content(ContentError),
    #[error("A folder cannot be moved into itself.")]
    FolderInsideItself,
    /// A link for the first administrator that is wrong, expired or used: one answer for all.
    #[error("This link is not valid. Print a new one by starting Carrel again.")]
    LinkInvalid,
    #[error("{0}")]
    NameInvalid(InvalidName),
    #[error("Something with this name exists here already.")]
    NameTaken,
    #[error("There is nothing here, or you have no access to it.")]
    NotFound,
    #[error("Sign in to go on.")]
    NotSignedIn,
    #[error("The password needs at least {0} characters. A few words in a row are easy to remember.")]
    PasswordTooShort(usize),
    #[error("Something with this name exists. Send If-Match with its version to replace it.")]
    PreconditionRequired,
    #[error("The file has no such part.")]
    RangeNotSatisfiable(u64),
    #[error("The request's signature does not hold.")]
    ServiceSignatureInvalid,
    #[error("Too many tries. Wait {0} seconds.")]
    TooManyRequests(i64),
    #[error("{0}")]
    Unavailable(&'static str),
    #[error("A user name has 1 to 64 letters, digits, dots, dashes or underscores.")]
    UserNameInvalid,
    #[error("The file was changed in the meantime, so nothing was saved. Read it again, or save under another name.")]
    VersionChanged,
    #[error("Another start or stop of this workspace is under way.")]
    WorkspaceBusy,
    #[error("Something went wrong here. It was noted; try again.")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl ApiError {
    fn parts(&self) -> (StatusCode, ErrorCode, Option<&'static str>) {
        use ErrorCode as Code;
        match self {
            Self::BadRequest(_) => (StatusCode::BAD_REQUEST, Code::BadRequest, None),
            Self::Content(ContentError::CutOff) => (StatusCode::BAD_REQUEST, Code::ContentCutOff, None),
            Self::Content(ContentError::HashMismatch) => {
                (StatusCode::UNPROCESSABLE_ENTITY, Code::ContentHashMismatch, None)
            }
            Self::Content(ContentError::TooLarge(_)) => (StatusCode::PAYLOAD_TOO_LARGE, Code::ContentTooLarge, None),
            Self::Content(ContentError::Full) => (StatusCode::INSUFFICIENT_STORAGE, Code::DiskFull, None),
            Self::Content(ContentError::Missing | ContentError::Store(_)) | Self::Internal(_) => {
                (StatusCode::INTERNAL_SERVER_ERROR, Code::Internal, None)
            }
            Self::CredentialsInvalid => (StatusCode::UNAUTHORIZED, Code::CredentialsInvalid, None),
            Self::CrossSite => (StatusCode::FORBIDDEN, Code::CrossSite, None),
            Self::FolderInsideItself => (StatusCode::CONFLICT, Code::FolderInsideItself, None),
            Self::LinkInvalid => (StatusCode::UNAUTHORIZED, Code::LinkInvalid, None),
            Self::NameInvalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, Code::NameInvalid, Some("name")),
            Self::NameTaken => (StatusCode::CONFLICT, Code::NameTaken, None),
            Self::NotFound => (StatusCode::NOT_FOUND, Code::NotFound, None),
            Self::NotSignedIn => (StatusCode::UNAUTHORIZED, Code::NotSignedIn, None),
            Self::PasswordTooShort(_) => (StatusCode::UNPROCESSABLE_ENTITY, Code::PasswordTooShort, Some("password")),
            Self::PreconditionRequired => (StatusCode::PRECONDITION_REQUIRED, Code::PreconditionRequired, None),
            Self::RangeNotSatisfiable(_) => (StatusCode::RANGE_NOT_SATISFIABLE, Code::RangeNotSatisfiable, None),
            Self::ServiceSignatureInvalid => (StatusCode::UNAUTHORIZED, Code::ServiceSignatureInvalid, None),
            Self::TooManyRequests(_) => (StatusCode::TOO_MANY_REQUESTS, Code::TooManyRequests, None),
            Self::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, Code::Unavailable, None),
            Self::UserNameInvalid => (StatusCode::UNPROCESSABLE_ENTITY, Code::UserNameInvalid, Some("name")),
            Self::VersionChanged => (StatusCode::PRECONDITION_FAILED, Code::VersionChanged, None),
            Self::WorkspaceBusy => (StatusCode::CONFLICT, Code::WorkspaceBusy, None),
        }
    }

    #[must_use]
    pub fn code(&self) -> ErrorCode {
        self.parts().1
    }
}

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

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound,
            StoreError::NameTaken => Self::NameTaken,
            StoreError::VersionChanged => Self::VersionChanged,
            StoreError::InsideItself => Self::FolderInsideItself,
            StoreError::Exists
            | StoreError::Entry(_)
            | StoreError::Log(_)
            | StoreError::Personal(_)
            | StoreError::Database(_) => Self::Internal(Box::new(error)),
        }
    }
}

impl From<AccessError> for ApiError {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::NotFound => Self::NotFound,
            AccessError::Store(error) => error.into(),
        }
    }
}

impl From<ContentError> for ApiError {
    fn from(error: ContentError) -> Self {
        match error {
            ContentError::Missing | ContentError::Store(_) => Self::Internal(Box::new(error)),
            other => Self::Content(other),
        }
    }
}

impl From<InvalidFilter> for ApiError {
    fn from(error: InvalidFilter) -> Self {
        Self::BadRequest(error.to_string())
    }
}

impl From<InvalidName> for ApiError {
    fn from(error: InvalidName) -> Self {
        Self::NameInvalid(error)
    }
}

/// The envelope for JSON that cannot be taken: too large, or not what the route expects.
pub(crate) fn bad_json(error: JsonPayloadError, _: &HttpRequest) -> actix_web::Error {
    let limit = match error {
        JsonPayloadError::OverflowKnownLength { limit, .. } | JsonPayloadError::Overflow { limit } => limit,
        JsonPayloadError::ContentType => {
            return ApiError::BadRequest("send the body as application/json".to_owned()).into();
        }
        JsonPayloadError::Deserialize(error) => {
            return ApiError::BadRequest(format!("the body is not the JSON that is expected here: {error}")).into();
        }
        other => return ApiError::BadRequest(other.to_string()).into(),
    };
    ApiError::Content(ContentError::TooLarge(limit as u64)).into()
}

/// The envelope for parameters that actix refuses before a handler runs.
pub(crate) fn bad_query(error: QueryPayloadError, _: &HttpRequest) -> actix_web::Error {
    let reason = match error {
        QueryPayloadError::Deserialize(error) => error.to_string(),
        other => other.to_string(),
    };
    ApiError::BadRequest(format!("a parameter in the address is not as expected: {reason}")).into()
}
