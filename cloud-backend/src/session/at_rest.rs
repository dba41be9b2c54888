//! Secrets that must be read again, sealed with a key that is not in the database: seeds of codes, challenges, secrets of providers.

use aes_gcm::{
    Aes256Gcm, KeyInit as _, Nonce,
    aead::{Aead as _, Payload},
};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

const NONCE_BYTES: usize = 12;

/// A secret could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum AtRestError {
    #[error("the system gave no randomness")]
    Randomness(#[from] getrandom::Error),
    /// Made with another key, for another purpose, or changed.
    #[error("the key does not open it")]
    Key,
}

/// Seals for one purpose each: what was sealed for one cannot be opened for another.
pub struct AtRestKey(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for AtRestKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AtRestKey([redacted])")
    }
}

impl AtRestKey {
    /// A key of its own, derived from `secret` (HKDF-SHA-256, RFC 5869).
    #[must_use]
    pub fn derive(secret: &[u8]) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        // 32 bytes are always within HKDF's limit of 255 blocks.
        let expanded = Hkdf::<Sha256>::new(Some(b"carrel at rest v1"), secret).expand(b"key", key.as_mut());
        debug_assert!(expanded.is_ok());
        Self(key)
    }

    /// Nonce and ciphertext.
    ///
    /// # Errors
    /// [`AtRestError`] when the system gives no randomness.
    pub fn seal(&self, purpose: &'static str, plain: &[u8]) -> Result<Vec<u8>, AtRestError> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce)?;
        let payload = Payload { msg: plain, aad: purpose.as_bytes() };
        let sealed = self.cipher().encrypt(&Nonce::from(nonce), payload).map_err(|_| AtRestError::Key)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// # Errors
    /// [`AtRestError::Key`] when it was not sealed with this key for this purpose.
    pub fn open(&self, purpose: &'static str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, AtRestError> {
        let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(AtRestError::Key)?;
        let payload = Payload { msg: ciphertext, aad: purpose.as_bytes() };
        self.cipher().decrypt(&Nonce::from(*nonce), payload).map(Zeroizing::new).map_err(|_| AtRestError::Key)
    }

    fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new((&*self.0).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_with_its_key_for_its_purpose_and_unchanged() {
        let key = AtRestKey::derive(b"secret");
        let sealed = key.seal("a", b"text").expect("sealed");
        assert_eq!(key.open("a", &sealed).expect("opened").as_slice(), b"text");
        assert!(key.open("b", &sealed).is_err());
        assert!(AtRestKey::derive(b"other").open("a", &sealed).is_err());
        assert!(key.open("a", &sealed[..5]).is_err());
        let mut changed = sealed;
        changed[20] ^= 1;
        assert!(key.open("a", &changed).is_err());
    }
}
