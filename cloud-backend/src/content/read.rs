//! Objects on their way out: as they are, or opened segment by segment, from the disk or from a bucket.

use std::ops::Range;

use bytes::{Bytes, BytesMut};
use futures_util::{
    StreamExt as _, TryStreamExt as _,
    stream::{self, BoxStream},
};
use object_store::{GetOptions, ObjectStore as _, path::Path as ObjectPath};
use tokio::task::spawn_blocking;

use super::{
    ContentError, ContentStore, local,
    seal::{HEAD, Head, Opener, SEALED_SEGMENT, SEGMENT},
};

/// Segments that are opened in one go.
const AT_ONCE: usize = 8;

pub(super) type Bytestream = BoxStream<'static, Result<Bytes, ContentError>>;

/// What the head of an encrypted object says.
struct Opened {
    opener: Opener,
    /// Bytes in the store.
    size: u64,
    /// Which of its writings it is, where the store knows it: nothing of another one fits this head.
    etag: Option<String>,
}

impl ContentStore {
    /// The bytes of an object, or of a range of them.
    ///
    /// # Errors
    /// [`ContentError::Missing`], [`ContentError::Damaged`], [`ContentError::Unavailable`], [`ContentError::Store`].
    pub(super) async fn stream(
        &self,
        path: &ObjectPath,
        range: Option<Range<u64>>,
    ) -> Result<Bytestream, ContentError> {
        if self.keys.is_none() {
            return self.raw(path, range, None).await;
        }
        match self.opened(path, range.clone()).await {
            // It was written anew between the look at its head and at its segments.
            Err(ContentError::Store(object_store::Error::Precondition { .. })) => self.opened(path, range).await,
            other => other,
        }
    }

    /// The bytes as they are in the store.
    pub(super) async fn raw(
        &self,
        path: &ObjectPath,
        range: Option<Range<u64>>,
        if_match: Option<String>,
    ) -> Result<Bytestream, ContentError> {
        if self.bucket.is_none() {
            return local::read(self.folder.join(path.as_ref()), range).await;
        }
        let wanted = range.as_ref().map(|range| range.end.saturating_sub(range.start));
        if wanted == Some(0) {
            return Ok(stream::empty().boxed());
        }
        let options = GetOptions { range: range.map(Into::into), if_match, ..GetOptions::default() };
        let found = self.objects.get_opts(path, options).await?;
        // An object never shrinks: a range that is not all there is a loss, and not the end.
        if wanted.is_some_and(|wanted| found.range.end.saturating_sub(found.range.start) < wanted) {
            return Err(ContentError::Damaged);
        }
        Ok(found.into_stream().map_err(ContentError::from).boxed())
    }

    async fn opened(&self, path: &ObjectPath, range: Option<Range<u64>>) -> Result<Bytestream, ContentError> {
        let Opened { opener, size, etag } = self.head(path).await?;
        let whole = super::seal::plain_size(size).ok_or(ContentError::Damaged)?;
        let range = range.unwrap_or(0..whole);
        if range.start > range.end || range.end > whole {
            return Err(ContentError::Damaged);
        }
        // Of content without a byte the empty segment is opened, too: it shows that nothing was cut off.
        let first = range.start / SEGMENT;
        let end = range.end.div_ceil(SEGMENT).max(first + u64::from(whole == 0));
        let from = HEAD as u64 + first * SEALED_SEGMENT;
        let to = size.min(HEAD as u64 + end * SEALED_SEGMENT);
        let raw = self.raw(path, Some(from..to.max(from)), etag).await?;
        let opening = Opening {
            raw,
            opener,
            next: first,
            gathered: BytesMut::new(),
            skip: usize::try_from(range.start % SEGMENT).unwrap_or(0),
            left: range.end - range.start,
            ended: false,
        };
        // What does not open at its beginning is an error, and not an answer that breaks off.
        let Some((first, rest)) = opening.step().await? else { return Ok(stream::empty().boxed()) };
        let first = stream::iter((!first.is_empty()).then_some(Ok(first)));
        Ok(first.chain(stream::try_unfold(rest, Opening::step)).boxed())
    }

    async fn head(&self, path: &ObjectPath) -> Result<Opened, ContentError> {
        let keys = self.keys.as_ref().ok_or(ContentError::Damaged)?;
        let (head, size, etag) = self.raw_head(path).await?;
        let (key, _) = keys.unwrap(path.as_ref(), &head)?;
        Ok(Opened { opener: Opener::new(&key, size)?, size, etag })
    }

    /// The head of an encrypted object, how many bytes the object has in the store, and which of its writings it is.
    pub(super) async fn raw_head(&self, path: &ObjectPath) -> Result<(Head, u64, Option<String>), ContentError> {
        let options = GetOptions { range: Some((0..HEAD as u64).into()), ..GetOptions::default() };
        let found = match self.objects.get_opts(path, options).await {
            Ok(found) => found,
            Err(object_store::Error::NotFound { .. }) => return Err(ContentError::Missing),
            Err(error) => return Err(error.into()),
        };
        let (size, etag) = (found.meta.size, self.bucket.as_ref().and(found.meta.e_tag.clone()));
        let head = found.bytes().await?;
        Ok((head.as_ref().try_into().map_err(|_| ContentError::Damaged)?, size, etag))
    }
}

/// Segments that are being opened.
struct Opening {
    raw: Bytestream,
    opener: Opener,
    /// Number of the next segment.
    next: u64,
    gathered: BytesMut,
    /// Plain bytes before the wanted ones.
    skip: usize,
    /// Plain bytes that are wanted still.
    left: u64,
    ended: bool,
}

impl Opening {
    async fn step(mut self) -> Result<Option<(Bytes, Self)>, ContentError> {
        let enough = AT_ONCE * SEALED_SEGMENT as usize;
        while !self.ended && self.gathered.len() < enough {
            match self.raw.next().await {
                Some(bytes) => self.gathered.extend_from_slice(&bytes?),
                None => self.ended = true,
            }
        }
        if self.gathered.is_empty() {
            return if self.left == 0 { Ok(None) } else { Err(ContentError::Damaged) };
        }
        let sealed = self.gathered.split_to(enough.min(self.gathered.len())).freeze();
        let (opener, first) = (self.opener.clone(), self.next);
        let opened = spawn_blocking(move || {
            let mut plain = Vec::with_capacity(sealed.len());
            opener.open(first, &sealed, &mut plain).map(|()| Bytes::from(plain))
        });
        let plain = opened.await.map_err(|_| ContentError::Damaged)??;
        self.next += AT_ONCE as u64;
        let wanted = usize::try_from(self.left).unwrap_or(usize::MAX);
        let end = plain.len().min(self.skip.saturating_add(wanted));
        let wanted = plain.slice(self.skip.min(end)..end);
        self.skip = 0;
        self.left -= wanted.len() as u64;
        Ok(Some((wanted, self)))
    }
}
