//! The four hashes of the log: leaf and node (RFC 6962), chain and genesis (Carrel's own, with domain separation).

use sha2::{Digest, Sha256};

/// A SHA-256 value.
pub type Hash = [u8; 32];

/// SHA-256 of some bytes.
#[must_use]
pub fn sha256(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// The root of a tree without leaves: SHA-256 of nothing.
#[must_use]
pub fn empty_root() -> Hash {
    sha256(b"")
}

/// A hasher that has taken the leaf prefix: feed it the leaf's bytes.
#[must_use]
pub fn leaf_hasher() -> Sha256 {
    Sha256::new_with_prefix([0x00])
}

/// The hash of a leaf: SHA256(0x00 ‖ leaf).
#[must_use]
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    leaf_hasher().chain_update(leaf).finalize().into()
}

/// The hash of an inner node: SHA256(0x01 ‖ left ‖ right).
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [0x01; 65];
    bytes[1..33].copy_from_slice(left);
    bytes[33..].copy_from_slice(right);
    sha256(&bytes)
}

/// The chain value before the first entry of an origin.
#[must_use]
pub fn genesis(origin: &str) -> Hash {
    Sha256::new_with_prefix(b"carrel-audit/genesis/v1\n").chain_update(origin).finalize().into()
}

/// The chain value at `index`, from the one before it and the entry's leaf hash.
#[must_use]
pub fn chain(index: u64, previous: &Hash, leaf_hash: &Hash) -> Hash {
    Sha256::new_with_prefix(b"carrel-audit/chain/v1\n")
        .chain_update(index.to_be_bytes())
        .chain_update(previous)
        .chain_update(leaf_hash)
        .finalize()
        .into()
}

/// Reads a hash from 64 lower-case hexadecimal digits.
#[must_use]
pub fn from_hex(text: &str) -> Option<Hash> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let mut hash = [0; 32];
    hex::decode_to_slice(text, &mut hash).ok().map(|()| hash)
}
