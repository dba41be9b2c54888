//! What sync clients say of the content that they send: its time, its checksum. What they want to hear of it is computed on the way in.

use std::{
    cell::RefCell,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use sha1::Digest as _;

use super::{Dav, DavError};
use crate::{api_error::ApiError, content::ContentError, store::Described, uploads::Checksum};

/// The last second that HTTP can write (RFC 9110, 5.6.7).
const LATEST: i64 = 253_402_300_799;

/// What a request says.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) mtime: Option<i64>,
    sha1: bool,
    checksums: Vec<Checksum>,
}

/// What was computed of a stream by its end.
#[derive(Debug, Default)]
struct Seen {
    sha1: Option<sha1::Sha1>,
    checksums: Vec<Checksum>,
    wrong: bool,
}

/// A look at what [`Said::check`] has computed.
#[derive(Debug)]
pub(crate) struct Look(Rc<RefCell<Seen>>);

impl Dav {
    /// # Errors
    /// 400 for what cannot be read.
    pub(crate) fn said(&self) -> Result<Said, DavError> {
        let mtime = self.header("x-oc-mtime")?.map(str::trim).filter(|text| !text.is_empty()).map(seconds).transpose()?;
        let checksums = self.header("oc-checksum")?.map(checksums).transpose()?.unwrap_or_default();
        Ok(Said { mtime: mtime.filter(|mtime| (0..=LATEST).contains(mtime)), sha1: self.path.synced, checksums })
    }
}

/// Whole seconds; some clients send a fraction as well.
pub(super) fn seconds(text: &str) -> Result<i64, DavError> {
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    whole.parse().map_err(|_| DavError::bad("X-OC-Mtime is a number of seconds"))
}

/// `SHA1:0a4d… MD5:…`. Kinds that are not known here say nothing.
fn checksums(text: &str) -> Result<Vec<Checksum>, DavError> {
    let wrong = || DavError::bad("OC-Checksum is the name of an algorithm, a colon and hex digits");
    let mut known = Vec::new();
    for one in text.split_ascii_whitespace() {
        let (kind, value) = one.split_once(':').ok_or_else(wrong)?;
        let kind = kind.to_ascii_lowercase();
        if !["sha1", "md5", "sha256"].contains(&kind.as_str()) {
            continue;
        }
        let value = hex::decode(value).map_err(|_| wrong())?;
        known.push(Checksum::new(&kind, &value).ok_or_else(wrong)?);
    }
    Ok(known)
}

impl Said {
    /// The same bytes, computed on; with an error behind them when they are not those that were announced.
    pub(crate) fn check<S>(&self, stream: S) -> (Checked<S>, Look) {
        let sha1 = self.sha1.then(sha1::Sha1::new);
        let seen = Rc::new(RefCell::new(Seen { sha1, checksums: self.checksums.clone(), wrong: false }));
        (Checked { stream, seen: seen.clone() }, Look(seen))
    }
}

impl Look {
    /// What is known of the content that came in; for content that did not, the reason.
    ///
    /// # Errors
    /// 400 when it had another checksum than was announced; `outcome`'s error.
    pub(crate) fn end<T>(self, said: &Said, outcome: Result<T, ContentError>) -> Result<(T, Described), DavError> {
        let seen = self.0.borrow();
        if seen.wrong {
            return Err(ApiError::BadRequest("the checksum is not that of the content that came".to_owned()).into());
        }
        let sha1 = seen.sha1.as_ref().map(|hash| hash.clone().finalize().into());
        Ok((outcome?, Described { mtime: said.mtime, sha1 }))
    }
}

/// The stream of [`Said::check`].
pub(crate) struct Checked<S> {
    stream: S,
    seen: Rc<RefCell<Seen>>,
}

/// The content broke off, or is another.
#[derive(Debug)]
pub(crate) struct Wrong;

impl<S: Stream<Item = Result<Bytes, E>> + Unpin, E> Stream for Checked<S> {
    type Item = Result<Bytes, Wrong>;
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = std::task::ready!(self.stream.poll_next_unpin(context));
        let mut seen = self.seen.borrow_mut();
        Poll::Ready(match next {
            Some(Ok(bytes)) => {
                if let Some(hash) = &mut seen.sha1 {
                    hash.update(&bytes);
                }
                seen.checksums.iter_mut().for_each(|checksum| checksum.update(&bytes));
                Some(Ok(bytes))
            }
            Some(Err(_)) => Some(Err(Wrong)),
            None if !seen.wrong && seen.checksums.iter().any(|checksum| !checksum.holds()) => {
                seen.wrong = true;
                Some(Err(Wrong))
            }
            None => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{TryStreamExt as _, stream};

    use super::*;

    async fn checked(header: &str) -> (bool, Option<String>) {
        let said = Said { mtime: None, sha1: true, checksums: checksums(header).unwrap() };
        let (stream, look) = said.check(stream::iter([Ok::<_, ()>(Bytes::from_static(b"123456789"))]));
        let outcome = stream.try_collect::<Vec<_>>().await.map_err(|_| ContentError::CutOff);
        match look.end(&said, outcome) {
            Ok((_, described)) => (true, described.sha1.map(hex::encode)),
            Err(_) => (false, None),
        }
    }

    #[tokio::test]
    async fn t_053_content_with_another_checksum_is_none() {
        let sha1 = "f7c3bc1d808e04732adf679965ccc34ca7ae3441";
        for right in ["", "SHA1:F7C3BC1D808E04732ADF679965CCC34CA7AE3441", "MD5:25f9e794323b453885f5181f1b624d0b ADLER32:1"] {
            assert_eq!(checked(right).await, (true, Some(sha1.to_owned())), "{right}");
        }
        assert!(!checked("SHA1:0000bc1d808e04732adf679965ccc34ca7ae3441").await.0);
        assert!(!checked(&format!("SHA1:{sha1} MD5:00f9e794323b453885f5181f1b624d0b")).await.0);
        for bad in ["SHA1", "SHA1:x", "MD5:00"] {
            assert!(checksums(bad).is_err(), "{bad}");
        }
        assert_eq!(seconds("1700000000.5").unwrap(), 1_700_000_000);
        assert!(seconds("yesterday").is_err());
    }
}
