//! What handlers behind [`super::SignedService`] take.

use std::{
    future::{Ready, ready},
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{
    Error, FromRequest, HttpMessage as _, HttpRequest,
    dev::Payload,
    error::{ErrorBadRequest, ErrorInternalServerError, ErrorPayloadTooLarge, PayloadError},
    web::{Bytes, BytesMut},
};
use futures_util::{Stream, StreamExt as _, future::LocalBoxFuture};
use serde::de::DeserializeOwned;

use crate::{Service, request::Verified};

/// Bytes of a body that the extractors take unless the handler names another limit.
const DEFAULT_LIMIT: usize = 1024 * 1024;

/// Who signed the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    pub service: Service,
    /// The SHA-256 that the body must have, known before it is read.
    pub body_sha256: [u8; 32],
}

impl From<Verified> for Caller {
    fn from(verified: Verified) -> Self {
        Self { service: verified.caller, body_sha256: verified.body_sha256 }
    }
}

fn caller(request: &HttpRequest) -> Result<Caller, Error> {
    request
        .extensions()
        .get::<Caller>()
        .copied()
        .ok_or_else(|| ErrorInternalServerError("the route is not behind a signature check"))
}

impl FromRequest for Caller {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(caller(request))
    }
}

/// The body as a stream. What it yields may be kept only when the stream ends without an error: the last item is an error
/// when the whole was not what the caller signed.
pub struct HashedPayload(Payload);

impl std::fmt::Debug for HashedPayload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HashedPayload")
    }
}

impl FromRequest for HashedPayload {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(caller(request).map(|_| Self(payload.take())))
    }
}

impl Stream for HashedPayload {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut self.0).poll_next(cx)
    }
}

/// The whole body, at most `LIMIT` bytes, exactly as signed.
#[derive(Debug)]
pub struct SignedBytes<const LIMIT: usize = DEFAULT_LIMIT>(pub Bytes);

impl<const LIMIT: usize> FromRequest for SignedBytes<LIMIT> {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let caller = caller(request);
        let mut payload = payload.take();
        Box::pin(async move {
            caller?;
            let mut body = BytesMut::new();
            while let Some(chunk) = payload.next().await {
                let chunk = chunk.map_err(ErrorBadRequest)?;
                if body.len() + chunk.len() > LIMIT {
                    return Err(ErrorPayloadTooLarge("the body is too large"));
                }
                body.extend_from_slice(&chunk);
            }
            Ok(Self(body.freeze()))
        })
    }
}

/// The body parsed as JSON, after it was checked as a whole.
#[derive(Debug)]
pub struct SignedJson<T, const LIMIT: usize = DEFAULT_LIMIT>(pub T);

impl<T: DeserializeOwned + 'static, const LIMIT: usize> FromRequest for SignedJson<T, LIMIT> {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = SignedBytes::<LIMIT>::from_request(request, payload);
        Box::pin(async move {
            let SignedBytes(body) = body.await?;
            serde_json::from_slice(&body).map(Self).map_err(ErrorBadRequest)
        })
    }
}
