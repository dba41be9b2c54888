//! The last head that was signed, and the one rule: a head is signed only if it extends that one. The new head is on
//! the disk before its signature exists, so a crash in between leaves a signer that signs the same head again.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use carrel_audit_log::{Checkpoint, Hash, SignedNote, VerifierKey, hash, note::NoteError, proof::verify_consistency};
use ed25519_dalek::{Signer, SigningKey};

use crate::key::replace;

const FILE: &str = "head";

/// Why a head is not signed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("another log: this signer signs for {0}")]
    Origin(String),
    /// Smaller than what was signed, another root for the same size, or a proof from another size.
    #[error("the last signed head has {0} entries")]
    Conflict(u64),
    #[error("the proof does not show that the new head extends the last one")]
    Proof,
    #[error("the head cannot be kept: {0}")]
    Io(#[from] io::Error),
    #[error("the note cannot be made: {0}")]
    Note(#[from] NoteError),
}

/// The signer's whole state.
pub(crate) struct Head {
    state_dir: PathBuf,
    key: SigningKey,
    verifier: VerifierKey,
    last: Checkpoint,
}

impl Head {
    /// Notes that a log begins, before there is a key that could sign for it.
    pub(crate) fn begin(state_dir: &Path, origin: &str) -> io::Result<()> {
        let path = state_dir.join(FILE);
        if read(&path).is_ok_and(|head| head.size == 0) || !path.exists() {
            let empty = Checkpoint { origin: origin.to_owned(), size: 0, root: hash::empty_root() };
            return replace(state_dir, &path, empty.text().as_bytes());
        }
        Err(io::Error::other(format!(
            "{} is of a log whose key is missing; restore the key from a backup",
            path.display()
        )))
    }

    /// Reads the last head. A key without one is not the key of an empty log (T-81): it was lost or taken away.
    pub(crate) fn load(state_dir: PathBuf, key: SigningKey, verifier: VerifierKey) -> io::Result<Self> {
        let path = state_dir.join(FILE);
        let last = read(&path)?;
        if last.origin != verifier.name() {
            return Err(io::Error::other(format!(
                "{} belongs to {}; another log needs another folder",
                path.display(),
                last.origin
            )));
        }
        Ok(Self { state_dir, key, verifier, last })
    }

    pub(crate) const fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// Signs `next` if it is the last head or extends it from `old` entries.
    pub(crate) fn sign(&mut self, old: u64, proof: &[Hash], next: Checkpoint) -> Result<SignedNote, Refusal> {
        if next.origin != self.last.origin {
            return Err(Refusal::Origin(self.last.origin.clone()));
        }
        if next != self.last {
            if next.size <= self.last.size || old != self.last.size {
                return Err(Refusal::Conflict(self.last.size));
            }
            if !verify_consistency(old, next.size, &self.last.root, &next.root, proof) {
                return Err(Refusal::Proof);
            }
            replace(&self.state_dir, &self.state_dir.join(FILE), next.text().as_bytes())?;
            self.last = next;
        }
        self.last.sign(&self.verifier, |text| Ok(self.key.sign(text).to_bytes()))
    }
}

fn read(path: &Path) -> io::Result<Checkpoint> {
    let text = fs::read_to_string(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => io::Error::other(format!(
            "{} is missing; nothing is signed until it is restored from a backup",
            path.display()
        )),
        _ => error,
    })?;
    Checkpoint::parse(&text).map_err(|_| io::Error::other(format!("{} is damaged; nothing is signed", path.display())))
}
