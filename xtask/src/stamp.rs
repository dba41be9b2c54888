//! Whether something must be made again: a hash of what it is made from, kept beside the target folder's other marks.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};

/// A mark that says from which sources a thing was made.
#[derive(Debug)]
pub(crate) struct Stamp {
    file: PathBuf,
    now: String,
}

impl Stamp {
    /// Hashes `sources` (files, or folders with everything below them) and the text `with`, for the thing called `name`.
    pub(crate) fn of(stamps: &Path, name: &str, sources: &[PathBuf], with: &str) -> anyhow::Result<Self> {
        let mut files = Vec::new();
        for source in sources {
            collect(source, &mut files)?;
        }
        files.sort();
        let mut hash = Sha256::new();
        hash.update(with);
        for file in files {
            let bytes = std::fs::read(&file).with_context(|| file.display().to_string())?;
            hash.update(file.as_os_str().as_encoded_bytes());
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(&bytes);
        }
        Ok(Self { file: stamps.join(name), now: hex::encode(hash.finalize()) })
    }

    /// Whether the thing was made from exactly these sources.
    pub(crate) fn is_current(&self) -> bool {
        std::fs::read_to_string(&self.file).is_ok_and(|text| text == self.now)
    }

    /// Notes that the thing has been made.
    pub(crate) fn set(&self) -> anyhow::Result<()> {
        if let Some(folder) = self.file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        Ok(std::fs::write(&self.file, &self.now)?)
    }
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).with_context(|| path.display().to_string())? {
            collect(&entry?.path(), files)?;
        }
    } else if path.is_file() {
        files.push(path.to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_an_added_and_a_removed_file_are_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("src");
        std::fs::create_dir(&source).unwrap();
        let stamp = || Stamp::of(folder.path(), "stamp", std::slice::from_ref(&source), "v1").unwrap();
        std::fs::write(source.join("a"), "1").unwrap();
        assert!(!stamp().is_current());
        stamp().set().unwrap();
        assert!(stamp().is_current());
        std::fs::write(source.join("a"), "2").unwrap();
        assert!(!stamp().is_current());
        stamp().set().unwrap();
        std::fs::write(source.join("b"), "").unwrap();
        assert!(!stamp().is_current());
        std::fs::remove_file(source.join("b")).unwrap();
        assert!(stamp().is_current());
    }
}
