//! Managing people, groups and roles, and the links by which people join. What is dangerous takes a proof with a fresh second factor;
//! which roles may change hands is decided in `authz`.

pub(crate) mod break_glass;
pub(crate) mod deletion;
pub(crate) mod groups;
pub(crate) mod invitations;
pub(crate) mod joining;
pub(crate) mod page;
pub(crate) mod password_resets;
mod person;
pub(crate) mod role_requests;
pub(crate) mod roles;
pub(crate) mod service_tokens;
pub(crate) mod state;
pub(crate) mod users;

use actix_web::HttpRequest;

use crate::{
    api_error::ApiError,
    app::Cloud,
    session::{browser_origin, profile::is_unseen, secrets},
};

/// A name of a group or a role: 1 to 64 characters, none of them invisible.
fn parse_name(text: &str) -> Result<&str, ApiError> {
    let text = text.trim();
    let valid = (1..=64).contains(&text.chars().count()) && !text.chars().any(is_unseen);
    let reason = "A name has 1 to 64 characters, without control characters.";
    if valid { Ok(text) } else { Err(ApiError::field("name", reason)) }
}

/// A reason that says something.
pub(crate) fn parse_reason(text: &str, least: usize) -> Result<&str, ApiError> {
    let text = text.trim();
    let valid = (least..=1000).contains(&text.chars().count()) && !text.contains('\0');
    if valid { Ok(text) } else { Err(ApiError::field("reason", format!("A reason has {least} to 1000 characters."))) }
}

/// A note or a description, which may be empty. `field` is its name in the request.
fn parse_text<'a>(field: &'static str, text: &'a str) -> Result<&'a str, ApiError> {
    let text = text.trim();
    let valid = text.chars().count() <= 500 && !text.contains('\0');
    if valid { Ok(text) } else { Err(ApiError::field(field, "A text has up to 500 characters.")) }
}

/// A link that lets in once. The secret stands behind `#`, where no server's log sees it.
struct NewLink {
    hash: [u8; 32],
    /// From the first slash on.
    path: String,
    origin: String,
}

impl NewLink {
    fn new(cloud: &Cloud, request: &HttpRequest, page: &str) -> Result<Self, ApiError> {
        let secret = secrets::random_secret().map_err(ApiError::internal)?;
        let hash = secrets::hash_secret(&secret);
        Ok(Self { hash, path: format!("/{page}#{secret}"), origin: browser_origin(cloud, request) })
    }

    /// The whole of it, for showing.
    fn address(&self) -> String {
        format!("{}{}", self.origin, self.path)
    }
}
