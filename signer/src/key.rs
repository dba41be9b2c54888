//! The signing key: made at the first start, a PKCS #8 PEM file that only its owner can read.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

use ed25519_dalek::{
    SigningKey,
    pkcs8::{DecodePrivateKey, EncodePrivateKey, spki::der::pem::LineEnding},
};
use zeroize::Zeroizing;

const FILE: &str = "key.pem";

/// Reads the key. Where there is none, a log begins: `begin` notes that, then the key is made.
pub(crate) fn load_or_make(state_dir: &Path, begin: impl FnOnce() -> io::Result<()>) -> io::Result<SigningKey> {
    match load(state_dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            begin()?;
            make(state_dir, &state_dir.join(FILE))
        }
        done => done,
    }
}

/// Reads the key; refuses one that others can read.
pub(crate) fn load(state_dir: &Path) -> io::Result<SigningKey> {
    let path = state_dir.join(FILE);
    let text = Zeroizing::new(fs::read_to_string(&path)?);
    let mode = fs::metadata(&path)?.permissions().mode();
    if mode & 0o077 != 0 {
        let problem = format!("{} can be read by others (mode {:o})", path.display(), mode & 0o777);
        return Err(io::Error::other(problem));
    }
    SigningKey::from_pkcs8_pem(&text).map_err(|_| io::Error::other(format!("{} holds no Ed25519 key", path.display())))
}

/// The name appears only when the whole key is on the disk, so a crash never leaves half a key.
fn make(state_dir: &Path, path: &Path) -> io::Result<SigningKey> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(seed.as_mut_slice()).map_err(io::Error::other)?;
    let key = SigningKey::from_bytes(&seed);
    let text =
        key.to_pkcs8_pem(LineEnding::LF).map_err(|_| io::Error::other("the key cannot be written as PKCS #8"))?;
    replace(state_dir, path, text.as_bytes())?;
    Ok(key)
}

/// Puts `bytes` in place of a file: written beside it, flushed, renamed, and the folder flushed.
pub(crate) fn replace(folder: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    File::open(folder)?.sync_all()
}
