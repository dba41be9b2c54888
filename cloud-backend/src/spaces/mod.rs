//! Spaces over HTTP: drives of one person or of a team, who is in them, and how much they may hold. What lies in them is a matter of `files`.

pub(crate) mod archive;
pub(crate) mod create;
pub(crate) mod list;
pub(crate) mod members;
pub(crate) mod people;
mod present;
pub(crate) mod transfer;
pub(crate) mod update;
pub(crate) mod usage;

use present::Space;
pub(crate) use usage::count_use;

use crate::{api_error::ApiError, authz::FileName};

/// Longest name of a space in characters.
const MAX_NAME: usize = 64;

/// A name of a space: it can be a folder's name, where spaces are shown as folders.
fn parse_name(text: &str) -> Result<String, ApiError> {
    let name = FileName::parse(text.trim())?;
    if name.as_str().chars().count() > MAX_NAME {
        return Err(ApiError::field("name", "A name has 1 to 64 characters."));
    }
    Ok(name.as_str().to_owned())
}

fn parse_description(text: &str) -> Result<String, ApiError> {
    let text = text.trim();
    let valid = text.chars().count() <= 500 && !text.contains('\0');
    if valid { Ok(text.to_owned()) } else { Err(ApiError::field("description", "A text has up to 500 characters.")) }
}
