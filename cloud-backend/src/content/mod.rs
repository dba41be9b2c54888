//! Content on the disk: immutable blobs, stored once, addressed by a keyed hash. Knows bytes; must not know names, users or rights.
//!
//! A blob is complete, hashed and synced to the disk before anybody learns its identifier. What a crash leaves behind is a
//! file under `staging/`, which is removed a day later, or beside the blobs: one that no version names, or half of one
//! under a name that is no blob's.

mod local;
mod objects;
mod parts;
mod receive;

use std::{
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures_util::stream::BoxStream;
use hmac::{Hmac, KeyInit as _, Mac as _};
use object_store::{ObjectStore, ObjectStoreExt as _, local::LocalFileSystem, path::Path as ObjectPath};
use sha2::Sha256;
use tokio::sync::Mutex;

pub use objects::FoundObject;
pub(crate) use parts::PartEnd;
pub use parts::{PART, Part};
pub use receive::ReceiveLimits;

/// How long a trial of the store counts for those who only ask whether it works.
const PROBE_VALID: Duration = Duration::from_secs(2);
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
    #[error("the store failed")]
    Store(#[source] object_store::Error),
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
        Self::Store(error)
    }
}

/// Where blobs are. Cheap to clone.
#[derive(Clone)]
pub struct ContentStore {
    objects: Arc<dyn ObjectStore>,
    key: Arc<zeroize::Zeroizing<[u8; 32]>>,
    /// The folder of a local store.
    folder: PathBuf,
    probed: Arc<Mutex<Option<Probe>>>,
}

/// When the store was tried, and what came of it.
type Probe = (Instant, Result<(), String>);

impl std::fmt::Debug for ContentStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ContentStore").field("objects", &self.objects).finish_non_exhaustive()
    }
}

impl ContentStore {
    /// A store in a folder of the local disk, which is made when it is not there.
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
            key: Arc::new(zeroize::Zeroizing::new(key)),
            folder: folder.to_owned(),
            probed: Arc::default(),
        })
    }

    /// Removes what transfers that never ended left staged in a local store. Others may be under way at this and at other replicas:
    /// what was written to within a day stays, and so does what uploads have under `uploads/`.
    ///
    /// # Errors
    /// When the folder cannot be read or changed.
    pub async fn clear_staging(&self) -> std::io::Result<()> {
        let mut entries = match tokio::fs::read_dir(self.folder.join("staging")).await {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        while let Some(entry) = entries.next_entry().await? {
            // It may be gone at any moment: whoever staged it is done with it then.
            let age = entry.metadata().await.and_then(|data| data.modified()).ok().and_then(|at| at.elapsed().ok());
            if age.is_some_and(|age| age > STAGED) {
                match tokio::fs::remove_file(entry.path()).await {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// The bytes of a blob, or of a range of it.
    ///
    /// # Errors
    /// [`ContentError::Missing`] when the store has lost it.
    pub async fn read(
        &self,
        blob: BlobId,
        range: Option<Range<u64>>,
    ) -> Result<BoxStream<'static, Result<Bytes, ContentError>>, ContentError> {
        local::read(self.file(&blob), range).await
    }

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
        let result = self.probe().await.map_err(|error| error.to_string());
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
