//! The content store from the command line and the environment.

use std::{
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, bail};
use carrel_cloud_backend::content::{BucketSettings, ContentKeys, ContentStore};
use clap::Args;
use url::Url;

use crate::data_folder::{DataFolder, StorePlace};

/// How long one answer of an S3 server may stand still.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where content is kept, and under which keys.
#[derive(Debug, Clone, Args)]
pub(crate) struct Content {
    /// Where content is stored: file:PATH or s3://BUCKET/PREFIX; a folder in the data folder when absent
    #[arg(long, env = "CARREL_STORE_URL", value_name = "URL")]
    store_url: Option<String>,
    /// Address of the S3 server; Amazon's of the region when absent
    #[arg(long, env = "CARREL_S3_ENDPOINT", value_name = "URL")]
    s3_endpoint: Option<Url>,
    /// Region of the bucket
    #[arg(long, env = "CARREL_S3_REGION", default_value = "us-east-1", value_name = "REGION")]
    s3_region: String,
    /// Who the S3 server knows this installation as
    #[arg(long, env = "CARREL_S3_ACCESS_KEY_ID", value_name = "ID")]
    s3_access_key_id: Option<String>,
    /// File with the secret that belongs to it
    #[arg(long, env = "CARREL_S3_SECRET_KEY_FILE", value_name = "FILE")]
    s3_secret_key_file: Option<PathBuf>,
    /// File with the keys that content is encrypted under, the newest last; it is not encrypted when absent
    #[arg(long, env = "CARREL_STORE_KEYS_FILE", value_name = "FILE")]
    store_keys_file: Option<PathBuf>,
}

impl Content {
    /// Opens the store; one in a folder is made when it is not there.
    pub(crate) async fn open(&self, folder: &DataFolder, blob_key: [u8; 32]) -> anyhow::Result<ContentStore> {
        let store = match folder.store(self.store_url.as_deref())? {
            StorePlace::Folder(path) => ContentStore::local(&path, blob_key).await?,
            StorePlace::Bucket { bucket, prefix } => {
                ContentStore::bucket(&self.bucket(bucket, prefix)?, &folder.spool(), blob_key)?
            }
        };
        Ok(store.with_keys(self.keys()?).await?)
    }

    /// The same for looking at it: a folder that is not there is not made.
    pub(crate) async fn open_existing(&self, folder: &DataFolder, blob_key: [u8; 32]) -> anyhow::Result<ContentStore> {
        if let StorePlace::Folder(path) = folder.store(self.store_url.as_deref())? {
            anyhow::ensure!(path.is_dir(), "{} is not there", path.display());
        }
        self.open(folder, blob_key).await
    }

    /// For people: where the store is, and whether it is encrypted.
    pub(crate) fn place(&self, folder: &DataFolder) -> anyhow::Result<String> {
        let place = match folder.store(self.store_url.as_deref())? {
            StorePlace::Folder(path) => path.display().to_string(),
            StorePlace::Bucket { bucket, prefix } => format!("bucket {bucket}/{prefix} at {}", self.endpoint()?),
        };
        Ok(if self.store_keys_file.is_some() { format!("{place}, encrypted") } else { place })
    }

    fn endpoint(&self) -> anyhow::Result<Url> {
        match &self.s3_endpoint {
            Some(endpoint) => Ok(endpoint.clone()),
            None => format!("https://s3.{}.amazonaws.com", self.s3_region).parse().context("CARREL_S3_REGION"),
        }
    }

    fn bucket(&self, bucket: String, prefix: String) -> anyhow::Result<BucketSettings> {
        let needed = "CARREL_STORE_URL with s3:// needs CARREL_S3_ACCESS_KEY_ID and CARREL_S3_SECRET_KEY_FILE";
        let file = self.s3_secret_key_file.as_ref().context(needed)?;
        Ok(BucketSettings {
            endpoint: self.endpoint()?,
            region: self.s3_region.clone(),
            bucket,
            prefix,
            access_key_id: self.s3_access_key_id.clone().context(needed)?,
            secret_access_key: secret(file)?.into(),
            patience: PATIENCE,
        })
    }

    fn keys(&self) -> anyhow::Result<Option<ContentKeys>> {
        let Some(path) = &self.store_keys_file else { return Ok(None) };
        let text = zeroize::Zeroizing::new(secret(path)?);
        Ok(Some(ContentKeys::parse(&text).with_context(|| format!("reading {}", path.display()))?))
    }
}

/// What a file holds that not everybody may read.
fn secret(path: &Path) -> anyhow::Result<String> {
    let read = || -> std::io::Result<(u32, String)> {
        let mode = std::fs::metadata(path)?.permissions().mode();
        Ok((mode, std::fs::read_to_string(path)?))
    };
    let (mode, text) = read().with_context(|| format!("reading {}", path.display()))?;
    // A secret that an orchestrator mounts may be readable by its group.
    if mode & 0o007 != 0 {
        bail!("{} can be read by everybody: run `chmod o-rwx` on it", path.display());
    }
    Ok(text.trim_end_matches(['\n', '\r']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(secret: Option<&Path>, keys: Option<&Path>) -> Content {
        Content {
            store_url: Some("s3://content/carrel".to_owned()),
            s3_endpoint: Some("http://127.0.0.1:9".parse().expect("a URL")),
            s3_region: "us-east-1".to_owned(),
            s3_access_key_id: Some("carrel".to_owned()),
            s3_secret_key_file: secret.map(Path::to_owned),
            store_keys_file: keys.map(Path::to_owned),
        }
    }

    #[test]
    fn t_010_a_bucket_needs_its_secret_from_a_file_that_not_everybody_reads() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("secret");
        std::fs::write(&file, "very secret\n").expect("written");
        let mode = |mode| std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).expect("set");
        let settings = |secret: Option<&Path>| content(secret, None).bucket("content".into(), "carrel".into());
        assert!(format!("{:#}", settings(None).expect_err("no secret")).contains("CARREL_S3_SECRET_KEY_FILE"));
        mode(0o644);
        assert!(settings(Some(&file)).is_err());
        mode(0o600);
        let settings = settings(Some(&file)).expect("fine");
        assert_eq!(settings.secret_access_key.as_str(), "very secret");
        assert!(!format!("{settings:?}").contains("very secret"));
    }

    #[test]
    fn t_010_keys_are_read_from_a_file_and_never_shown() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("keys");
        std::fs::write(&file, "# of May\nnot a key\n").expect("written");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("set");
        let error = format!("{:#}", content(None, Some(&file)).keys().expect_err("no key"));
        assert!(error.contains("line 2") && !error.contains("not a key\n"), "{error}");
        std::fs::write(&file, "ab".repeat(32)).expect("written");
        let keys = content(None, Some(&file)).keys().expect("fine").expect("there");
        assert!(!format!("{keys:?}").contains("abab"));
        assert!(content(None, None).keys().expect("fine").is_none());
    }
}
