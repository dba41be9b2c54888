//! The shared secret of one installation, from which the key of each direction is derived.

use std::{fmt, path::Path};

use zeroize::Zeroizing;

/// Shortest secret that is accepted.
const MIN_BYTES: usize = 32;
/// Longest secret file that is read.
const MAX_FILE_BYTES: u64 = 4096;

/// The secret cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum InvalidSecret {
    #[error("the service secret has fewer than {MIN_BYTES} bytes")]
    TooShort,
    #[error("the service secret is not hexadecimal text")]
    NotHex,
    #[error("the service secret's file cannot be read")]
    Unreadable(#[source] std::io::Error),
}

/// At least 32 random bytes that all services of an installation share. Never printed; wiped when dropped.
#[derive(Clone)]
pub struct ServiceSecret(Zeroizing<Vec<u8>>);

impl ServiceSecret {
    /// # Errors
    /// [`InvalidSecret::TooShort`] under 32 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidSecret> {
        if bytes.len() < MIN_BYTES {
            return Err(InvalidSecret::TooShort);
        }
        Ok(Self(Zeroizing::new(bytes.to_vec())))
    }

    /// Reads a file that holds the secret as hexadecimal text; white space around it is ignored.
    ///
    /// # Errors
    /// [`InvalidSecret`] when the file cannot be read, is not hexadecimal or holds too few bytes.
    pub fn from_hex_file(path: &Path) -> Result<Self, InvalidSecret> {
        use std::io::Read as _;
        let file = std::fs::File::open(path).map_err(InvalidSecret::Unreadable)?;
        let mut text = Zeroizing::new(String::new());
        file.take(MAX_FILE_BYTES).read_to_string(&mut text).map_err(InvalidSecret::Unreadable)?;
        let bytes = Zeroizing::new(hex::decode(text.trim()).map_err(|_| InvalidSecret::NotHex)?);
        Self::from_bytes(&bytes)
    }

    pub(crate) fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for ServiceSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServiceSecret([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_secrets_are_refused_and_none_is_printed() {
        assert!(matches!(ServiceSecret::from_bytes(&[7; 31]), Err(InvalidSecret::TooShort)));
        let secret = ServiceSecret::from_bytes(&[7; 32]).unwrap();
        assert_eq!(format!("{secret:?}"), "ServiceSecret([redacted])");
    }

    #[test]
    fn a_file_holds_hexadecimal_text() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        std::fs::write(&path, format!("{}\n", "ab".repeat(32))).unwrap();
        assert_eq!(ServiceSecret::from_hex_file(&path).unwrap().expose(), [0xab; 32]);
        std::fs::write(&path, "zz").unwrap();
        assert!(matches!(ServiceSecret::from_hex_file(&path), Err(InvalidSecret::NotHex)));
        assert!(matches!(ServiceSecret::from_hex_file(&folder.path().join("none")), Err(InvalidSecret::Unreadable(_))));
    }
}
