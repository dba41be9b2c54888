//! The cookie's secret: 256 random bits, of which only the SHA-256 stays in memory.

use actix_web::cookie::{Cookie, SameSite};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use carrel_ids::WorkspaceId;
use sha2::{Digest, Sha256};

pub(super) const NAME: &str = "carrel_ide";

/// What a session is found by. Looking up a digest of a random value needs no constant time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TokenHash([u8; 32]);

impl TokenHash {
    pub(super) fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }
}

/// A new secret and its hash.
///
/// # Errors
/// When the system has no randomness to give.
pub(super) fn new_token() -> Result<(String, TokenHash), getrandom::Error> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes)?;
    let token = BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let hash = TokenHash::of(&token);
    Ok((token, hash))
}

/// Sent only to this workspace's routes, never to scripts, never with requests that other sites cause.
pub(super) fn cookie(token: String, workspace: WorkspaceId, secure: bool) -> Cookie<'static> {
    Cookie::build(NAME, token)
        .path(format!("/ide/v1/workspaces/{workspace}"))
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(secure)
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_long_and_different_and_found_by_their_hash() {
        let (first, first_hash) = new_token().expect("randomness");
        let (second, second_hash) = new_token().expect("randomness");
        assert_eq!(first.len(), 43);
        assert_ne!(first, second);
        assert_ne!(first_hash, second_hash);
        assert_eq!(TokenHash::of(&first), first_hash);
    }

    #[test]
    fn the_cookie_is_bound_to_one_workspace() {
        let workspace = WorkspaceId::new();
        let text = cookie("secret".to_owned(), workspace, true).to_string();
        assert_eq!(
            text,
            format!("carrel_ide=secret; HttpOnly; SameSite=Strict; Secure; Path=/ide/v1/workspaces/{workspace}")
        );
    }
}
