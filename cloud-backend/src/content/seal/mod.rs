//! How an object looks when content is encrypted: a head with the object's own key, wrapped, and segments that are authenticated one by
//! one, so that a range costs no more than the segments it touches. Knows bytes and keys; must not know where they are kept.
//!
//! ```text
//! head      magic "CARRELS1" (8) | key id (8) | salt (32) | wrapped file key (32 + 16)
//! segment   AES-256-GCM of at most 65,536 bytes, with its tag (16)
//! ```
//!
//! The segments are the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár: "Online Authenticated-Encryption and its Nonce-Reuse
//! Misuse-Resistance", CRYPTO 2015) as age uses it (<https://c2sp.org/age>, "Payload"): the nonce is the segment's number in 11 bytes,
//! big-endian, and one byte that is 1 for the last segment. Only content of no bytes has an empty segment. A segment that was changed,
//! moved, or cut off behind is one that does not open. The file key is random and is used for one object only, so no nonce comes twice.
//! It is wrapped under HKDF-SHA-256 of the master key with the head's salt, and the object's name is part of what the wrapping
//! authenticates: an object under another name does not open. See `docs/adr/0009-encryption-at-rest.md`.

mod keys;

use std::sync::Arc;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroizing;

pub(super) use keys::key_of;
pub use keys::{ContentKeys, InvalidKeys, KeyId};

/// Plain bytes of a segment.
pub(super) const SEGMENT: u64 = 64 * 1024;
const TAG: u64 = 16;
/// Bytes of a whole segment in the store.
pub(super) const SEALED_SEGMENT: u64 = SEGMENT + TAG;
/// Bytes of the head.
pub(super) const HEAD: usize = 96;
pub(super) type Head = [u8; HEAD];

/// What is in the store is not what was put there, or no key here opens it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this does not open with the keys that are here")]
pub(super) struct DoesNotOpen;

/// The key of one object.
pub(super) struct FileKey(Zeroizing<[u8; 32]>);

impl FileKey {
    /// # Errors
    /// When the system gives no randomness.
    pub(super) fn random() -> Result<Self, getrandom::Error> {
        let mut key = Zeroizing::new([0; 32]);
        getrandom::fill(key.as_mut_slice())?;
        Ok(Self(key))
    }

    fn cipher(&self) -> Result<Arc<LessSafeKey>, DoesNotOpen> {
        let key = UnboundKey::new(&AES_256_GCM, self.0.as_slice()).map_err(|_| DoesNotOpen)?;
        Ok(Arc::new(LessSafeKey::new(key)))
    }
}

/// Bytes in the store of so many plain bytes.
#[cfg(test)]
fn sealed_size(plain: u64) -> u64 {
    HEAD as u64 + plain + TAG * plain.div_ceil(SEGMENT).max(1)
}

/// Plain bytes of so many bytes in the store; none when nothing that was put there whole has this size.
pub(super) fn plain_size(sealed: u64) -> Option<u64> {
    let body = sealed.checked_sub(HEAD as u64)?;
    let (whole, rest) = (body / SEALED_SEGMENT, body % SEALED_SEGMENT);
    match rest {
        0 if whole > 0 => Some(whole * SEGMENT),
        0 => None,
        // An empty segment stands alone.
        TAG if whole == 0 => Some(0),
        _ => Some(whole * SEGMENT + rest.checked_sub(TAG).filter(|plain| *plain > 0)?),
    }
}

fn nonce(segment: u64, last: bool) -> Nonce {
    let mut nonce = [0; 12];
    nonce[3..11].copy_from_slice(&segment.to_be_bytes());
    nonce[11] = u8::from(last);
    Nonce::assume_unique_for_key(nonce)
}

/// Seals the segments of one object, in their order.
pub(super) struct Sealer {
    cipher: Arc<LessSafeKey>,
    next: u64,
    /// Up to one whole segment: only the end shows which segment is the last.
    pending: Vec<u8>,
}

impl Sealer {
    pub(super) fn new(key: &FileKey) -> Result<Self, DoesNotOpen> {
        Ok(Self { cipher: key.cipher()?, next: 0, pending: Vec::new() })
    }

    /// Takes plain bytes and adds what is sealed of them to `out`.
    pub(super) fn push(&mut self, mut plain: &[u8], out: &mut Vec<u8>) -> Result<(), DoesNotOpen> {
        let segment = SEGMENT as usize;
        while !plain.is_empty() {
            if self.pending.len() == segment {
                self.seal(false, out)?;
            }
            let (now, later) = plain.split_at(plain.len().min(segment - self.pending.len()));
            self.pending.extend_from_slice(now);
            plain = later;
        }
        Ok(())
    }

    /// There is no more: seals the last segment.
    pub(super) fn finish(&mut self, out: &mut Vec<u8>) -> Result<(), DoesNotOpen> {
        self.seal(true, out)
    }

    fn seal(&mut self, last: bool, out: &mut Vec<u8>) -> Result<(), DoesNotOpen> {
        let nonce = nonce(self.next, last);
        self.cipher.seal_in_place_append_tag(nonce, Aad::empty(), &mut self.pending).map_err(|_| DoesNotOpen)?;
        out.extend_from_slice(&self.pending);
        self.next += 1;
        self.pending.clear();
        Ok(())
    }
}

/// Opens segments of one object.
#[derive(Clone)]
pub(super) struct Opener {
    cipher: Arc<LessSafeKey>,
    segments: u64,
}

impl Opener {
    /// For an object that has `sealed` bytes in the store.
    pub(super) fn new(key: &FileKey, sealed: u64) -> Result<Self, DoesNotOpen> {
        let plain = plain_size(sealed).ok_or(DoesNotOpen)?;
        Ok(Self { cipher: key.cipher()?, segments: plain.div_ceil(SEGMENT).max(1) })
    }

    /// Opens segments that follow each other, from the one with this number on, and adds them to `out`.
    pub(super) fn open(&self, first: u64, sealed: &[u8], out: &mut Vec<u8>) -> Result<(), DoesNotOpen> {
        for (segment, bytes) in (first..).zip(sealed.chunks(SEALED_SEGMENT as usize)) {
            let last = segment + 1 == self.segments;
            if segment >= self.segments || (!last && bytes.len() as u64 != SEALED_SEGMENT) {
                return Err(DoesNotOpen);
            }
            let at = out.len();
            out.extend_from_slice(bytes);
            let opened = self.cipher.open_in_place(nonce(segment, last), Aad::empty(), &mut out[at..]);
            let Ok(plain) = opened.map(|plain| plain.len()) else {
                // Nothing that was not authenticated is ever seen.
                out.truncate(at);
                return Err(DoesNotOpen);
            };
            out.truncate(at + plain);
        }
        Ok(())
    }
}

/// A small object as it is stored.
pub(super) fn seal_whole(keys: &ContentKeys, name: &str, plain: &[u8]) -> Result<Vec<u8>, DoesNotOpen> {
    let key = FileKey::random().map_err(|_| DoesNotOpen)?;
    let mut sealed = Vec::with_capacity(HEAD + plain.len() + (TAG as usize) * (plain.len() / SEGMENT as usize + 1));
    sealed.extend_from_slice(&keys.wrap(name, &key)?);
    let mut sealer = Sealer::new(&key)?;
    sealer.push(plain, &mut sealed)?;
    sealer.finish(&mut sealed)?;
    Ok(sealed)
}

#[cfg(test)]
mod tests;
