//! Signed notes (C2SP signed-note v1.0.0): a text, a blank line, lines of signatures.

use std::fmt::Write as _;

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::key::{VerifierKey, is_name};

/// The largest note that is read, in bytes.
pub const MAX_BYTES: usize = 65_536;
const MAX_SIGNATURES: usize = 100;
const DASH: &str = "\u{2014} ";

/// One signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    pub name: String,
    pub key_id: [u8; 4],
    pub bytes: Vec<u8>,
}

/// A text with its signatures, not yet verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedNote {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// Why a note is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    #[error("not a signed note")]
    Form,
    /// No signature belongs to a key that the reader trusts.
    #[error("not signed by a trusted key (signed by: {0})")]
    NoTrustedKey(String),
    /// A signature carries a trusted key's name and id but is not its signature.
    #[error("the signature of {0} is false")]
    BadSignature(String),
}

impl SignedNote {
    /// A note from its text, which ends in LF, and its signatures.
    ///
    /// # Errors
    /// [`NoteError::Form`].
    pub fn new(text: String, signatures: Vec<NoteSignature>) -> Result<Self, NoteError> {
        let note = Self { text, signatures };
        if Self::parse(note.to_string().as_bytes())? == note { Ok(note) } else { Err(NoteError::Form) }
    }

    /// Reads a note.
    ///
    /// # Errors
    /// [`NoteError::Form`].
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        let whole = std::str::from_utf8(bytes).map_err(|_| NoteError::Form)?;
        if bytes.len() > MAX_BYTES || whole.chars().any(|one| one.is_control() && one != '\n') {
            return Err(NoteError::Form);
        }
        let blank = whole.rfind("\n\n").ok_or(NoteError::Form)?;
        let (text, lines) = (&whole[..=blank], &whole[blank + 2..]);
        let lines = lines.strip_suffix('\n').ok_or(NoteError::Form)?;
        let signatures = lines.split('\n').map(parse_line).collect::<Option<Vec<_>>>().ok_or(NoteError::Form)?;
        if signatures.len() > MAX_SIGNATURES {
            return Err(NoteError::Form);
        }
        Ok(Self { text: text.to_owned(), signatures })
    }

    /// The signed text with its last LF.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
    #[must_use]
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Adds the signatures of another note over the same text; a line that is there already is not added again.
    ///
    /// # Errors
    /// [`NoteError::Form`] when the texts differ.
    pub fn merge(&mut self, other: &Self) -> Result<(), NoteError> {
        if self.text != other.text {
            return Err(NoteError::Form);
        }
        for line in &other.signatures {
            if !self.signatures.contains(line) {
                self.signatures.push(line.clone());
            }
        }
        Ok(())
    }

    /// Checks the signatures of all keys in `trusted` and gives the keys that signed. Other keys' lines do not count.
    ///
    /// # Errors
    /// [`NoteError::BadSignature`] when a trusted key's line is false, [`NoteError::NoTrustedKey`] when there is none.
    pub fn verify<'k>(&self, trusted: &'k [VerifierKey]) -> Result<Vec<&'k VerifierKey>, NoteError> {
        let mut signed_by: Vec<&VerifierKey> = Vec::new();
        for line in &self.signatures {
            // Two keys can share a name and an id by chance or by design: one of them must have signed.
            let mut candidates =
                trusted.iter().filter(|key| key.name() == line.name && key.id() == line.key_id).peekable();
            if candidates.peek().is_none() {
                continue;
            }
            match candidates.find(|key| key.verify(&self.text, &line.bytes)) {
                Some(key) if !signed_by.contains(&key) => signed_by.push(key),
                Some(_) => {}
                None => return Err(NoteError::BadSignature(line.name.clone())),
            }
        }
        if signed_by.is_empty() {
            let names: Vec<String> =
                self.signatures.iter().map(|line| format!("{}+{}", line.name, hex::encode(line.key_id))).collect();
            return Err(NoteError::NoTrustedKey(names.join(", ")));
        }
        Ok(signed_by)
    }
}

impl std::fmt::Display for SignedNote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}\n{}", self.text, self.signatures.iter().map(NoteSignature::to_line).collect::<String>())
    }
}

impl NoteSignature {
    /// The line of text with its LF.
    #[must_use]
    pub fn to_line(&self) -> String {
        let mut line = String::new();
        // Writing to a string cannot fail.
        let _written =
            writeln!(line, "{DASH}{} {}", self.name, STANDARD.encode([self.key_id.as_slice(), &self.bytes].concat()));
        line
    }
}

fn parse_line(line: &str) -> Option<NoteSignature> {
    let (name, encoded) = line.strip_prefix(DASH)?.split_once(' ')?;
    let bytes = STANDARD.decode(encoded).ok()?;
    let (key_id, bytes) = bytes.split_first_chunk::<4>()?;
    (is_name(name) && !bytes.is_empty()).then(|| NoteSignature {
        name: name.to_owned(),
        key_id: *key_id,
        bytes: bytes.to_vec(),
    })
}
