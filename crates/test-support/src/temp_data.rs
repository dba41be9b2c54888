//! A data folder for one test, removed with the value.

use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// A folder that only its owner can read, removed when the value is dropped.
///
/// With `CARREL_TEST_KEEP` set the folder stays, so that what a failed test left can be read.
#[derive(Debug)]
pub struct TempData {
    folder: tempfile::TempDir,
}

impl TempData {
    /// Makes the folder under the system's temporary folder, with mode 0700.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn new() -> io::Result<Self> {
        let mut folder = tempfile::Builder::new().prefix("carrel-data-").tempdir()?;
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700))?;
        folder.disable_cleanup(std::env::var_os("CARREL_TEST_KEEP").is_some());
        Ok(Self { folder })
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The path of `relative` in the folder.
    #[must_use]
    pub fn join(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(relative)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_private_and_goes_with_the_value() {
        let data = TempData::new().unwrap();
        let path = data.join("carrel.db");
        std::fs::write(&path, b"x").unwrap();
        assert_eq!(std::fs::metadata(data.path()).unwrap().permissions().mode() & 0o777, 0o700);
        drop(data);
        assert!(!path.exists());
    }
}
