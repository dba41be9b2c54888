//! Personal data stands beside an entry, never in it: the leaf carries a salted commitment for each data subject, so that
//! the data can be erased while everything still verifies. Keys and encryption belong to the cloud backend.

use base64::{Engine, engine::general_purpose::STANDARD, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use crate::{
    hash::{Hash, sha256},
    json::{Members, write_members},
};

/// What a leaf says about the personal data of one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commitment {
    /// The identifier of the subject's key.
    pub key_id: String,
    /// The commitment: see [`commit`].
    pub hash: Hash,
}

impl Commitment {
    /// Whether `salt` and `personal` are what was committed to.
    #[must_use]
    pub fn opens_with(&self, salt: &[u8; 32], personal: &Members) -> bool {
        commit(salt, personal) == self.hash
    }
    /// The commitment's text in the leaf.
    #[must_use]
    pub fn hash_text(&self) -> String {
        STANDARD.encode(self.hash)
    }
}

/// SHA256("carrel-audit/pd/v1\n" ‖ salt ‖ JCS(personal)).
#[must_use]
pub fn commit(salt: &[u8; 32], personal: &Members) -> Hash {
    let mut text = Vec::new();
    write_members(personal, &mut text);
    Sha256::new_with_prefix(b"carrel-audit/pd/v1\n").chain_update(salt).chain_update(text).finalize().into()
}

/// The public identifier of a subject's key: `k1.` and 22 characters.
#[must_use]
pub fn key_id(key: &[u8; 32]) -> String {
    let digest = sha256(&[b"carrel-audit/kid/v1\n".as_slice(), key].concat());
    format!("k1.{}", URL_SAFE_NO_PAD.encode(&digest[..16]))
}

/// Reads 32 bytes from standard Base64 with its padding.
#[must_use]
pub fn decode_32(text: &str) -> Option<[u8; 32]> {
    STANDARD.decode(text).ok()?.try_into().ok()
}
