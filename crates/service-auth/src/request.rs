//! The request format `CRL1`: an HMAC over method, authority, path, query, content type, time, nonce and body hash,
//! with one key per direction. Knows bytes only; [`crate::client`] and [`crate::server`] put them on the wire.

mod verifier;

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::{Service, ServiceSecret};
pub use verifier::{Received, SignatureError, Verified, Verifier};

/// The scheme at the start of the `Authorization` header.
pub const SCHEME: &str = "CRL1-HMAC-SHA256";
/// The header that carries the body's SHA-256 as 64 lower-case hexadecimal digits.
pub const BODY_HASH_HEADER: &str = "x-content-sha256";
const NONCE_BYTES: usize = 16;

/// SHA-256 of `body` as it enters a signature.
#[must_use]
pub fn body_sha256(body: &[u8]) -> [u8; 32] {
    Sha256::digest(body).into()
}

/// A request that cannot be signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// A line feed inside a field would let two different requests have one signature.
    #[error("a field of the request contains a line feed")]
    LineFeed,
    #[error("the system's source of randomness failed")]
    Randomness(#[source] getrandom::Error),
}

/// The headers that make a request a signed one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedHeaders {
    /// Value of `Authorization`.
    pub authorization: String,
    /// Value of [`BODY_HASH_HEADER`].
    pub content_sha256: String,
}

/// The key of one direction: what `from` sends to `to`. Its id names the sender, so that a receiver with several callers
/// knows which one signed.
#[derive(Clone)]
pub struct RequestKeys {
    kid: String,
    from: Service,
    key: Zeroizing<[u8; 32]>,
}

impl RequestKeys {
    #[must_use]
    pub fn new(secret: &ServiceSecret, from: Service, to: Service) -> Self {
        let kid = format!("{from}.1");
        let mut info = Vec::new();
        for part in [from.as_str(), to.as_str()] {
            info.extend_from_slice(part.as_bytes());
            info.push(0);
        }
        info.extend_from_slice(kid.as_bytes());
        let mut key = Zeroizing::new([0; 32]);
        #[allow(clippy::expect_used, reason = "HKDF-SHA256 gives up to 8160 bytes; 32 are asked for")]
        hkdf::Hkdf::<Sha256>::new(Some(b"carrel-s2s-v1"), secret.expose()).expand(&info, &mut *key).expect("32 bytes");
        Self { kid, from, key }
    }

    /// Who signs with this key.
    #[must_use]
    pub const fn from(&self) -> Service {
        self.from
    }

    fn mac(&self, text: &str) -> Hmac<Sha256> {
        #[allow(clippy::expect_used, reason = "HMAC takes keys of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&*self.key).expect("any length");
        mac.update(text.as_bytes());
        mac
    }
}

impl fmt::Debug for RequestKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestKeys").field("kid", &self.kid).finish_non_exhaustive()
    }
}

/// Signs one request. `path` and `query` are the text on the wire, `content_type` is empty when there is none.
///
/// # Errors
/// [`SignError`] when a field contains a line feed or no nonce can be drawn.
#[allow(clippy::too_many_arguments, reason = "each is one line of the signed text")]
pub fn sign(
    keys: &RequestKeys,
    now_ms: i64,
    method: &str,
    authority: &str,
    path: &str,
    query: &str,
    content_type: &str,
    body_sha256: &[u8; 32],
) -> Result<SignedHeaders, SignError> {
    let mut nonce = [0; NONCE_BYTES];
    getrandom::fill(&mut nonce).map_err(SignError::Randomness)?;
    let nonce = URL_SAFE_NO_PAD.encode(nonce);
    let content_sha256 = hex::encode(body_sha256);
    let text = signed_text([
        &keys.kid,
        &now_ms.to_string(),
        &nonce,
        method,
        authority,
        path,
        query,
        content_type,
        &content_sha256,
    ])
    .ok_or(SignError::LineFeed)?;
    let signature = URL_SAFE_NO_PAD.encode(keys.mac(&text).finalize().into_bytes());
    Ok(SignedHeaders {
        authorization: format!("{SCHEME} kid={},ts={now_ms},nonce={nonce},sig={signature}", keys.kid),
        content_sha256,
    })
}

/// The text under the MAC: the scheme and each field on a line of its own; `None` when a field holds a line feed.
fn signed_text(fields: [&str; 9]) -> Option<String> {
    if fields.iter().any(|field| field.contains('\n')) {
        return None;
    }
    let mut text = format!("{SCHEME}\n");
    for field in fields {
        text.push_str(field);
        text.push('\n');
    }
    Some(text)
}
