//! The receiving end for actix-web: [`SignedService`] wraps a scope, checks every request before its handler runs and
//! makes the body fail at its end when it is not the signed one. Handlers take [`Caller`] and the signed extractors,
//! which refuse to work where the scope is not wrapped.

mod extract;
mod payload;

use std::{fmt, future::Ready, rc::Rc, sync::Arc};

use actix_web::{
    Error, HttpMessage as _, HttpResponse,
    dev::{Payload, Service as ActixService, ServiceRequest, ServiceResponse, Transform},
    error::InternalError,
    http::{Method, StatusCode, header},
};
use futures_util::future::{Either, ready};

pub use extract::{Caller, HashedPayload, SignedBytes, SignedJson};

use crate::{
    request::{BODY_HASH_HEADER, Received, SignatureError, Verified, Verifier, body_sha256},
    unix_ms,
};
use payload::CheckedBody;

type Clock = fn() -> i64;
type Refuse = fn(SignatureError) -> HttpResponse;

/// Middleware that lets only signed requests through.
#[derive(Clone)]
pub struct SignedService {
    verifier: Arc<Verifier>,
    clock: Clock,
    refuse: Refuse,
}

impl SignedService {
    #[must_use]
    pub fn new(verifier: Arc<Verifier>) -> Self {
        Self { verifier, clock: unix_ms, refuse: default_refusal }
    }

    /// Answers refused requests with a body of the service's own form.
    #[must_use]
    pub fn refuse_with(mut self, refuse: fn(SignatureError) -> HttpResponse) -> Self {
        self.refuse = refuse;
        self
    }

    /// Takes the time, in milliseconds since 1970, from elsewhere than the machine's clock.
    #[must_use]
    pub fn with_clock(mut self, clock: fn() -> i64) -> Self {
        self.clock = clock;
        self
    }

    fn check(&self, request: &ServiceRequest) -> Result<Verified, SignatureError> {
        let verified = self.check_headers(request)?;
        // A socket's frames come where a body would be and are not under the hash. Method and hash are signed, so nobody
        // can spare a request with a body the check by adding an `Upgrade` header on the way.
        let bodiless = request.method() == Method::GET && verified.body_sha256 == body_sha256(b"");
        if wants_socket(request) && !bodiless {
            return Err(SignatureError::Malformed);
        }
        Ok(verified)
    }

    fn check_headers(&self, request: &ServiceRequest) -> Result<Verified, SignatureError> {
        let authority = match single(request, header::HOST.as_str())? {
            "" => request.uri().authority().map(|authority| authority.as_str()).unwrap_or_default(),
            host => host,
        };
        self.verifier.verify(
            &Received {
                method: request.method().as_str(),
                authority,
                path: request.uri().path(),
                query: request.uri().query().unwrap_or(""),
                content_type: single(request, header::CONTENT_TYPE.as_str())?,
                authorization: single(request, header::AUTHORIZATION.as_str())?,
                content_sha256: single(request, BODY_HASH_HEADER)?,
            },
            (self.clock)(),
        )
    }
}

impl fmt::Debug for SignedService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedService").finish_non_exhaustive()
    }
}

/// The header's one value, or nothing; two values are refused because the sides might read different ones.
fn single<'a>(request: &'a ServiceRequest, name: &str) -> Result<&'a str, SignatureError> {
    let mut values = request.headers().get_all(name);
    match (values.next(), values.next()) {
        (None, _) => Ok(""),
        (Some(value), None) => value.to_str().map_err(|_| SignatureError::Malformed),
        _ => Err(SignatureError::Malformed),
    }
}

fn default_refusal(error: SignatureError) -> HttpResponse {
    let code = match error {
        SignatureError::Replayed => "signature_replayed",
        SignatureError::Expired => "signature_expired",
        _ => "signature_invalid",
    };
    HttpResponse::build(StatusCode::UNAUTHORIZED).json(serde_json::json!({
        "error": { "code": code, "message": error.to_string() }
    }))
}

impl<S, B> Transform<S, ServiceRequest> for SignedService
where
    S: ActixService<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
{
    type Response = ServiceResponse<B>;
    type Error = Error;
    type InitError = ();
    type Transform = SignedMiddleware<S>;
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        std::future::ready(Ok(SignedMiddleware { service: Rc::new(service), policy: self.clone() }))
    }
}

/// [`SignedService`] around one service.
#[derive(Debug)]
pub struct SignedMiddleware<S> {
    service: Rc<S>,
    policy: SignedService,
}

impl<S, B> ActixService<ServiceRequest> for SignedMiddleware<S>
where
    S: ActixService<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
{
    type Response = ServiceResponse<B>;
    type Error = Error;
    type Future = Either<S::Future, futures_util::future::Ready<Result<Self::Response, Error>>>;

    actix_web::dev::forward_ready!(service);

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        let verified = match self.policy.check(&request) {
            Ok(verified) => verified,
            Err(error) => {
                let answer = (self.policy.refuse)(error);
                return Either::Right(ready(Err(InternalError::from_response(error, answer).into())));
            }
        };
        request.extensions_mut().insert(Caller::from(verified));
        if !wants_socket(&request) {
            let body = CheckedBody::new(request.take_payload(), verified.body_sha256);
            request.set_payload(Payload::Stream { payload: Box::pin(body) });
        }
        Either::Left(self.service.call(request))
    }
}

fn wants_socket(request: &ServiceRequest) -> bool {
    request.headers().contains_key(header::UPGRADE)
}
