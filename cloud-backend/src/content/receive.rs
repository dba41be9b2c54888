//! Taking content in: one pass over the bytes. Large content is hashed and written by a thread of its own while more of it comes.

use bytes::{Bytes, BytesMut};
use carrel_ids::RequestId;
use futures_util::{Stream, StreamExt as _};
use object_store::{ObjectStore as _, ObjectStoreExt as _, PutMode};
use sha2::{Digest as _, Sha256};

use super::{
    BlobId, ContentError, ContentStore,
    bucket::{Upload, not_taken},
    local,
    room::LOOK_EVERY,
    seal::{self, FileKey, Sealer},
};
use crate::store::NewContent;

/// Content up to this size is written in one go; larger content goes through a staging file.
const IN_ONE_GO: usize = 1024 * 1024;
/// The same in a bucket, where staging costs five requests more.
const IN_ONE_REQUEST: usize = 8 * 1024 * 1024;

/// What the sender promised and what the instance allows.
#[derive(Debug, Clone, Copy)]
pub struct ReceiveLimits {
    /// Largest accepted size in bytes.
    pub max_size: u64,
    /// Refuse content of another size.
    pub exact_size: Option<u64>,
    /// Refuse content of another hash.
    pub sha256: Option<[u8; 32]>,
}

/// Content on its way to where nobody looks for it, with the key that it is encrypted under.
enum Staging {
    File(local::Staged),
    Bucket(Upload),
}

struct Staged {
    staging: Staging,
    key: Option<FileKey>,
}

impl Staged {
    async fn put(&mut self, bytes: &[u8]) -> Result<(), ContentError> {
        match &mut self.staging {
            Staging::File(file) => file.put(bytes).await,
            Staging::Bucket(upload) => upload.put(bytes).await.map_err(not_taken),
        }
    }

    async fn hash(&mut self) -> Result<[u8; 32], ContentError> {
        match &mut self.staging {
            Staging::File(file) => file.hash().await,
            Staging::Bucket(upload) => upload.hash().await.map_err(not_taken),
        }
    }
}

impl ContentStore {
    async fn staged(&self, most: u64) -> Result<Staged, ContentError> {
        let random = |_| FileKey::random().map_err(|_| ContentError::Damaged);
        let key = self.keys.as_ref().map(random).transpose()?;
        let sealer = key.as_ref().map(Sealer::new).transpose()?;
        let staging = match &self.bucket {
            Some(bucket) => Staging::Bucket(Upload::create(bucket.clone(), sealer, most).await.map_err(not_taken)?),
            None => {
                let name = RequestId::new().to_string();
                Staging::File(local::Staged::create(self.folder.join("staging").join(name), sealer).await?)
            }
        };
        Ok(Staged { staging, key })
    }

    /// Gives what is staged its address.
    async fn place(&self, staged: Staged, blob: &BlobId) -> Result<(), ContentError> {
        let path = blob.path();
        let head = match (&self.keys, &staged.key) {
            (Some(keys), Some(key)) => Some(keys.wrap(path.as_ref(), key)?),
            _ => None,
        };
        match staged.staging {
            Staging::File(file) => file.finish(self.file(blob), self.folder.clone(), head).await,
            Staging::Bucket(upload) => upload.finish(&path, head).await.map_err(not_taken),
        }
    }

    /// Stores a blob in one go, if it is not there.
    async fn put_blob(&self, blob: &BlobId, plain: Bytes) -> Result<(), ContentError> {
        let path = blob.path();
        let stored = match &self.keys {
            Some(keys) => seal::seal_whole(keys, path.as_ref(), &plain)?.into(),
            None => plain,
        };
        let put = self.objects.put_opts(&path, stored.clone().into(), PutMode::Create.into()).await;
        let Some(bucket) = &self.bucket else {
            return match put {
                Ok(_) => Ok(()),
                // The same content is there already; whoever brought it may not be done with syncing it.
                Err(object_store::Error::AlreadyExists { .. }) => self.sync(blob).await,
                Err(error) => Err(error.into()),
            };
        };
        match put {
            Ok(_) => return Ok(()),
            // Servers say so as well when somebody else is putting it there at this moment, and may yet fail.
            Err(object_store::Error::AlreadyExists { .. })
                if bucket.has(&path).await.map_err(|error| not_taken(error.into()))? =>
            {
                return Ok(());
            }
            Err(error) => tracing::debug!(%error, "content is put once more"),
        }
        // The answer was lost, or there was none. To put the same content there twice harms nobody, so this one is tried again and again.
        self.objects.put(&path, stored.into()).await.map_err(|error| not_taken(error.into()))?;
        Ok(())
    }

