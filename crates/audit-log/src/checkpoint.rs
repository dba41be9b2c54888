//! The signed statement about the whole log (C2SP tlog-checkpoint): origin, number of entries, root; exactly three lines.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{
    hash::Hash,
    key::{Algorithm, KeyError, VerifierKey, is_name},
    note::{NoteError, NoteSignature, SignedNote},
    personal::decode_32,
};

/// A log's head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// `<host>/audit/<epoch>`, without scheme, spaces and plus signs.
    pub origin: String,
    /// How many entries the tree has.
    pub size: u64,
    pub root: Hash,
}

/// Why a text is not a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a checkpoint of three lines: origin, size, root")]
pub struct CheckpointError;

impl Checkpoint {
    /// The note's text.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root))
    }

    /// Reads the note's text.
    ///
    /// # Errors
    /// [`CheckpointError`].
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let lines: Vec<&str> = text.strip_suffix('\n').ok_or(CheckpointError)?.split('\n').collect();
        let [origin, size, root] = lines.as_slice() else {
            return Err(CheckpointError);
        };
        let checkpoint = Self {
            origin: (*origin).to_owned(),
            size: size.parse().map_err(|_| CheckpointError)?,
            root: decode_32(root).ok_or(CheckpointError)?,
        };
        // Comparing the text refuses a plus sign or leading zeros before the number.
        if is_name(origin) && checkpoint.text() == text { Ok(checkpoint) } else { Err(CheckpointError) }
    }

    /// The note that carries this checkpoint and one signature of it, which `sign` makes over the text's bytes.
    ///
    /// # Errors
    /// The error of `sign`, or [`NoteError::Form`] when the key's name is not one.
    pub fn sign<E: From<NoteError>>(
        &self,
        key: &VerifierKey,
        sign: impl FnOnce(&[u8]) -> Result<[u8; 64], E>,
    ) -> Result<SignedNote, E> {
        let text = self.text();
        let bytes = sign(text.as_bytes())?.to_vec();
        Ok(SignedNote::new(text, vec![NoteSignature { name: key.name().to_owned(), key_id: key.id(), bytes }])?)
    }
}

/// The log's key for an origin: its name is the origin.
///
/// # Errors
/// [`KeyError`].
pub fn log_key(origin: &str, public_key: &[u8; 32]) -> Result<VerifierKey, KeyError> {
    VerifierKey::new(origin, Algorithm::Ed25519, public_key)
}
