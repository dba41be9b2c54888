//! Objects of the store as such: whether they are there, what lies beside them, and taking them away. Knows no version and no row.

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::{ObjectMeta, ObjectStore as _, ObjectStoreExt as _, path::Path as ObjectPath};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;

use super::{
    BlobId, ContentError, ContentStore,
    bucket::not_taken,
    seal::{plain_size, seal_whole},
};

/// Something that lies where blobs are.
#[derive(Debug, Clone)]
pub struct FoundObject {
    /// None when its name is no blob's: what a crash cut off.
    pub blob: Option<BlobId>,
    pub name: String,
    /// Bytes of its content.
    pub size: u64,
    /// Bytes that it takes in the store; more than its content when it is encrypted.
    pub stored: u64,
    pub changed_at: OffsetDateTime,
}

impl FoundObject {
    fn of(blob: Option<BlobId>, meta: ObjectMeta, sealed: bool) -> Self {
        let changed_at =
            OffsetDateTime::from_unix_timestamp(meta.last_modified.timestamp()).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        // No content has a size that none of its objects could have.
        let size = if sealed { plain_size(meta.size).unwrap_or(u64::MAX) } else { meta.size };
        Self { blob, name: meta.location.to_string(), size, stored: meta.size, changed_at }
    }
}

impl ContentStore {
    /// Whether the blob's object is there.
    ///
    /// # Errors
    /// [`ContentError`] when the store cannot say.
    pub async fn exists(&self, blob: BlobId) -> Result<bool, ContentError> {
        match self.objects.head(&blob.path()).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes the blob's object away, if it is there. Nothing may name the blob.
    ///
    /// # Errors
    /// [`ContentError`] when it may still be there.
    pub(crate) async fn remove(&self, blob: BlobId) -> Result<(), ContentError> {
        match self.objects.delete(&blob.path()).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// What lies under the first byte of identifiers: one 256th of the store, in the order of the names.
    ///
    /// # Errors
    /// [`ContentError`] when the store cannot be listed.
    pub async fn found(&self, prefix: u8) -> Result<Vec<FoundObject>, ContentError> {
        let folder = hex::encode([prefix]);
        let path = ObjectPath::from_iter(["blobs", &folder]);
        let listed: Vec<_> = self.objects.list(Some(&path)).try_collect().await?;
        let mut found: Vec<_> = listed
            .into_iter()
            .map(|meta| {
                let name = meta.location.filename().unwrap_or_default().to_owned();
                let blob = hex::decode(format!("{folder}{name}")).ok().and_then(|bytes| BlobId::from_slice(&bytes));
                FoundObject::of(blob, meta, self.keys.is_some())
            })
            .collect();
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    /// Stores an object that is not a blob under a name of its own, whole: it is durable when this returns, and nobody sees half of it.
    /// `name` is a path like `uploads/<upload>/<part>`; what has it already is replaced.
    ///
    /// # Errors
    /// [`ContentError::Full`], [`ContentError::Store`]; then it may or may not be there.
    pub(crate) async fn put_object(&self, name: &str, bytes: Bytes) -> Result<(), ContentError> {
        let bytes = match &self.keys {
            Some(keys) => seal_whole(keys, name, &bytes)?.into(),
            None => bytes,
        };
        match self.objects.put(&ObjectPath::from(name), bytes.into()).await {
            Ok(_) => Ok(()),
            Err(error) if self.bucket.is_some() => Err(not_taken(error.into())),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes an object away, if it is there.
    ///
    /// # Errors
    /// [`ContentError`] when it may still be there.
    pub(crate) async fn remove_object(&self, name: &str) -> Result<(), ContentError> {
        match self.objects.delete(&ObjectPath::from(name)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Reads the whole blob: true when its content is what its identifier says.
    ///
    /// # Errors
    /// [`ContentError`] when it cannot be read to its end.
    pub async fn verify(&self, blob: BlobId) -> Result<bool, ContentError> {
        let mut stream = self.read(blob, None).await?;
        let mut hash = Sha256::new();
        while let Some(chunk) = stream.next().await {
            hash.update(&chunk?);
        }
        Ok(self.blob_id(&hash.finalize().into()) == blob)
    }
}
