//! HMAC-SHA-256 with a key of 32 bytes.

use hmac::{Hmac, KeyInit as _};
use sha2::Sha256;

const BLOCK: usize = 64;

/// RFC 2104: a key shorter than a block is filled up with zeros.
pub(super) fn mac(key: &[u8; 32]) -> Hmac<Sha256> {
    let mut block = [0; BLOCK];
    block[..key.len()].copy_from_slice(key);
    Hmac::new(&block.into())
}
