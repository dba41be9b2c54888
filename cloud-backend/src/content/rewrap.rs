//! After a new master key: the heads of objects are written anew under it. The segments stay as they are, so nothing is decrypted. What
//! was done is seen in the heads themselves: whoever is broken off goes on where he was.

use futures_util::StreamExt as _;
use object_store::{ObjectStore as _, path::Path as ObjectPath};

use super::{
    BlobId, ContentError, ContentStore, bucket, local,
    seal::{HEAD, key_of},
};

/// Where encrypted objects lie.
const FOLDERS: [&str; 3] = ["blobs", "packs", "uploads"];

/// What a round of rewrapping did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rewrapped {
    /// Objects whose key is wrapped by the newest key now.
    pub done: u64,
    /// Objects whose key was so already.
    pub already: u64,
    /// Objects that do not open with any key that is here; they stay as they are.
    pub damaged: u64,
}

impl ContentStore {
    /// Wraps the keys of all objects by the newest master key. The cloud backend may run meanwhile, if it has the newest key, too.
    /// `progress` hears of each object.
    ///
    /// # Errors
    /// [`ContentError`] when the store cannot be read or written; [`ContentError::Damaged`] when it is not encrypted.
    pub async fn rewrap(&self, mut progress: impl FnMut(&Rewrapped)) -> Result<Rewrapped, ContentError> {
        let mut sum = Rewrapped::default();
        for folder in FOLDERS {
            let mut found = self.objects.list(Some(&ObjectPath::from(folder)));
            while let Some(object) = found.next().await {
                match self.rewrap_one(&object?.location).await {
                    Ok(true) => sum.done += 1,
                    Ok(false) => sum.already += 1,
                    // It was taken away meanwhile.
                    Err(ContentError::Missing) => {}
                    Err(ContentError::Damaged) => sum.damaged += 1,
                    Err(error) => return Err(error),
                }
                progress(&sum);
            }
        }
        Ok(sum)
    }

    /// Whether the blob is encrypted under a key that is not the newest.
    ///
    /// # Errors
    /// [`ContentError`] when its head cannot be read.
    pub async fn is_under_earlier_key(&self, blob: BlobId) -> Result<bool, ContentError> {
        let Some(keys) = &self.keys else { return Ok(false) };
        let (head, _, _) = self.raw_head(&blob.path()).await?;
        Ok(key_of(&head).is_some_and(|key| key != keys.newest()))
    }

    /// Whether it had to be done.
    async fn rewrap_one(&self, path: &ObjectPath) -> Result<bool, ContentError> {
        let keys = self.keys.as_ref().ok_or(ContentError::Damaged)?;
        let (head, size, etag) = self.raw_head(path).await?;
        let (key, newest) = keys.unwrap(path.as_ref(), &head)?;
        if newest {
            return Ok(false);
        }
        let head = keys.wrap(path.as_ref(), &key)?;
        match &self.bucket {
            Some(bucket) => {
                let segments = self.raw(path, Some(HEAD as u64..size), etag).await?;
                bucket::rewrite(bucket.clone(), path, size, head, segments).await?;
            }
            None => {
                let beside = self.folder.join("staging").join(carrel_ids::RequestId::new().to_string());
                local::rewrite(self.folder.join(path.as_ref()), beside, head).await?;
            }
        }
        Ok(true)
    }
}
