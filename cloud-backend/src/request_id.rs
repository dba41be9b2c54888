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
    web,
};
use carrel_ids::RequestId;
use carrel_web_guard::headers;
use tracing::Instrument as _;

use crate::app::Cloud;

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
    let https = request.app_data::<web::Data<Cloud>>().is_some_and(|cloud| cloud.config.is_https());
    let started = Instant::now();
    let span = tracing::info_span!("request", %id, %method);
    let work = async move {
        let mut response = match next.call(request).await {
            Ok(response) => response,
            // A layer further in refused: its answer gets the same headers as any other.
            Err(error) => {
                let mut response = error.error_response();
                tracing::info!(status = response.status().as_u16(), "refused");
                complete(response.headers_mut(), id, https);
                return Err(InternalError::from_response(error, response).into());
            }
        };
        let pattern = response.request().match_pattern().unwrap_or_else(|| "-".to_owned());
        let status = response.status().as_u16();
        tracing::info!(%pattern, status, ms = started.elapsed().as_millis(), "answered");
        complete(response.headers_mut(), id, https);
        if chunked && !response.status().is_success() {
            // The rest of a body of unknown length, refused before its end, would keep the connection's next request waiting.
            response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
        }
        Ok::<_, Error>(response)
    };
    CURRENT.scope(RefCell::new(Some(id)), work.instrument(span)).await
}

fn complete(headers_of_answer: &mut HeaderMap, id: RequestId, https: bool) {
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        headers_of_answer.insert(HeaderName::from_static("x-request-id"), value);
    }
    headers::complete(headers_of_answer, https);
}
