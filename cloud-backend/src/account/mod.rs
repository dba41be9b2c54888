//! What a person sees and changes of their own account's safety: factors, password, devices, tokens, notices. What is dangerous takes a
//! `Confirmed`; setting up a factor is open to sessions that can do nothing else.

pub(crate) mod devices;
pub(crate) mod notices;
pub(crate) mod passkeys;
pub(crate) mod password;
pub(crate) mod picture;
pub(crate) mod recovery_codes;
pub(crate) mod security;
pub(crate) mod tokens;
pub(crate) mod totp;

use crate::{api_error::ApiError, session::profile::is_unseen};

/// A name that a person gives to one of their things: 1 to 64 characters, none of them invisible. `field` is the member of the request.
fn parse_label<'a>(field: &'static str, text: &'a str) -> Result<&'a str, ApiError> {
    let text = text.trim();
    let valid = (1..=64).contains(&text.chars().count()) && !text.chars().any(is_unseen);
    let reason = "A name has 1 to 64 characters, without control characters.";
    if valid { Ok(text) } else { Err(ApiError::field(field, reason)) }
}
