//! Large content on its way into a bucket: sent in parts to a staging object while it is hashed, and copied to its address when that is
//! known. Beside the staging object lies a note with the name of the multipart upload, because a server shows unfinished ones to nobody:
//! what a crash leaves behind is found by its note and taken away a day later.

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::{
    MultipartId, ObjectMeta, ObjectStore as _, ObjectStoreExt as _, PutPayload,
    multipart::{MultipartStore as _, PartId},
    path::Path as ObjectPath,
};
use sha2::{Digest as _, Sha256};
use tokio::task::{JoinHandle, spawn_blocking};

use super::{Bucket, COPIED_AT_ONCE};
use crate::content::{
    ContentError,
    read::Bytestream,
    seal::{Head, Sealer},
};

/// Bytes of a part, if content is not so large that more parts were needed than a server takes.
const PART: u64 = 8 * 1024 * 1024;
const MOST_PARTS: u64 = 9_000;
/// Parts that are on their way at once.
const AT_ONCE: usize = 2;
/// Staged objects that one look removes at most.
const CLEARED_AT_ONCE: usize = 10_000;
const NOTE: &str = ".upload";
const NOTE_EVERY: Duration = Duration::from_secs(60 * 60);

/// Hash and seal, which need the bytes in their order.
struct Digesting {
    hash: Sha256,
    sealer: Option<Sealer>,
}

impl Digesting {
    fn take(&mut self, plain: Vec<u8>) -> Result<Vec<u8>, ContentError> {
        self.hash.update(&plain);
        let Some(sealer) = &mut self.sealer else { return Ok(plain) };
        let mut sealed = Vec::with_capacity(plain.len() + plain.len() / 1024);
        sealer.push(&plain, &mut sealed)?;
        Ok(sealed)
    }
}

/// Content that arrives. Dropped before the end it leaves nothing but what the keeper finds.
pub(in crate::content) struct Upload {
    parts: Parts,
    digesting: Option<Digesting>,
    plain: Vec<u8>,
    /// Sealed content: its first part waits for the head, which needs the address.
    first: Option<Vec<u8>>,
    sealing: bool,
    size: u64,
}

impl Upload {
    /// For content of at most `most` bytes.
    pub(in crate::content) async fn create(
        bucket: Arc<Bucket>,
        sealer: Option<Sealer>,
        most: u64,
    ) -> Result<Self, ContentError> {
        let path = ObjectPath::from_iter(["staging", &carrel_ids::RequestId::new().to_string()]);
        let part = PART.max((most / MOST_PARTS).next_multiple_of(1024 * 1024));
        let parts = Parts::begin(bucket, path, usize::try_from(part).unwrap_or(usize::MAX)).await?;
        let sealing = sealer.is_some();
        let digesting = Some(Digesting { hash: Sha256::new(), sealer });
        Ok(Self { parts, digesting, plain: Vec::new(), first: None, sealing, size: 0 })
    }

    pub(in crate::content) async fn put(&mut self, bytes: &[u8]) -> Result<(), ContentError> {
        self.size += bytes.len() as u64;
        self.plain.extend_from_slice(bytes);
        if self.plain.len() < self.parts.size { Ok(()) } else { self.hand_over().await }
    }

    async fn digested(&mut self) -> Result<Vec<u8>, ContentError> {
        let lost = || ContentError::Unavailable("a part before this one was not sent".into());
        let mut digesting = self.digesting.take().ok_or_else(lost)?;
        let plain = std::mem::take(&mut self.plain);
        let (digesting, stored) = spawn_blocking(move || {
            let stored = digesting.take(plain);
            (digesting, stored)
        })
        .await
        .map_err(|error| ContentError::Unavailable(error.into()))?;
        self.digesting = Some(digesting);
        stored
    }

    async fn hand_over(&mut self) -> Result<(), ContentError> {
        let stored = self.digested().await?;
        self.send(stored).await
    }

    async fn send(&mut self, stored: Vec<u8>) -> Result<(), ContentError> {
        if self.sealing && self.first.is_none() {
            self.first = Some(stored);
            return Ok(());
        }
        self.parts.next = self.parts.next.max(usize::from(self.sealing));
        self.parts.add(stored.into()).await
    }

