//! The receiving half of `CRL1`: window, start of the process, MAC, and a bounded memory of nonces.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Mutex, PoisonError},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::Mac as _;

use super::{NONCE_BYTES, RequestKeys, SCHEME, signed_text};
use crate::Service;

/// How far a request's time may be from the receiver's, in milliseconds.
const WINDOW_MS: i64 = 30_000;
/// Nonces that are remembered. Over it the oldest is forgotten and everything as old is refused.
const MAX_NONCES: usize = 1 << 17;
/// Longest `Authorization` value that is looked at.
const MAX_AUTHORIZATION_BYTES: usize = 256;

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    #[error("the request carries no signature")]
    Missing,
    #[error("the signature's form is wrong")]
    Malformed,
    #[error("the signature's key is not known here")]
    UnknownKey,
    #[error("the request's time is more than 30 s from this machine's, or before this service started")]
    Expired,
    #[error("the signature does not match the request")]
    Mismatch,
    #[error("the request was already received")]
    Replayed,
}

/// What a signature is checked against: the request as it arrived, without any normalisation.
#[derive(Debug, Clone, Copy)]
pub struct Received<'a> {
    pub method: &'a str,
    pub authority: &'a str,
    pub path: &'a str,
    pub query: &'a str,
    pub content_type: &'a str,
    pub authorization: &'a str,
    pub content_sha256: &'a str,
}

/// A request whose signature is right. Its body is right only once it was hashed and compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    pub caller: Service,
    pub body_sha256: [u8; 32],
}

/// Checks requests that are meant for one service.
#[derive(Debug)]
pub struct Verifier {
    keys: HashMap<String, RequestKeys>,
    memory: Mutex<Memory>,
}

/// T-101: every accepted (time, nonce), and the time before which nothing is accepted any more. The floor starts at the
/// start of the process, because what was accepted before it is forgotten.
#[derive(Debug)]
struct Memory {
    seen: BTreeSet<(i64, [u8; NONCE_BYTES])>,
    floor_ms: i64,
    capacity: usize,
}

impl Verifier {
    /// A verifier for what each of `keys` signs, that started at `now_ms`.
    #[must_use]
    pub fn new(keys: impl IntoIterator<Item = RequestKeys>, now_ms: i64) -> Self {
        Self::with_capacity(keys, now_ms, MAX_NONCES)
    }

    fn with_capacity(keys: impl IntoIterator<Item = RequestKeys>, now_ms: i64, capacity: usize) -> Self {
        Self {
            keys: keys.into_iter().map(|key| (key.kid.clone(), key)).collect(),
            memory: Mutex::new(Memory { seen: BTreeSet::new(), floor_ms: now_ms, capacity }),
        }
    }

    /// Checks one request at the time `now_ms`, and remembers it.
    ///
    /// # Errors
    /// [`SignatureError`], one for each reason.
    pub fn verify(&self, request: &Received<'_>, now_ms: i64) -> Result<Verified, SignatureError> {
        let fields = Fields::parse(request.authorization)?;
        let body_sha256 = parse_hash(request.content_sha256)?;
        let key = self.keys.get(fields.kid).ok_or(SignatureError::UnknownKey)?;
        if now_ms.abs_diff(fields.ts) > WINDOW_MS.unsigned_abs() {
            return Err(SignatureError::Expired);
        }
        let text = signed_text([
            fields.kid,
            fields.ts_text,
            fields.nonce_text,
            request.method,
            request.authority,
            request.path,
            request.query,
            request.content_type,
            request.content_sha256,
        ])
        .ok_or(SignatureError::Malformed)?;
        key.mac(&text).verify_slice(&fields.signature).map_err(|_| SignatureError::Mismatch)?;
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).admit(fields.ts, fields.nonce, now_ms)?;
        Ok(Verified { caller: key.from, body_sha256 })
    }
}

impl Memory {
    fn admit(&mut self, ts: i64, nonce: [u8; NONCE_BYTES], now_ms: i64) -> Result<(), SignatureError> {
        // Raising the floor as time passes keeps a forgotten nonce refused even if the clock is set back.
        self.floor_ms = self.floor_ms.max(now_ms - WINDOW_MS);
        self.seen = self.seen.split_off(&(self.floor_ms, [0; NONCE_BYTES]));
        if ts < self.floor_ms {
            return Err(SignatureError::Expired);
        }
        if !self.seen.insert((ts, nonce)) {
            return Err(SignatureError::Replayed);
        }
        while self.seen.len() > self.capacity {
            if let Some((oldest, _)) = self.seen.pop_first() {
                self.floor_ms = self.floor_ms.max(oldest + 1);
            }
        }
        Ok(())
    }
}

/// The parts of an `Authorization` value, in the one order and spelling that is accepted.
struct Fields<'a> {
    kid: &'a str,
    ts: i64,
    ts_text: &'a str,
    nonce: [u8; NONCE_BYTES],
    nonce_text: &'a str,
    signature: [u8; 32],
}

impl<'a> Fields<'a> {
    fn parse(value: &'a str) -> Result<Self, SignatureError> {
        if value.is_empty() {
            return Err(SignatureError::Missing);
        }
        if value.len() > MAX_AUTHORIZATION_BYTES {
            return Err(SignatureError::Malformed);
        }
        Self::split(value).ok_or(SignatureError::Malformed)
    }

    fn split(value: &'a str) -> Option<Self> {
        let fields = value.strip_prefix(SCHEME)?.strip_prefix(" kid=")?;
        let (kid, rest) = fields.split_once(",ts=")?;
        let (ts_text, rest) = rest.split_once(",nonce=")?;
        let (nonce_text, signature) = rest.split_once(",sig=")?;
        let ts: i64 = ts_text.parse().ok()?;
        if ts.to_string() != ts_text {
            return None;
        }
        Some(Self {
            kid,
            ts,
            ts_text,
            nonce: URL_SAFE_NO_PAD.decode(nonce_text).ok()?.try_into().ok()?,
            nonce_text,
            signature: URL_SAFE_NO_PAD.decode(signature).ok()?.try_into().ok()?,
        })
    }
}

fn parse_hash(text: &str) -> Result<[u8; 32], SignatureError> {
    if text.is_empty() {
        return Err(SignatureError::Missing);
    }
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(SignatureError::Malformed);
    }
    let mut hash = [0; 32];
    hex::decode_to_slice(text, &mut hash).map_err(|_| SignatureError::Malformed)?;
    Ok(hash)
}

#[cfg(test)]
#[path = "verifier_tests.rs"]
mod tests;
