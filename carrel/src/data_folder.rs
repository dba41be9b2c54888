//! Where an instance keeps what: the one place that knows the names of files in the data folder.

use std::{
    fs::{self, File},
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use rustix::fs::{FlockOperation, flock};

use crate::settings::Data;

/// A data folder, made when it was not there.
#[derive(Debug, Clone)]
pub(crate) struct DataFolder {
    folder: PathBuf,
    database_url: Option<String>,
}

/// Where a content store is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StorePlace {
    Folder(PathBuf),
    Bucket { bucket: String, prefix: String },
}

/// Held while a process owns a part of the folder; the system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl DataFolder {
    pub(crate) fn open(data: &Data) -> anyhow::Result<Self> {
        let folder = std::path::absolute(&data.folder)?;
        for part in ["", "run", "runner", "signer"] {
            let path = folder.join(part);
            fs::DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(&path)
                .with_context(|| format!("making {}", path.display()))?;
        }
        Ok(Self { folder, database_url: data.database_url.clone() })
    }

    /// A data folder that is there already.
    ///
    /// # Errors
    /// When no instance was ever started in it.
    pub(crate) fn existing(data: &Data) -> anyhow::Result<Self> {
        let folder = std::path::absolute(&data.folder)?;
        if !folder.join("secrets").is_dir() {
            bail!(
                "there is no Carrel in {}: name its data folder with --data, or start it there with `carrel up`",
                folder.display()
            );
        }
        Ok(Self { folder, database_url: data.database_url.clone() })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.folder
    }
    pub(crate) fn secrets_folder(&self) -> PathBuf {
        self.folder.join("secrets")
    }
    /// Whether a SQLite database lies where this instance's would; of another one nothing can be said from here.
    pub(crate) fn has_database(&self) -> bool {
        self.database_url().strip_prefix("sqlite:").is_some_and(|path| {
            let path = path.trim_start_matches("//");
            Path::new(path.split('?').next().unwrap_or(path)).exists()
        })
    }
    pub(crate) fn database_url(&self) -> String {
        self.database_url.clone().unwrap_or_else(|| format!("sqlite:{}", self.folder.join("carrel.db").display()))
    }
    /// The content store named by `url` (`file:PATH` or `s3://BUCKET/PREFIX`), or the one in the data folder.
    pub(crate) fn store(&self, url: Option<&str>) -> anyhow::Result<StorePlace> {
        let Some(url) = url else { return Ok(StorePlace::Folder(self.folder.join("store"))) };
        if let Some(path) = url.strip_prefix("file:") {
            return Ok(StorePlace::Folder(PathBuf::from(path)));
        }
        let Some(place) = url.strip_prefix("s3://") else { bail!("CARREL_STORE_URL must start with file: or s3://") };
        let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
        // What is more than a name would be a user, a port or a query, and none of them belongs here.
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
        if bucket.is_empty() || !bucket.chars().all(fits) || prefix.contains(['?', '#', '@', '\\']) {
            bail!("CARREL_STORE_URL names a bucket and a folder in it, for example s3://content/carrel");
        }
        Ok(StorePlace::Bucket { bucket: bucket.to_owned(), prefix: prefix.trim_matches('/').to_owned() })
    }
    /// Where requests put what is too much for memory, when content is not on this machine.
    pub(crate) fn spool(&self) -> PathBuf {
        self.folder.join("spool")
    }
    pub(crate) fn cloud_socket(&self) -> PathBuf {
        self.folder.join("run/cloud.sock")
    }
    pub(crate) fn runner_socket(&self) -> PathBuf {
        self.folder.join("run/runner.sock")
    }
    pub(crate) fn signer_socket(&self) -> PathBuf {
        self.folder.join("run/signer.sock")
    }
    pub(crate) fn runner_state(&self) -> PathBuf {
        self.folder.join("runner")
    }
    pub(crate) fn signer_state(&self) -> PathBuf {
        self.folder.join("signer")
    }

    /// Takes the lock of this name; waits a little for a process that is just ending.
    pub(crate) fn lock(&self, name: &str, patience: Duration) -> anyhow::Result<Lock> {
        let path = self.folder.join("run").join(format!("{name}.lock"));
        let file = File::create(&path).with_context(|| format!("opening {}", path.display()))?;
        let started = Instant::now();
        loop {
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(Lock { _file: file }),
                Err(_) if started.elapsed() < patience => std::thread::sleep(Duration::from_millis(20)),
                Err(_) => bail!("another `carrel {name}` runs on {}", self.folder.display()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_is_a_folder_or_a_bucket() {
        let folder = DataFolder { folder: "/data".into(), database_url: None };
        let store = |url| folder.store(url);
        assert_eq!(store(None).expect("fine"), StorePlace::Folder("/data/store".into()));
        assert_eq!(store(Some("file:/mnt/content")).expect("fine"), StorePlace::Folder("/mnt/content".into()));
        let bucket = |bucket: &str, prefix: &str| StorePlace::Bucket { bucket: bucket.into(), prefix: prefix.into() };
        assert_eq!(store(Some("s3://content")).expect("fine"), bucket("content", ""));
        assert_eq!(store(Some("s3://content/a/b/")).expect("fine"), bucket("content", "a/b"));
        for bad in
            ["/mnt/content", "s3://", "s3:///a", "s3://user:secret@content/", "s3://content/?region=x", "http://a"]
        {
            store(Some(bad)).expect_err(bad);
        }
    }
}
