//! The way of the S3 client to the network: the guarded client's endpoint.

use std::time::Duration;

use async_trait::async_trait;
use carrel_outgoing::{Endpoint, OutgoingError};
use http_body_util::BodyExt as _;
use object_store::{
    ClientOptions,
    client::{
        HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody, HttpService,
    },
};

/// How much longer the server may take where it moves the bytes itself: to copy an object, or to put parts together.
const SERVER_AT_WORK: u32 = 10;

/// Makes clients that ask one server.
#[derive(Debug, Clone)]
pub(super) struct Guarded {
    pub(super) endpoint: Endpoint,
    /// Until an answer begins.
    pub(super) patience: Duration,
}

impl HttpConnector for Guarded {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

#[async_trait]
impl HttpService for Guarded {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (parts, body) = request.into_parts();
        let url = parts.uri.to_string().parse().map_err(|error| HttpError::new(HttpErrorKind::Unknown, error))?;
        let at_work = parts.method == http::Method::POST || parts.headers.contains_key("x-amz-copy-source");
        let patience = if at_work { self.patience * SERVER_AT_WORK } else { self.patience };
        let mut request = reqwest::Request::new(parts.method, url);
        *request.headers_mut() = parts.headers;
        *request.body_mut() = Some(reqwest::Body::wrap(body));
        let answer =
            self.endpoint.send(request, patience).await.map_err(|error| HttpError::new(kind(&error), error))?;
        let (parts, body) = http::Response::<reqwest::Body>::from(answer).into_parts();
        let body = body.map_err(|error| HttpError::new(cut_off(&error), error.without_url()));
        Ok(HttpResponse::from_parts(parts, HttpResponseBody::new(body)))
    }
}

fn kind(error: &OutgoingError) -> HttpErrorKind {
    match error {
        OutgoingError::TimedOut => HttpErrorKind::Timeout,
        OutgoingError::Unreachable(error) if error.is_connect() => HttpErrorKind::Connect,
        OutgoingError::Unreachable(_) => HttpErrorKind::Interrupted,
        _ => HttpErrorKind::Unknown,
    }
}

fn cut_off(error: &reqwest::Error) -> HttpErrorKind {
    if error.is_timeout() { HttpErrorKind::Timeout } else { HttpErrorKind::Interrupted }
}
