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
    /// The content store named by `url` (`file:PATH`), or the one in the data folder.
    pub(crate) fn store(&self, url: Option<&str>) -> anyhow::Result<PathBuf> {
        match url {
            None => Ok(self.folder.join("store")),
            Some(url) => match url.strip_prefix("file:") {
                Some(path) => Ok(PathBuf::from(path)),
                None => bail!("CARREL_STORE_URL must start with file:"),
            },
        }
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
