//! What makes an installation this one and no other: its secrets and the name of its log. All of it is made together, at the
//! first start, and never again: a database without the secrets that belong to it must not get new ones, or nobody could sign in
//! and nothing could be read.

use std::time::Duration;

use anyhow::{Context as _, bail};
use ed25519_dalek::SigningKey;

use crate::{data_folder::DataFolder, secrets::Secrets};

const SERVICE_SECRET: &str = "service-secret";
const GRANT_KEY: &str = "grant-key";
const GRANT_KEY_PUBLIC: &str = "grant-key.pub";
const PERSONAL_KEY: &str = "personal-key";
const PASSWORD_PEPPER: &str = "password-pepper";
const BLOB_KEY: &str = "blob-key";
const LOG_NAME: &str = "log-name";

const ALL: [&str; 5] = [SERVICE_SECRET, GRANT_KEY, PERSONAL_KEY, PASSWORD_PEPPER, BLOB_KEY];

/// How long a start waits for another process that is making them.
const PATIENCE: Duration = Duration::from_secs(10);

/// The secrets of an installation, complete and readable.
#[derive(Debug)]
pub(crate) struct Instance {
    secrets: Secrets,
    /// This very process has made it.
    pub(crate) new: bool,
}

impl Instance {
    /// What is there, or on a new data folder a new one. Its log is named after the host in `public_origin`, for good.
    ///
    /// # Errors
    /// When something is missing, or can be read by others.
    pub(crate) fn open_or_make(folder: &DataFolder, public_origin: &str) -> anyhow::Result<Self> {
        let _lock = folder.lock("secrets", PATIENCE)?;
        if folder.secrets_folder().exists() {
            return Self::open(folder);
        }
        if folder.has_database() {
            bail!(
                "{} is missing, and there is a database: restore the folder from the backup that the database is from",
                folder.secrets_folder().display()
            );
        }
        make(folder, public_origin)?;
        Ok(Self { new: true, ..Self::open(folder)? })
    }

    /// What is there.
    ///
    /// # Errors
    /// When something is missing, or can be read by others.
    pub(crate) fn open(folder: &DataFolder) -> anyhow::Result<Self> {
        let secrets = Secrets::in_folder(folder.secrets_folder());
        for name in ALL {
            secrets.get(name).with_context(|| {
                format!(
                    "the secrets in {} are not complete; restore them from a backup",
                    folder.secrets_folder().display()
                )
            })?;
        }
        Ok(Self { secrets, new: false })
    }

    /// Takes back what was made for nothing.
    pub(crate) fn discard(self, folder: &DataFolder) -> anyhow::Result<()> {
        std::fs::remove_dir_all(folder.secrets_folder()).context("removing the secrets that were just made")
    }

    pub(crate) fn grant_key(&self) -> anyhow::Result<SigningKey> {
        Ok(SigningKey::from_bytes(&self.secrets.get(GRANT_KEY)?))
    }
    pub(crate) fn personal_key(&self) -> anyhow::Result<[u8; 32]> {
        self.secrets.get(PERSONAL_KEY)
    }
    pub(crate) fn password_pepper(&self) -> anyhow::Result<[u8; 32]> {
        self.secrets.get(PASSWORD_PEPPER)
    }
    pub(crate) fn blob_key(&self) -> anyhow::Result<[u8; 32]> {
        self.secrets.get(BLOB_KEY)
    }
    /// `<host>/audit/1`: the name of the log in its checkpoints. It stays when the instance moves to another address.
    pub(crate) fn log_name(&self) -> anyhow::Result<String> {
        self.secrets.published(LOG_NAME)
    }
}

/// What the processes beside the main one read, each for itself and nothing more.
pub(crate) mod parts {
    use super::{DataFolder, GRANT_KEY_PUBLIC, LOG_NAME, SERVICE_SECRET, Secrets};