    /// Everything is sent but what waits for the head; the SHA-256 of the content.
    pub(in crate::content) async fn hash(&mut self) -> Result<[u8; 32], ContentError> {
        let mut stored = self.digested().await?;
        let lost = || ContentError::Unavailable("a part before this one was not sent".into());
        let digesting = self.digesting.as_mut().ok_or_else(lost)?;
        if let Some(sealer) = &mut digesting.sealer {
            sealer.finish(&mut stored)?;
        }
        let hash = digesting.hash.clone().finalize().into();
        if !stored.is_empty() {
            self.send(stored).await?;
        }
        Ok(hash)
    }

    /// Gives the content its address. What has it already has the same content.
    pub(in crate::content) async fn finish(
        mut self,
        address: &ObjectPath,
        head: Option<Head>,
    ) -> Result<(), ContentError> {
        if let Some(head) = head {
            let first = [head.as_slice(), &self.first.take().unwrap_or_default()].concat();
            self.parts.send(0, first.into()).await?;
        }
        let bucket = self.parts.bucket.clone();
        let staged = self.parts.complete().await?;
        let placed = place(&bucket, &staged, address).await;
        remove(&bucket, staged);
        placed
    }
}

/// The address gets what is staged, if it has nothing.
async fn place(bucket: &Arc<Bucket>, staged: &ObjectPath, address: &ObjectPath) -> Result<(), ContentError> {
    if bucket.has(address).await? {
        return Ok(());
    }
    let size = bucket.objects.head(staged).await?.size;
    if size <= COPIED_AT_ONCE {
        return Ok(bucket.objects.copy(staged, address).await?);
    }
    let part = usize::try_from(PART.max((size / MOST_PARTS).next_multiple_of(1024 * 1024))).unwrap_or(usize::MAX);
    let mut parts = Parts::begin(bucket.clone(), address.clone(), part).await?;
    let mut from = 0;
    while from < size {
        let to = size.min(from + part as u64);
        parts.add(bucket.objects.get_range(staged, from..to).await?).await?;
        from = to;
    }
    parts.complete().await.map(drop)
}

/// Nobody waits for it: what stays is removed by the keeper.
fn remove(bucket: &Arc<Bucket>, path: ObjectPath) {
    let objects = bucket.objects.clone();
    tokio::spawn(async move {
        if let Err(error) = objects.delete(&path).await {
            tracing::warn!(%path, %error, "a staged object could not be removed; it goes in a day");
        }
    });
}

/// A multipart upload that has begun; dropped, it is broken off.
struct Parts {
    bucket: Arc<Bucket>,
    path: ObjectPath,
    note: ObjectPath,
    id: Option<MultipartId>,
    size: usize,
    next: usize,
    under_way: VecDeque<(usize, JoinHandle<object_store::Result<PartId>>)>,
    sent: Vec<(usize, PartId)>,
    /// When the note was written last: an upload that goes on for longer than a day is none that was left.
    noted: Instant,
}

impl Parts {
    async fn begin(bucket: Arc<Bucket>, path: ObjectPath, size: usize) -> Result<Self, ContentError> {
        let name = format!("{}{NOTE}", carrel_ids::RequestId::new());
        let note = ObjectPath::from_iter(["staging", &name]);
        let id = bucket.s3.create_multipart(&bucket.full(&path)).await?;
        let (under_way, sent, noted) = (VecDeque::new(), Vec::new(), Instant::now());
        let mut parts = Self { bucket, path, note, id: Some(id), size, next: 0, under_way, sent, noted };
        parts.write_note().await?;
        Ok(parts)
    }

    async fn write_note(&mut self) -> Result<(), ContentError> {
        if let Some(id) = &self.id {
            self.bucket.objects.put(&self.note, format!("{}\n{id}", self.path).into()).await?;
            self.noted = Instant::now();
        }
        Ok(())
    }

    /// Sends the next part.
    async fn add(&mut self, bytes: Bytes) -> Result<(), ContentError> {
        if self.noted.elapsed() > NOTE_EVERY {
            self.write_note().await?;
        }
        let number = self.next;
        self.next += 1;
        self.send(number, bytes).await
    }

    async fn send(&mut self, number: usize, bytes: Bytes) -> Result<(), ContentError> {
        let Some(id) = self.id.clone() else { return Ok(()) };
        while self.under_way.len() >= AT_ONCE {
            self.settle().await?;
        }
        let (bucket, path) = (self.bucket.clone(), self.bucket.full(&self.path));
        let sending =
            tokio::spawn(async move { bucket.s3.put_part(&path, &id, number, PutPayload::from(bytes)).await });
        self.under_way.push_back((number, sending));
        Ok(())
    }

