//! Content on the disk or in a bucket: immutable blobs, stored once, addressed by a keyed hash. Knows bytes; must not know names, users
//! or rights.
//!
//! A blob is complete, hashed and synced to the disk, or taken by the S3 server, before anybody learns its identifier. What a crash
//! leaves behind is something under `staging/` or half of a blob beside the others, which are removed a day later, or a blob that no
//! version names.

mod bucket;
mod local;
mod objects;
mod open;
mod parts;
mod read;
mod receive;
mod rewrap;
mod room;
mod seal;

use std::{
    ops::Range,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures_util::stream::BoxStream;
use hmac::{Hmac, KeyInit as _, Mac as _};
use object_store::{ObjectStore, ObjectStoreExt as _, path::Path as ObjectPath};
use sha2::Sha256;
use tokio::sync::Mutex;

pub use bucket::{BucketError, BucketSettings};
pub use objects::FoundObject;
pub use open::OpenError;
pub(crate) use parts::PartEnd;
pub use parts::{PART, Part};
pub use receive::ReceiveLimits;
pub use rewrap::Rewrapped;
pub use seal::{ContentKeys, InvalidKeys, KeyId};

/// How long a trial of the store counts for those who only ask whether it works.
const PROBE_VALID: Duration = Duration::from_secs(2);
/// Those who ask whether it works are not kept waiting.
const PROBE_PATIENCE: Duration = Duration::from_secs(5);
/// A staged file that nobody wrote to for so long belongs to nobody any more, on whichever replica.
const STAGED: Duration = Duration::from_secs(24 * 60 * 60);

/// The address of a blob: HMAC-SHA-256 of the content's SHA-256 with the instance's key, so that nobody can test whether the
/// instance holds a known file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BlobId([u8; 32]);

impl BlobId {
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
    /// The name of the object that holds it.
    #[must_use]
    pub fn object(&self) -> String {
        self.path().to_string()
    }
    fn path(&self) -> ObjectPath {
        let hex = hex::encode(self.0);
        ObjectPath::from_iter(["blobs", &hex[..2], &hex[2..]])
    }
}

/// Why content could not be stored or read.
#[derive(Debug, thiserror::Error)]
pub enum ContentError {
    /// The sender stopped before the end, or sent what cannot be read.
    #[error("the content was cut off")]
    CutOff,
    #[error("the content does not have the SHA-256 that was named")]
    HashMismatch,
    #[error("the content is larger than {0} bytes")]
    TooLarge(u64),
    #[error("the disk is full")]
    Full,
    #[error("a blob is missing from the store")]
    Missing,
    /// What is encrypted does not open: it was changed in the store, or its key is not here.
    #[error("content in the store does not open")]
    Damaged,
    /// The server that keeps the content gives no answer, or not now; trying again helps.
    #[error("The store of the content gives no answer. Try again in a few seconds.")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the store failed")]
    Store(#[source] object_store::Error),
}

impl From<seal::DoesNotOpen> for ContentError {
    fn from(_: seal::DoesNotOpen) -> Self {
        Self::Damaged
    }
}

impl From<object_store::Error> for ContentError {
    fn from(error: object_store::Error) -> Self {
        if matches!(error, object_store::Error::NotFound { .. }) {
            return Self::Missing;
        }
        let mut source: Option<&(dyn std::error::Error + 'static)> = Some(&error);
        while let Some(cause) = source {
            if cause.downcast_ref::<std::io::Error>().is_some_and(|e| {
                matches!(e.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded)
            }) {
                return Self::Full;
            }
            source = cause.source();
        }
        match error {
            // Only a server refuses: its operator takes a right away, or lets a key expire.
            object_store::Error::Generic { store: "S3", .. }
            | object_store::Error::PermissionDenied { .. }
            | object_store::Error::Unauthenticated { .. } => Self::Unavailable(error.into()),
            error => Self::Store(error),
        }
    }
}

/// Where blobs are. Cheap to clone.
#[derive(Clone)]
pub struct ContentStore {
    objects: Arc<dyn ObjectStore>,
    key: Arc<zeroize::Zeroizing<[u8; 32]>>,
    /// The folder of a local store; with a bucket, of what is too much for memory.
    folder: PathBuf,
    /// The bucket, if there is one.
    bucket: Option<Arc<bucket::Bucket>>,
    /// Content is encrypted under these.
    keys: Option<Arc<ContentKeys>>,
    probed: Arc<Mutex<Option<Probe>>>,
    shortage: room::Shortage,
}

/// When the store was tried, and what came of it.
type Probe = (Instant, Result<(), String>);

impl std::fmt::Debug for ContentStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ContentStore").field("objects", &self.objects).finish_non_exhaustive()
    }
}

impl ContentStore {
    /// Whether the store could be written to a moment ago: tried at most once in two seconds, however many ask.
    ///
    /// # Errors
    /// The reason, when it could not.
    pub async fn probed(&self) -> Result<(), String> {
        let mut last = self.probed.lock().await;
        if let Some((at, result)) = last.as_ref().filter(|(at, _)| at.elapsed() < PROBE_VALID) {
            tracing::trace!(age = ?at.elapsed(), "the store's last probe still counts");
            return result.clone();
        }
        let result = match tokio::time::timeout(PROBE_PATIENCE, self.probe()).await {
            Ok(result) => result.map_err(|error| error.to_string()),
            Err(_) => Err("the store gives no answer".to_owned()),
        };
        *last = Some((Instant::now(), result.clone()));
        result
    }

    /// `Ok` when the store can be written to.
    ///
    /// # Errors
    /// [`ContentError`] when it cannot.
    pub async fn probe(&self) -> Result<(), ContentError> {
        // A name of its own: two probes at once must not delete each other's.
        let path = ObjectPath::from_iter(["staging", &carrel_ids::RequestId::new().to_string()]);
        self.objects.put(&path, Bytes::from_static(b"probe").into()).await?;
        self.objects.delete(&path).await?;
        Ok(())
    }

    /// The bytes of a blob, or of a range of it.
    ///
    /// # Errors
    /// [`ContentError::Missing`] when the store has lost it; [`ContentError::Damaged`] also while it is read.
    pub async fn read(
        &self,
        blob: BlobId,
        range: Option<Range<u64>>,
    ) -> Result<BoxStream<'static, Result<Bytes, ContentError>>, ContentError> {
        self.stream(&blob.path(), range).await
    }

    /// Whether content is encrypted.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.keys.is_some()
    }

    fn file(&self, blob: &BlobId) -> PathBuf {
        self.folder.join(blob.path().as_ref())
    }

    /// Syncs a blob that is there, and its name.
    async fn sync(&self, blob: &BlobId) -> Result<(), ContentError> {
        let file = self.file(blob);
        let synced = tokio::task::spawn_blocking(move || {
            std::fs::File::open(&file)?.sync_all()?;
            file.parent().map_or(Ok(()), |folder| std::fs::File::open(folder)?.sync_all())
        });
        let io = |source: std::io::Error| {
            ContentError::from(object_store::Error::Generic { store: "local", source: Box::new(source) })
        };
        synced.await.map_err(|error| io(std::io::Error::other(error)))?.map_err(io)
    }

    /// A file without a name beside the content, for what is too much for memory; it is gone when nobody has it open.
    pub(crate) async fn spool(&self) -> std::io::Result<tokio::fs::File> {
        let folder = self.folder.join("staging");
        tokio::fs::create_dir_all(&folder).await?;
        let path = folder.join(carrel_ids::RequestId::new().to_string());
        let file = tokio::fs::OpenOptions::new().read(true).write(true).create_new(true).open(&path).await?;
        tokio::fs::remove_file(&path).await?;
        Ok(file)
    }

    /// Where content with this hash is, if it is here.
    pub(crate) fn blob_id(&self, sha256: &[u8; 32]) -> BlobId {
        // A key of 32 bytes fits HMAC, so this cannot fail; no identifier is better than a wrong one all the same.
        let mut mac = match Hmac::<Sha256>::new_from_slice(self.key.as_slice()) {
            Ok(mac) => mac,
            Err(_) => return BlobId([0; 32]),
        };
        mac.update(sha256);
        BlobId(mac.finalize().into_bytes().into())
    }
}
