//! Where a store is, how it is opened, and what is removed of what never became content.

use std::{path::Path, sync::Arc};

use futures_util::StreamExt as _;
use object_store::{ObjectStoreExt as _, local::LocalFileSystem, path::Path as ObjectPath};
use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::{
    BucketError, BucketSettings, ContentError, ContentKeys, ContentStore, STAGED,
    bucket::{self, Bucket},
    local, room,
};

/// Lies in a store whose content is encrypted, so that no start without keys and no start with keys by mistake mixes the two.
const SEALED: &str = "encrypted";

/// Why a store is not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    Content(#[from] ContentError),
    #[error(transparent)]
    Bucket(#[from] BucketError),
    #[error("the content in this store is encrypted: name the file of its keys in CARREL_STORE_KEYS_FILE")]
    KeysNeeded,
    #[error(
        "this store holds content that is not encrypted; only an empty store can begin with keys (CARREL_STORE_KEYS_FILE)"
    )]
    Plain,
}

impl ContentStore {
    /// A store in a folder of the local disk, which is made when it is not there; `key` makes identifiers of blobs.
    ///
    /// # Errors
    /// [`ContentError`] when the folder cannot be made or read.
    pub async fn local(folder: &Path, key: [u8; 32]) -> Result<Self, ContentError> {
        let io = |e: std::io::Error| {
            ContentError::Store(object_store::Error::Generic { store: "local", source: Box::new(e) })
        };
        tokio::fs::create_dir_all(folder).await.map_err(io)?;
        let objects = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
        Ok(Self {
            objects: Arc::new(objects),
            key: Arc::new(Zeroizing::new(key)),
            folder: folder.to_owned(),
            bucket: None,
            keys: None,
            probed: Arc::default(),
            shortage: room::Shortage::default(),
        })
    }

    /// A store in a bucket, which is not asked yet. `folder` on the local disk takes what is too much for memory and is needed for the
    /// length of a request only.
    ///
    /// # Errors
    /// [`BucketError`] when the settings do not fit.
    pub fn bucket(settings: &BucketSettings, folder: &Path, key: [u8; 32]) -> Result<Self, BucketError> {
        let bucket = Arc::new(Bucket::open(settings)?);
        Ok(Self {
            objects: bucket.objects(),
            key: Arc::new(Zeroizing::new(key)),
            folder: folder.to_owned(),
            bucket: Some(bucket),
            keys: None,
            probed: Arc::default(),
            shortage: room::Shortage::default(),
        })
    }

    /// The same store with or without encryption: all of its content is encrypted, or nothing of it. An empty store begins as it is
    /// opened.
    ///
    /// # Errors
    /// [`OpenError::KeysNeeded`], [`OpenError::Plain`]; [`OpenError::Content`] when the store does not answer.
    pub async fn with_keys(mut self, keys: Option<ContentKeys>) -> Result<Self, OpenError> {
        let marker = ObjectPath::from(SEALED);
        let sealed = match self.objects.head(&marker).await {
            Ok(_) => true,
            Err(object_store::Error::NotFound { .. }) => false,
            Err(error) => return Err(ContentError::from(error).into()),
        };
        match (&keys, sealed) {
            (None, true) => return Err(OpenError::KeysNeeded),
            (Some(_), false) => {
                for folder in ["blobs", "packs", "uploads"] {
                    if self.objects.list(Some(&ObjectPath::from(folder))).next().await.is_some() {
                        return Err(OpenError::Plain);
                    }
                }
                self.objects.put(&marker, "CARRELS1\n".into()).await.map_err(ContentError::from)?;
            }
            (None, false) | (Some(_), true) => {}
        }
        self.keys = keys.map(Arc::new);
        Ok(self)
    }

    /// Removes what transfers that never ended left staged. Others may be under way at this and at other replicas:
    /// what was written to within a day stays, and so does what uploads have under `uploads/`.
    ///
    /// # Errors
    /// When the store cannot be read or changed.
    pub async fn clear_staging(&self) -> Result<(), ContentError> {
        let before = OffsetDateTime::now_utc() - STAGED;
        if let Some(bucket) = &self.bucket {
            bucket::clear_staging(bucket, before).await?;
        }
        local::clear(&self.folder.join("staging"), |_| true, before.into()).await
    }

    /// Removes halves of blobs that crashes left beside those with this first byte: nothing else ever looks at their names. A bucket
    /// has none.
    ///
    /// # Errors
    /// When the folder cannot be read or changed.
    pub(crate) async fn clear_half_written(&self, prefix: u8) -> Result<(), ContentError> {
        if self.bucket.is_some() {
            return Ok(());
        }
        let folder = self.folder.join("blobs").join(hex::encode([prefix]));
        local::clear(&folder, |name| name.contains('#'), (OffsetDateTime::now_utc() - STAGED).into()).await
    }
}
