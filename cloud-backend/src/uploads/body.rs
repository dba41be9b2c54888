//! The bytes of one request on their way in: counted, hashed where the sender wants it, and not waited for endlessly.

use std::{cell::RefCell, pin::Pin, rc::Rc, time::Duration};

use actix_web::web;
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use sha2::Digest as _;

/// How long the next bytes are waited for. What came until then is kept.
const SILENCE: Duration = Duration::from_secs(30);

/// A checksum of one request's bytes, as the sender named it.
#[derive(Debug, Clone)]
pub(crate) enum Checksum {
    Crc32(crc32fast::Hasher, [u8; 4]),
    Md5(md5::Md5, [u8; 16]),
    Sha1(sha1::Sha1, [u8; 20]),
    Sha256(sha2::Sha256, [u8; 32]),
}

impl Checksum {
    /// In the order in which servers are to prefer them.
    pub(crate) const ALGORITHMS: &'static str = "sha256,sha1,md5,crc32";

    /// None for an algorithm that is not known here, or a value of another length.
    pub(crate) fn new(algorithm: &str, value: &[u8]) -> Option<Self> {
        Some(match algorithm {
            "crc32" => Self::Crc32(crc32fast::Hasher::new(), value.try_into().ok()?),
            "md5" => Self::Md5(md5::Md5::new(), value.try_into().ok()?),
            "sha1" => Self::Sha1(sha1::Sha1::new(), value.try_into().ok()?),
            "sha256" => Self::Sha256(sha2::Sha256::new(), value.try_into().ok()?),
            _ => return None,
        })
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Crc32(hash, _) => hash.update(bytes),
            Self::Md5(hash, _) => hash.update(bytes),
            Self::Sha1(hash, _) => hash.update(bytes),
            Self::Sha256(hash, _) => hash.update(bytes),
        }
    }

    pub(crate) fn holds(&self) -> bool {
        match self {
            Self::Crc32(hash, named) => hash.clone().finalize().to_be_bytes() == *named,
            Self::Md5(hash, named) => *hash.clone().finalize() == *named,
            Self::Sha1(hash, named) => *hash.clone().finalize() == *named,
            Self::Sha256(hash, named) => *hash.clone().finalize() == *named,
        }
    }
}

/// Why the bytes ended before their end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Broken {
    /// The connection broke, or nothing came for long.
    Cut,
    /// More came than there is room for.
    TooMany,
    /// They do not have the checksum that was named.
    Checksum,
}

#[derive(Debug)]
struct Seen {
    left: u64,
    checksum: Option<Checksum>,
    broken: Option<Broken>,
}

type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, Broken>>>>;

/// The bytes, as a stream that ends with an error when they are not as they should be: also for a wrong checksum.
pub(crate) struct Body {
    chunks: Chunks,
    /// How many bytes the sender said would come.
    pub(super) promised: Option<u64>,
    seen: Rc<RefCell<Seen>>,
}

impl Body {
    /// At most `left` bytes of the request, which said that it brings `promised`.
    pub(crate) fn new(payload: web::Payload, promised: Option<u64>, left: u64, checksum: Option<Checksum>) -> Self {
        let silent = async |mut payload: web::Payload| match tokio::time::timeout(SILENCE, payload.next()).await {
            Ok(Some(Ok(bytes))) => Some((Ok(bytes), payload)),
            Ok(None) => None,
            Ok(Some(Err(_))) | Err(_) => Some((Err(Broken::Cut), payload)),
        };
        Self { promised, ..Self::over(Box::pin(stream::unfold(payload, silent)), left, checksum) }
    }

    /// No bytes at all.
    pub(crate) fn empty() -> Self {
        Self { promised: Some(0), ..Self::over(Box::pin(stream::empty()), 0, None) }
    }

    fn over(chunks: Chunks, left: u64, checksum: Option<Checksum>) -> Self {
        Self { chunks, promised: None, seen: Rc::new(RefCell::new(Seen { left, checksum, broken: None })) }
    }

    /// The sender wants to know whether the bytes came in right: none counts before all are there.
    pub(super) fn has_checksum(&self) -> bool {
        self.seen.borrow().checksum.is_some()
    }

    /// More came than there was room for.
    pub(crate) fn too_many(&self) -> bool {
        self.broken() == Some(Broken::TooMany)
    }

    pub(super) fn broken(&self) -> Option<Broken> {
        self.seen.borrow().broken
    }
}

impl Stream for Body {
    type Item = Result<Bytes, Broken>;
    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        use std::task::Poll;
        if let Some(broken) = self.broken() {
            return Poll::Ready(Some(Err(broken)));
        }
        let next = std::task::ready!(self.chunks.poll_next_unpin(context));
        let mut seen = self.seen.borrow_mut();
        let broken = match next {
            Some(Ok(bytes)) if bytes.len() as u64 <= seen.left => {
                seen.left -= bytes.len() as u64;
                if let Some(checksum) = &mut seen.checksum {
                    checksum.update(&bytes);
                }
                return Poll::Ready(Some(Ok(bytes)));
            }
            Some(Ok(_)) => Broken::TooMany,
            Some(Err(broken)) => broken,
            None if seen.checksum.as_ref().is_some_and(|checksum| !checksum.holds()) => Broken::Checksum,
            None => return Poll::Ready(None),
        };
        seen.broken = Some(broken);
        Poll::Ready(Some(Err(broken)))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::TryStreamExt as _;

    use super::*;

    async fn taken(left: u64, checksum: Option<Checksum>) -> Result<Vec<Bytes>, Broken> {
        let chunks = stream::iter(["123", "456", "789"]).map(|text| Ok(Bytes::from_static(text.as_bytes())));
        Body::over(Box::pin(chunks), left, checksum).try_collect().await
    }

    #[tokio::test]
    async fn t_053_bytes_that_are_too_many_or_others_are_noticed() {
        assert_eq!(taken(9, None).await.unwrap().concat(), b"123456789");
        assert_eq!(taken(8, None).await, Err(Broken::TooMany));
        for (name, right) in [
            ("crc32", "cbf43926"),
            ("md5", "25f9e794323b453885f5181f1b624d0b"),
            ("sha1", "f7c3bc1d808e04732adf679965ccc34ca7ae3441"),
            ("sha256", "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"),
        ] {
            let mut value = hex::decode(right).unwrap();
            assert!(taken(9, Checksum::new(name, &value)).await.is_ok(), "{name}");
            value[0] ^= 1;
            assert_eq!(taken(9, Checksum::new(name, &value)).await, Err(Broken::Checksum), "{name}");
            assert!(Checksum::new(name, &value[1..]).is_none());
        }
        assert!(Checksum::new("sha512", &[0; 64]).is_none());
    }
}
