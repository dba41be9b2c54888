//! Pieces of content that is not complete yet: objects of their own under `uploads/`, so that any replica and any later process can go
//! on with them. Each is complete and synced when it is told of. Must not know to whom they belong.

use bytes::{Bytes, BytesMut};
use carrel_ids::UploadId;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream};
use object_store::{ObjectStore as _, ObjectStoreExt as _, WriteMultipart, path::Path as ObjectPath};
use uuid::Uuid;

use super::{ContentError, ContentStore};

/// A piece ends when it has this many bytes: no more than that is lost when a connection is.
pub const PART: u64 = 8 * 1024 * 1024;
/// Bytes that are gathered before they are written, and read at once.
const BLOCK: u64 = 1024 * 1024;

/// A piece that is on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The object's name, made at random: whoever lost the right to write overwrites nobody's piece.
    pub id: Uuid,
    /// Where it begins.
    pub start: u64,
    pub size: u64,
}

/// Why a piece ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PartEnd {
    /// It is as large as pieces get.
    Full,
    /// The sender has no more.
    Done,
    /// The sender broke off; what came until then is kept.
    Cut,
}

fn folder(upload: UploadId) -> String {
    format!("uploads/{upload}")
}

fn object(upload: UploadId, part: Uuid) -> ObjectPath {
    ObjectPath::from_iter(["uploads", &upload.to_string(), &part.to_string()])
}

impl ContentStore {
    /// Takes one piece from the stream; none when not a byte came.
    ///
    /// # Errors
    /// [`ContentError::Full`] and [`ContentError::Store`]; nothing is kept then.
    pub(crate) async fn put_part<E>(
        &self,
        upload: UploadId,
        start: u64,
        bytes: &mut (impl Stream<Item = Result<Bytes, E>> + Unpin),
    ) -> Result<(Option<Part>, PartEnd), ContentError> {
        self.require_room(0)?;
        if self.bucket.is_some() || self.keys.is_some() {
            return self.put_part_whole(upload, start, bytes).await;
        }
        let mut part = Part { id: Uuid::now_v7(), start, size: 0 };
        let path = object(upload, part.id);
        let mut head = BytesMut::new();
        let mut large: Option<WriteMultipart> = None;
        let end = loop {
            if part.size >= PART {
                break PartEnd::Full;
            }
            let chunk = match bytes.next().await {
                Some(Ok(chunk)) => chunk,
                Some(Err(_)) => break PartEnd::Cut,
                None => break PartEnd::Done,
            };
            part.size += chunk.len() as u64;
            match &mut large {
                None if part.size <= BLOCK => head.extend_from_slice(&chunk),
                None => {
                    let block = usize::try_from(BLOCK).unwrap_or(usize::MAX);
                    let mut writer =
                        WriteMultipart::new_with_chunk_size(self.objects.put_multipart(&path).await?, block);
                    writer.put(head.split().freeze());
                    writer.put(chunk);
                    large = Some(writer);
                }
                // A writer that is dropped takes its unfinished file with it.
                Some(writer) => {
                    writer.wait_for_capacity(2).await?;
                    writer.put(chunk);
                }
            }
        };
        if part.size == 0 {
            return Ok((None, end));
        }
        match large {
            None => drop(self.objects.put(&path, head.freeze().into()).await?),
            Some(writer) => drop(writer.finish().await?),
        }
        Ok((Some(part), end))
    }

    /// The same for a store that takes objects as a whole only: the piece is gathered in memory.
    async fn put_part_whole<E>(
        &self,
        upload: UploadId,
        start: u64,
        bytes: &mut (impl Stream<Item = Result<Bytes, E>> + Unpin),
    ) -> Result<(Option<Part>, PartEnd), ContentError> {
        let mut gathered = BytesMut::new();
        let end = loop {
            if gathered.len() as u64 >= PART {
                break PartEnd::Full;
            }
            match bytes.next().await {
                Some(Ok(chunk)) => gathered.extend_from_slice(&chunk),
                Some(Err(_)) => break PartEnd::Cut,
                None => break PartEnd::Done,
            }
        };
        if gathered.is_empty() {
            return Ok((None, end));
        }
        let part = Part { id: Uuid::now_v7(), start, size: gathered.len() as u64 };
        self.put_object(object(upload, part.id).as_ref(), gathered.freeze()).await?;
        Ok((Some(part), end))
    }

