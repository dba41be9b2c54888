//! A folder of secrets: random, readable by its user alone, never with a default. Knows files; must not know what a secret is for.

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
    pub(crate) fn in_folder(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Makes the folder, with mode 0700.
    pub(crate) fn make_folder(folder: PathBuf) -> anyhow::Result<Self> {
        fs::DirBuilder::new().mode(0o700).create(&folder).with_context(|| format!("making {}", folder.display()))?;
        Ok(Self { folder })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Makes a secret of this name.
    pub(crate) fn make(&self, name: &str) -> anyhow::Result<()> {
        let mut bytes = [0_u8; BYTES];
        getrandom::fill(&mut bytes).context("the system gave no randomness")?;
        write_new(&self.path(name), hex::encode(bytes).as_bytes(), 0o600)
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

    /// Keeps something that others may read, for example a public key.
    pub(crate) fn publish(&self, name: &str, text: &str) -> anyhow::Result<()> {
        write_new(&self.path(name), text.as_bytes(), 0o644)
    }

    /// What was published under this name.
    pub(crate) fn published(&self, name: &str) -> anyhow::Result<String> {
        let path = self.path(name);
        let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        Ok(text.trim().to_owned())
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
    fn t_010_secrets_are_random_and_refused_when_others_can_read_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let secrets = Secrets::make_folder(folder.path().join("secrets")).expect("made");
        for name in ["one", "two"] {
            secrets.make(name).expect("made");
        }
        assert_ne!(secrets.get("one").expect("there"), secrets.get("two").expect("there"));
        assert_eq!(fs::metadata(secrets.path("one")).expect("there").permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(folder.path().join("secrets")).expect("there").permissions().mode() & 0o777, 0o700);
        fs::set_permissions(secrets.path("one"), fs::Permissions::from_mode(0o644)).expect("changed");
        assert!(secrets.get("one").is_err());
        fs::write(secrets.path("two"), "changeme").expect("written");
        assert!(secrets.get("two").is_err());
        assert!(secrets.get("three").is_err());
    }
}
