//! The public half of a signing key as a line of text (C2SP signed-note): name, key id, algorithm and key.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};

/// What a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// The note's text (type 0x01): the log's own signature.
    Ed25519,
    /// A time and the note's text (type 0x04): a witness's cosignature.
    Cosignature,
}

impl Algorithm {
    const fn byte(self) -> u8 {
        match self {
            Self::Ed25519 => 0x01,
            Self::Cosignature => 0x04,
        }
    }
}

/// A public key that its reader trusts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    algorithm: Algorithm,
    key: VerifyingKey,
}

/// Why a text is not a public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("a key is written NAME+8 hexadecimal digits+Base64")]
    Form,
    #[error("a key's name has no spaces and no plus sign")]
    Name,
    #[error("the key's algorithm is not known")]
    Algorithm,
    #[error("the key id does not belong to the key")]
    Id,
    #[error("not an Ed25519 public key")]
    Point,
}

impl VerifierKey {
    /// A key from its parts.
    ///
    /// # Errors
    /// [`KeyError::Name`], [`KeyError::Point`].
    pub fn new(name: &str, algorithm: Algorithm, key: &[u8; 32]) -> Result<Self, KeyError> {
        if !is_name(name) {
            return Err(KeyError::Name);
        }
        let key = VerifyingKey::from_bytes(key).map_err(|_| KeyError::Point)?;
        Ok(Self { name: name.to_owned(), algorithm, key })
    }

    /// Reads the line of text.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(id), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyError::Form);
        };
        let bytes = STANDARD.decode(rest).map_err(|_| KeyError::Form)?;
        let (kind, key) = bytes.split_first().ok_or(KeyError::Form)?;
        let algorithm = [Algorithm::Ed25519, Algorithm::Cosignature]
            .into_iter()
            .find(|one| one.byte() == *kind)
            .ok_or(KeyError::Algorithm)?;
        let key = Self::new(name, algorithm, key.try_into().map_err(|_| KeyError::Form)?)?;
        if hex::encode(key.id()) == id { Ok(key) } else { Err(KeyError::Id) }
    }

    /// Reads a file of keys: one a line; empty lines and lines that start with `#` do not count.
    ///
    /// # Errors
    /// [`KeyError`] of the first line that is not a key.
    pub fn parse_all(text: &str) -> Result<Vec<Self>, KeyError> {
        text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).map(Self::parse).collect()
    }

    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
    /// SHA256(name ‖ LF ‖ type ‖ key), its first four bytes: a hint, never a proof.
    #[must_use]
    pub fn id(&self) -> [u8; 4] {
        let digest = Sha256::new_with_prefix(&self.name)
            .chain_update([b'\n', self.algorithm.byte()])
            .chain_update(self.key.as_bytes())
            .finalize();
        [digest[0], digest[1], digest[2], digest[3]]
    }

    /// Whether `signature` (the bytes after the key id) is this key's over the note's text.
    #[must_use]
    pub fn verify(&self, text: &str, signature: &[u8]) -> bool {
        match self.algorithm {
            Algorithm::Ed25519 => self.verify_bytes(text.as_bytes(), signature),
            Algorithm::Cosignature => {
                let Some((seconds, signature)) = signature.split_first_chunk::<8>() else {
                    return false;
                };
                let seconds = u64::from_be_bytes(*seconds);
                self.verify_bytes(format!("cosignature/v1\ntime {seconds}\n{text}").as_bytes(), signature)
            }
        }
    }

    fn verify_bytes(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature).is_ok_and(|signature| self.key.verify_strict(message, &signature).is_ok())
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&[self.algorithm.byte()], self.key.as_bytes().as_slice()].concat();
        write!(f, "{}+{}+{}", self.name, hex::encode(self.id()), STANDARD.encode(bytes))
    }
}

/// Whether a text can be the name of a key or the origin of a log.
#[must_use]
pub fn is_name(text: &str) -> bool {
    (1..=255).contains(&text.len()) && !text.chars().any(|one| one.is_whitespace() || one.is_control() || one == '+')
}
