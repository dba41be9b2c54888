//! Secrets of an instance: made at the first start, readable by its user alone, never with a default.

use std::{
    fs::{self, OpenOptions},
    io::{Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};

/// Bytes of every secret.
const BYTES: usize = 32;

/// The folder of secrets of one instance.
#[derive(Debug, Clone)]
pub(crate) struct Secrets {
    folder: PathBuf,
}

impl Secrets {
    /// The folder is made with mode 0700 when it is not there.
    pub(crate) fn in_folder(folder: PathBuf) -> anyhow::Result<Self> {
        if !folder.exists() {
            fs::DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(&folder)
                .with_context(|| format!("making {}", folder.display()))?;
        }
        Ok(Self { folder })
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The secret of this name; made when it is not there.
    pub(crate) fn get_or_make(&self, name: &str) -> anyhow::Result<[u8; BYTES]> {
        let path = self.path(name);
        if !path.exists() {
            let mut bytes = [0_u8; BYTES];
            getrandom::fill(&mut bytes).context("the system gave no randomness")?;
            write_new(&path, hex::encode(bytes).as_bytes(), 0o600)?;
        }
        self.get(name)
    }

    /// The secret of this name, which must be there and must not be readable by others.
    pub(crate) fn get(&self, name: &str) -> anyhow::Result<[u8; BYTES]> {
        let path = self.path(name);
        let mut file = fs::File::open(&path).with_context(|| format!("reading {}", path.display()))?;
        if file.metadata()?.permissions().mode() & 0o077 != 0 {
            bail!("{} can be read by others: run `chmod 600` on it", path.display());
        }
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        let bytes = hex::decode(text.trim()).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.with_context(|| format!("{} does not hold 64 hex digits", path.display()))
    }

    /// Something that others may read, for example a public key.
    pub(crate) fn publish(&self, name: &str, text: &str) -> anyhow::Result<()> {
        let path = self.path(name);
        if fs::read_to_string(&path).is_ok_and(|there| there == text) {
            return Ok(());
        }
        if path.exists() {
            fs::remove_file(&path)?;
        }
        write_new(&path, text.as_bytes(), 0o644)
    }
}

/// Written beside its place, synced, and moved there: a crash leaves the whole file or none.
fn write_new(path: &Path, bytes: &[u8], mode: u32) -> anyhow::Result<()> {
    let beside = path.with_extension("new");
    let write = || -> std::io::Result<()> {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, path)?;
        path.parent().map_or(Ok(()), |folder| fs::File::open(folder)?.sync_all())
    };
    write().with_context(|| format!("writing {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t_010_secrets_are_made_once_and_refused_when_others_can_read_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let secrets = Secrets::in_folder(folder.path().join("secrets")).expect("made");
        let first = secrets.get_or_make("one").expect("made");
        assert_eq!(secrets.get_or_make("one").expect("read"), first);
        assert_ne!(secrets.get_or_make("two").expect("made"), first);
        assert_eq!(fs::metadata(secrets.path("one")).expect("there").permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(folder.path().join("secrets")).expect("there").permissions().mode() & 0o777, 0o700);
        fs::set_permissions(secrets.path("one"), fs::Permissions::from_mode(0o644)).expect("changed");
        assert!(secrets.get("one").is_err());
        fs::write(secrets.path("two"), "changeme").expect("written");
        assert!(secrets.get("two").is_err());
    }
}