    async fn settle(&mut self) -> Result<(), ContentError> {
        if let Some((number, sending)) = self.under_way.pop_front() {
            let part = sending.await.map_err(|error| ContentError::Unavailable(error.into()))??;
            self.sent.push((number, part));
        }
        Ok(())
    }

    /// The object is there as a whole; its name.
    async fn complete(mut self) -> Result<ObjectPath, ContentError> {
        while !self.under_way.is_empty() {
            self.settle().await?;
        }
        let mut sent = std::mem::take(&mut self.sent);
        sent.sort_by_key(|(number, _)| *number);
        if let Some(id) = &self.id {
            let parts = sent.into_iter().map(|(_, part)| part).collect();
            self.bucket.s3.complete_multipart(&self.bucket.full(&self.path), id, parts).await?;
        }
        self.id = None;
        remove(&self.bucket, self.note.clone());
        Ok(self.path.clone())
    }
}

impl Drop for Parts {
    fn drop(&mut self) {
        let Some(id) = self.id.take() else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (bucket, path, note) = (self.bucket.clone(), self.path.clone(), self.note.clone());
        let under_way = std::mem::take(&mut self.under_way);
        runtime.spawn(async move {
            // A part that arrives behind the end of its upload would stay for ever.
            for (_, sending) in under_way {
                sending.await.ok();
            }
            match abort(&bucket, &path, &id).await {
                Ok(()) => remove(&bucket, note),
                Err(error) => tracing::warn!(%path, %error, "an upload could not be broken off; it goes in a day"),
            }
        });
    }
}

async fn abort(bucket: &Bucket, path: &ObjectPath, id: &MultipartId) -> object_store::Result<()> {
    match bucket.s3.abort_multipart(&bucket.full(path), id).await {
        Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Removes what lies staged since before `before`, and breaks off the uploads that notes of that age name.
pub(in crate::content) async fn clear_staging(
    bucket: &Bucket,
    before: time::OffsetDateTime,
) -> object_store::Result<()> {
    let listed = bucket.objects.list(Some(&ObjectPath::from("staging")));
    let old = |meta: &ObjectMeta| meta.last_modified.timestamp() < before.unix_timestamp();
    let old: Vec<_> =
        listed.try_filter(|meta| std::future::ready(old(meta))).take(CLEARED_AT_ONCE).try_collect().await?;
    for meta in old {
        if meta.location.as_ref().ends_with(NOTE) {
            let text = bucket.objects.get(&meta.location).await?.bytes().await?;
            let text = String::from_utf8_lossy(&text);
            let aborted = match text.split_once('\n') {
                Some((path, id)) => abort(bucket, &ObjectPath::from(path), &id.to_owned()).await,
                None => Ok(()),
            };
            match aborted {
                // This is what some servers say of an upload that is over.
                Ok(()) | Err(object_store::Error::PermissionDenied { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        match bucket.objects.delete(&meta.location).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Writes an object of `size` bytes anew, with another head before the same segments. Readers see the old one or the new one.
pub(in crate::content) async fn rewrite(
    bucket: Arc<Bucket>,
    path: &ObjectPath,
    size: u64,
    head: Head,
    mut segments: Bytestream,
) -> Result<(), ContentError> {
    let mut gathered = head.to_vec();
    if size <= PART {
        while let Some(bytes) = segments.try_next().await? {
            gathered.extend_from_slice(&bytes);
        }
        bucket.objects.put(path, gathered.into()).await?;
        return Ok(());
    }
    let part = usize::try_from(PART.max((size / MOST_PARTS).next_multiple_of(1024 * 1024))).unwrap_or(usize::MAX);
    let mut parts = Parts::begin(bucket, path.clone(), part).await?;
    while let Some(bytes) = segments.try_next().await? {
        gathered.extend_from_slice(&bytes);
        if gathered.len() >= part {
            parts.add(std::mem::take(&mut gathered).into()).await?;
        }
    }
    if !gathered.is_empty() {
        parts.add(gathered.into()).await?;
    }
    parts.complete().await.map(drop)
}
