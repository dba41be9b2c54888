//! A request body that is hashed while it is read and fails at its end when the hash is not the signed one.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use actix_web::{dev::Payload, error::PayloadError, web::Bytes};
use futures_util::Stream;
use sha2::{Digest as _, Sha256};

pub(super) struct CheckedBody {
    inner: Payload,
    /// `None` once the end was reported.
    hasher: Option<Sha256>,
    expected: [u8; 32],
}

impl CheckedBody {
    pub(super) fn new(inner: Payload, expected: [u8; 32]) -> Self {
        Self { inner, hasher: Some(Sha256::new()), expected }
    }
}

impl Stream for CheckedBody {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.hasher.is_none() {
            return Poll::Ready(None);
        }
        match ready!(Pin::new(&mut self.inner).poll_next(cx)) {
            Some(Ok(bytes)) => {
                if let Some(hasher) = &mut self.hasher {
                    hasher.update(&bytes);
                }
                Poll::Ready(Some(Ok(bytes)))
            }
            Some(Err(error)) => {
                self.hasher = None;
                Poll::Ready(Some(Err(error)))
            }
            None => {
                let digest = self.hasher.take().map(|hasher| hasher.finalize());
                if digest.is_some_and(|digest| digest[..] == self.expected) {
                    Poll::Ready(None)
                } else {
                    let error = io::Error::new(io::ErrorKind::InvalidData, "the body is not the one that was signed");
                    Poll::Ready(Some(Err(PayloadError::Io(error))))
                }
            }
        }
    }
}
