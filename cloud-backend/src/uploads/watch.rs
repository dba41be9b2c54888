//! Checksums of content that passes by: those that the sender named are held against it, and others are computed for those who ask for them later.

use std::{
    cell::RefCell,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use sha1::Digest as _;

use super::Checksum;
use crate::store::Sums;

/// What is to be computed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Watch {
    /// What sync clients will ask for.
    pub(crate) sums: bool,
    pub(crate) checksums: Vec<Checksum>,
}

#[derive(Debug, Default)]
struct Seen {
    sums: Option<(sha1::Sha1, md5::Md5)>,
    checksums: Vec<Checksum>,
    wrong: bool,
    broken: bool,
}

/// What came of it, once the stream is at its end.
#[derive(Debug)]
pub(crate) struct Look(Rc<RefCell<Seen>>);

/// The stream, with an error behind its bytes when they are not those that were announced.
pub(crate) struct Watched<S> {
    stream: S,
    seen: Rc<RefCell<Seen>>,
}

/// The content broke off, or is another.
#[derive(Debug)]
pub(crate) struct Wrong;

impl Watch {
    pub(crate) fn over<S>(&self, stream: S) -> (Watched<S>, Look) {
        let sums = self.sums.then(|| (sha1::Sha1::new(), md5::Md5::new()));
        let seen = Rc::new(RefCell::new(Seen { sums, checksums: self.checksums.clone(), wrong: false, broken: false }));
        (Watched { stream, seen: seen.clone() }, Look(seen))
    }
}

impl Look {
    /// It had another checksum than was announced.
    pub(crate) fn is_wrong(&self) -> bool {
        self.0.borrow().wrong
    }
    /// It ended before its end.
    pub(crate) fn is_broken(&self) -> bool {
        self.0.borrow().broken
    }
    pub(crate) fn sums(&self) -> Option<Sums> {
        let seen = self.0.borrow();
        let (sha1, md5) = seen.sums.as_ref()?;
        Some(Sums { sha1: sha1.clone().finalize().into(), md5: md5.clone().finalize().into() })
    }
}

impl<S: Stream<Item = Result<Bytes, E>> + Unpin, E> Stream for Watched<S> {
    type Item = Result<Bytes, Wrong>;
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = std::task::ready!(self.stream.poll_next_unpin(context));
        let mut seen = self.seen.borrow_mut();
        Poll::Ready(match next {
            Some(Ok(bytes)) => {
                if let Some((sha1, md5)) = &mut seen.sums {
                    sha1.update(&bytes);
                    md5.update(&bytes);
                }
                seen.checksums.iter_mut().for_each(|checksum| checksum.update(&bytes));
                Some(Ok(bytes))
            }
            Some(Err(_)) => {
                seen.broken = true;
                Some(Err(Wrong))
            }
            None if !seen.wrong && seen.checksums.iter().any(|checksum| !checksum.holds()) => {
                seen.wrong = true;
                Some(Err(Wrong))
            }
            None => None,
        })
    }
}