    /// The bytes of pieces, one after the other.
    pub(crate) fn read_parts(
        &self,
        parts: Vec<(UploadId, Part)>,
    ) -> impl Stream<Item = Result<Bytes, ContentError>> + Send + use<> {
        let store = self.clone();
        let pieces = stream::iter(parts).then(move |(upload, part)| {
            let store = store.clone();
            async move { store.stream(&object(upload, part.id), Some(0..part.size)).await }
        });
        pieces.try_flatten()
    }

    /// Removes a piece that counts for nothing, as far as that goes: the rest of its upload goes later.
    pub(crate) async fn drop_part(&self, upload: UploadId, part: &Part) {
        if let Err(error) = self.objects.delete(&object(upload, part.id)).await {
            tracing::warn!(%upload, %error, "a piece could not be removed; it goes with its upload");
        }
    }

    /// Removes all pieces of an upload, and what a crash left of others beside them.
    ///
    /// # Errors
    /// [`ContentError::Store`] when something is left.
    pub(crate) async fn drop_parts(&self, upload: UploadId) -> Result<(), ContentError> {
        if self.bucket.is_some() {
            let mut left = self.objects.list(Some(&ObjectPath::from(folder(upload))));
            while let Some(found) = left.try_next().await? {
                self.remove_object(found.location.as_ref()).await?;
            }
            return Ok(());
        }
        match tokio::fs::remove_dir_all(self.folder.join(folder(upload))).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(object_store::Error::Generic { store: "local", source: Box::new(error) }.into())
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunks(total: u64, cut: bool) -> impl Stream<Item = Result<Bytes, ()>> + Unpin {
        let size = 64 * 1024;
        let whole = stream::iter((0..total.div_ceil(size)).map(move |n| {
            Ok(Bytes::from(vec![u8::try_from(n % 251).unwrap(); usize::try_from(size.min(total - n * size)).unwrap()]))
        }));
        whole.chain(stream::iter(cut.then_some(Err(()))))
    }

    #[tokio::test]
    async fn what_came_before_a_cut_is_kept_in_pieces_of_bounded_size() {
        let folder = tempfile::tempdir().unwrap();
        let store = ContentStore::local(folder.path(), [7; 32]).await.unwrap();
        for total in [0, 1, BLOCK, BLOCK + 1, PART - 1, PART, PART + 1, 3 * PART + 17] {
            for cut in [false, true] {
                let (upload, mut bytes) = (UploadId::new(), chunks(total, cut));
                let (mut parts, mut at) = (Vec::new(), 0);
                let last = loop {
                    let (part, end) = store.put_part(upload, at, &mut bytes).await.unwrap();
                    if let Some(part) = part {
                        assert!(part.start == at && part.size < PART + 64 * 1024);
                        at += part.size;
                        parts.push((upload, part));
                    }
                    if end != PartEnd::Full {
                        break end;
                    }
                };
                assert_eq!((at, last), (total, if cut { PartEnd::Cut } else { PartEnd::Done }));
                let back: Vec<Bytes> = store.read_parts(parts).try_collect().await.unwrap();
                let sent: Vec<Bytes> = chunks(total, false).try_collect().await.unwrap();
                assert!(back.concat() == sent.concat());
                store.drop_parts(upload).await.unwrap();
                store.drop_parts(upload).await.unwrap();
            }
        }
        assert_eq!(std::fs::read_dir(folder.path().join("uploads")).unwrap().count(), 0);
    }
}