    /// Stores a stream. When this returns, the blob is complete and synced to the disk, or the S3 server has taken it.
    ///
    /// # Errors
    /// [`ContentError::CutOff`] when the stream fails or ends early, [`ContentError::TooLarge`], [`ContentError::HashMismatch`],
    /// [`ContentError::Full`]; nothing is kept then.
    pub async fn receive<E>(
        &self,
        mut stream: impl Stream<Item = Result<Bytes, E>> + Unpin,
        limits: ReceiveLimits,
    ) -> Result<NewContent, ContentError> {
        let mut size: u64 = 0;
        let mut looked_at = limits.exact_size.unwrap_or(0).min(limits.max_size);
        self.require_room(looked_at)?;
        let mut head = BytesMut::new();
        let mut staged: Option<Staged> = None;
        let in_one_go = if self.bucket.is_some() { IN_ONE_REQUEST } else { IN_ONE_GO };
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|_| ContentError::CutOff)?;
            size += chunk.len() as u64;
            if size > limits.max_size {
                return Err(ContentError::TooLarge(limits.max_size));
            }
            if size > looked_at {
                looked_at = size + LOOK_EVERY;
                self.require_room(0)?;
            }
            match &mut staged {
                None if head.len() + chunk.len() <= in_one_go => head.extend_from_slice(&chunk),
                None => {
                    let new = staged.insert(self.staged(limits.exact_size.unwrap_or(limits.max_size)).await?);
                    new.put(&std::mem::take(&mut head)).await?;
                    new.put(&chunk).await?;
                }
                Some(staged) => staged.put(&chunk).await?,
            }
        }
        if limits.exact_size.is_some_and(|exact| exact != size) {
            return Err(ContentError::CutOff);
        }
        let sha256: [u8; 32] = match &mut staged {
            None => Sha256::digest(&head).into(),
            Some(staged) => staged.hash().await?,
        };
        if limits.sha256.is_some_and(|named| named != sha256) {
            return Err(ContentError::HashMismatch);
        }
        let blob = self.blob_id(&sha256);
        match staged {
            None => self.put_blob(&blob, head.freeze()).await?,
            Some(staged) => self.place(staged, &blob).await?,
        }
        Ok(NewContent { blob, size: i64::try_from(size).map_err(|_| ContentError::TooLarge(limits.max_size))?, sha256 })
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{StreamExt as _, TryStreamExt as _, stream};

    use super::*;

    const LIMITS: ReceiveLimits = ReceiveLimits { max_size: 8 * 1024 * 1024, exact_size: None, sha256: None };

    fn chunks(total: usize) -> impl Stream<Item = Result<Bytes, ()>> + Unpin {
        let chunk = 100_000;
        stream::iter((0..total.div_ceil(chunk)).map(move |i| Ok(Bytes::from(vec![b'x'; chunk.min(total - i * chunk)]))))
    }

    async fn files(folder: &std::path::Path) -> usize {
        let mut left = vec![folder.to_owned()];
        let mut found = 0;
        while let Some(folder) = left.pop() {
            let mut entries = tokio::fs::read_dir(folder).await.expect("readable");
            while let Some(entry) = entries.next_entry().await.expect("readable") {
                if entry.file_type().await.expect("typed").is_dir() { left.push(entry.path()) } else { found += 1 }
            }
        }
        found
    }

    #[tokio::test]
    async fn small_and_large_content_comes_back_and_is_stored_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = ContentStore::local(folder.path(), [7; 32]).await.expect("a store");
        for size in [0, 10, IN_ONE_GO, IN_ONE_GO + 1, 5_000_000] {
            let first = store.receive(chunks(size), LIMITS).await.expect("stored");
            let again = store.receive(chunks(size), LIMITS).await.expect("stored");
            assert_eq!(first.blob, again.blob);
            let back: Vec<Bytes> =
                store.read(first.blob, None).await.expect("there").try_collect().await.expect("read");
            assert_eq!(back.concat(), vec![b'x'; size]);
            assert_eq!(first.sha256, <[u8; 32]>::from(Sha256::digest(vec![b'x'; size])));
        }
        assert_eq!(files(folder.path()).await, 5);
        let range: Vec<Bytes> = store
            .read(store.receive(chunks(10), LIMITS).await.expect("stored").blob, Some(2..5))
            .await
            .expect("there")
            .try_collect()
            .await
            .expect("read");
        assert_eq!(range.concat(), b"xxx");
    }

    #[tokio::test]
    async fn content_that_is_cut_off_or_not_as_promised_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = ContentStore::local(folder.path(), [7; 32]).await.expect("a store");
        let cut = chunks(3_000_000).take(20).chain(stream::iter([Err(())]));
        assert!(matches!(store.receive(cut, LIMITS).await, Err(ContentError::CutOff)));
        let wrong_hash = ReceiveLimits { sha256: Some([1; 32]), ..LIMITS };
        assert!(matches!(store.receive(chunks(3_000_000), wrong_hash).await, Err(ContentError::HashMismatch)));
        let short = ReceiveLimits { exact_size: Some(11), ..LIMITS };
        assert!(matches!(store.receive(chunks(10), short).await, Err(ContentError::CutOff)));
        assert!(matches!(store.receive(chunks(9_000_000), LIMITS).await, Err(ContentError::TooLarge(_))));
        // What was staged is removed beside the answer.
        for _ in 0..200 {
            if files(folder.path()).await == 0 {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert_eq!(files(folder.path()).await, 0);
    }
}
