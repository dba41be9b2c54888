//! Gives each request its identifier, a log span and the headers that every answer carries.

use std::{cell::RefCell, time::Instant};

use actix_web::{
    Error, HttpMessage as _,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    error::InternalError,
    http::{
        ConnectionType,
        header::{HeaderMap, HeaderName, HeaderValue, TRANSFER_ENCODING},
    },
    middleware::Next,
};
use carrel_ids::RequestId;
use tracing::Instrument as _;

tokio::task_local! {
    static CURRENT: RefCell<Option<RequestId>>;
}

/// The identifier of the request that this task works on.
pub(crate) fn current() -> String {
    CURRENT.try_with(|id| id.borrow().map(|id| id.to_string())).ok().flatten().unwrap_or_default()
}

/// Outermost layer. The log line holds the route's pattern, never the path: paths can hold secrets.
pub(crate) async fn layer(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let id = RequestId::new();
    request.extensions_mut().insert(id);
    let method = request.method().clone();
    let chunked = request.headers().contains_key(TRANSFER_ENCODING);
    let started = Instant::now();
    let span = tracing::info_span!("request", %id, %method);
    let work = async move {
        let mut response = match next.call(request).await {
            Ok(response) => response,
            // A layer further in refused: its answer gets the same headers as any other.
            Err(error) => {
                let mut response = error.error_response();
                tracing::info!(status = response.status().as_u16(), "refused");
                complete(response.headers_mut(), id);
                return Err(InternalError::from_response(error, response).into());
            }
        };
        let pattern = response.request().match_pattern().unwrap_or_else(|| "-".to_owned());
        let status = response.status().as_u16();
        tracing::info!(%pattern, status, ms = started.elapsed().as_millis(), "answered");
        complete(response.headers_mut(), id);
        if chunked && !response.status().is_success() {
            // The rest of a body of unknown length, refused before its end, would keep the connection's next request waiting.
            response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
        }
        Ok::<_, Error>(response)
    };
    CURRENT.scope(RefCell::new(Some(id)), work.instrument(span)).await
}

fn complete(headers: &mut HeaderMap, id: RequestId) {
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
    for (name, value) in HEADERS {
        if !headers.contains_key(*name) {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
    }
}

/// Headers on every answer (OWASP ASVS 5.0: 3.2.1, 3.4.3 to 3.4.6, 3.4.8).
const HEADERS: &[(&str, &str)] = &[
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; \
         connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("cache-control", "no-store"),
];