    /// The secret that services sign their requests with.
    pub(crate) fn service_secret(folder: &DataFolder) -> anyhow::Result<[u8; 32]> {
        Secrets::in_folder(folder.secrets_folder()).get(SERVICE_SECRET)
    }
    /// The public half of the key of grants, in hexadecimal.
    pub(crate) fn grant_key_public(folder: &DataFolder) -> anyhow::Result<String> {
        Secrets::in_folder(folder.secrets_folder()).published(GRANT_KEY_PUBLIC)
    }
    pub(crate) fn log_name(folder: &DataFolder) -> anyhow::Result<String> {
        Secrets::in_folder(folder.secrets_folder()).published(LOG_NAME)
    }
}

/// Made beside its place and moved there, so that there are all secrets or none.
fn make(folder: &DataFolder, public_origin: &str) -> anyhow::Result<()> {
    let place = folder.secrets_folder();
    let beside = place.with_extension("new");
    if beside.exists() {
        std::fs::remove_dir_all(&beside)?;
    }
    let secrets = Secrets::make_folder(beside.clone())?;
    for name in ALL {
        secrets.make(name)?;
    }
    let grant_key = SigningKey::from_bytes(&secrets.get(GRANT_KEY)?);
    secrets.publish(GRANT_KEY_PUBLIC, &hex::encode(grant_key.verifying_key().to_bytes()))?;
    secrets.publish(LOG_NAME, &log_name(public_origin))?;
    std::fs::rename(&beside, &place).with_context(|| format!("making {}", place.display()))?;
    Ok(std::fs::File::open(folder.path())?.sync_all()?)
}

fn log_name(public_origin: &str) -> String {
    let host = public_origin.split("://").nth(1).unwrap_or("localhost").trim_end_matches('/');
    format!("{host}/audit/1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Data;

    fn folder(at: &tempfile::TempDir) -> DataFolder {
        DataFolder::open(&Data { folder: at.path().to_owned(), database_url: None }).expect("a data folder")
    }

    #[test]
    fn t_010_seed_17_an_instance_is_made_once_and_keeps_its_secrets_and_its_logs_name() {
        let at = tempfile::tempdir().expect("a folder");
        let folder = folder(&at);
        let first = Instance::open_or_make(&folder, "https://cloud.example.org").expect("made");
        assert!(first.new);
        let again = Instance::open_or_make(&folder, "https://elsewhere.example.org").expect("opened");
        assert!(!again.new);
        assert_eq!(again.blob_key().expect("there"), first.blob_key().expect("there"));
        assert_eq!(again.log_name().expect("there"), "cloud.example.org/audit/1");
        assert_eq!(parts::log_name(&folder).expect("there"), "cloud.example.org/audit/1");
    }

    #[test]
    fn a_database_without_its_secrets_gets_no_new_ones() {
        let at = tempfile::tempdir().expect("a folder");
        let folder = folder(&at);
        let made = Instance::open_or_make(&folder, "").expect("made");
        std::fs::write(at.path().join("carrel.db"), "").expect("written");
        std::fs::remove_file(folder.secrets_folder().join(PASSWORD_PEPPER)).expect("removed");
        let error = format!("{:#}", Instance::open_or_make(&folder, "").expect_err("incomplete"));
        assert!(error.contains("password-pepper") && error.contains("backup"), "{error}");
        made.discard(&folder).expect("removed");
        let error = format!("{:#}", Instance::open_or_make(&folder, "").expect_err("gone"));
        assert!(error.contains("backup"), "{error}");
        assert!(!folder.secrets_folder().exists());
    }

    #[test]
    fn a_start_that_was_cut_off_is_begun_again() {
        let at = tempfile::tempdir().expect("a folder");
        let folder = folder(&at);
        std::fs::create_dir(folder.path().join("secrets.new")).expect("made");
        std::fs::write(folder.path().join("secrets.new/blob-key"), "half").expect("written");
        assert!(Instance::open_or_make(&folder, "").expect("made").new);
    }
}
