//! Errors as WebDAV's clients read them: a status, and XML that names the condition that was not met (RFC 4918, 16).

use std::fmt::Write as _;

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};

use super::{XML, xml};
use crate::{api_error::ApiError, authz::AccessError, content::ContentError, store::StoreError};

/// Why a request was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DavError {
    #[error("{0}")]
    Api(ApiError),
    /// With the question for name and password, unless a script asked: a browser would open a window for it.
    #[error("Sign in to go on.")]
    NotSignedIn { challenge: bool },
    /// A status that says everything.
    #[error("{0}")]
    Status(StatusCode),
    /// The element of RFC 4918, 16 that says what was expected.
    #[error("{1}")]
    Condition(StatusCode, &'static str),
    /// The address whose lock's token is missing.
    #[error("locked")]
    Locked(String),
}

impl DavError {
    pub(super) const PRECONDITION: Self = Self::Status(StatusCode::PRECONDITION_FAILED);
    /// The same answer whether it is nothing or nothing for whoever asks (T-30).
    pub(crate) const NOT_FOUND: Self = Self::Api(ApiError::NotFound);
    pub(crate) const CONFLICT: Self = Self::Status(StatusCode::CONFLICT);
    pub(crate) const FORBIDDEN: Self = Self::Status(StatusCode::FORBIDDEN);

    pub(crate) fn bad(reason: &'static str) -> Self {
        Self::Api(ApiError::BadRequest(reason.to_owned()))
    }

    /// Says of which address this is, where the answer names one.
    pub(super) fn of(self, href: &str) -> Self {
        match self {
            Self::Api(ApiError::Locked) => Self::Locked(href.to_owned()),
            other => other,
        }
    }
}

/// The layers' errors, by what they mean to an API's client.
macro_rules! layers {
    ($($error:ty),*) => {$(
        impl From<$error> for DavError {
            fn from(error: $error) -> Self {
                Self::Api(error.into())
            }
        }
    )*};
}
layers!(ApiError, StoreError, AccessError, ContentError);

impl From<xml::BadXml> for DavError {
    fn from(_: xml::BadXml) -> Self {
        Self::bad("the body is not the XML that is expected here")
    }
}

/// The word by which Nextcloud's clients know a status.
fn exception(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "Sabre\\DAV\\Exception\\BadRequest",
        401 => "Sabre\\DAV\\Exception\\NotAuthenticated",
        403 => "Sabre\\DAV\\Exception\\Forbidden",
        404 => "Sabre\\DAV\\Exception\\NotFound",
        405 => "Sabre\\DAV\\Exception\\MethodNotAllowed",
        409 => "Sabre\\DAV\\Exception\\Conflict",
        412 => "Sabre\\DAV\\Exception\\PreconditionFailed",
        413 => "OCA\\DAV\\Connector\\Sabre\\Exception\\EntityTooLarge",
        415 => "Sabre\\DAV\\Exception\\UnsupportedMediaType",
        416 => "Sabre\\DAV\\Exception\\RequestedRangeNotSatisfiable",
        423 => "Sabre\\DAV\\Exception\\Locked",
        503 => "Sabre\\DAV\\Exception\\ServiceUnavailable",
        507 => "Sabre\\DAV\\Exception\\InsufficientStorage",
        _ => "Sabre\\DAV\\Exception",
    }
}

impl ResponseError for DavError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Api(error) => error.status_code(),
            Self::NotSignedIn { .. } => StatusCode::UNAUTHORIZED,
            Self::Status(status) | Self::Condition(status, _) => *status,
            Self::Locked(_) => StatusCode::LOCKED,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        let mut said = String::new();
        // What Nextcloud's clients look for; to all others it is an element that they do not know.
        write!(said, "<s:exception>{}</s:exception><s:message>", exception(self.status_code())).ok();
        if self.status_code() != StatusCode::INTERNAL_SERVER_ERROR {
            xml::escape(&mut said, &self.to_string());
        }
        said.push_str("</s:message>");
        match self {
            Self::Api(error) => {
                // Its headers, and its line in the operator's log.
                let envelope = error.error_response();
                for (name, value) in envelope.headers().iter().filter(|(name, _)| **name != header::CONTENT_TYPE) {
                    response.insert_header((name.clone(), value.clone()));
                }
                let message = if self.status_code() == StatusCode::INTERNAL_SERVER_ERROR {
                    String::new()
                } else {
                    error.to_string()
                };
                said.push_str("<C:message>");
                xml::escape(&mut said, &message);
                said.push_str("</C:message>");
            }
            Self::NotSignedIn { challenge: true } => {
                response.insert_header((header::WWW_AUTHENTICATE, "Basic realm=\"Carrel\", charset=\"UTF-8\""));
            }
            Self::NotSignedIn { challenge: false } | Self::Status(_) => {}
            Self::Condition(_, element) => said = format!("<D:{element}/>{said}"),
            Self::Locked(href) => {
                said.push_str("<D:lock-token-submitted><D:href>");
                xml::escape(&mut said, href);
                said.push_str("</D:href></D:lock-token-submitted>");
            }
        }
        response.insert_header((header::CONTENT_TYPE, XML)).body(format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<D:error xmlns:D=\"DAV:\" xmlns:C=\"urn:carrel:dav\" xmlns:s=\"http://sabredav.org/ns\">{said}</D:error>"
        ))
    }
}
