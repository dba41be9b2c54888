//! Gives each request an identifier and each error, whoever raised it, the shared envelope that repeats it.

use actix_web::{
    Error, HttpMessage, ResponseError,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue},
    },
    middleware::Next,
    web,
};
use carrel_ids::RequestId;
use carrel_web_guard::headers;

use crate::{api_error::ApiError, app::State};

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

pub(crate) async fn envelope(
    state: web::Data<State>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let known = request.extensions().get::<RequestId>().copied();
    let id = known.unwrap_or_else(RequestId::new);
    request.extensions_mut().insert(id);
    let method = request.method().clone();
    let answer = next.call(request).await?;
    if let Some(error) = answer.response().error() {
        let error = as_api_error(error);
        if error.status.is_server_error() {
            tracing::error!(request_id = %id, %method, code = error.code, "a request failed: {error}");
        }
        let (request, _) = answer.into_parts();
        let mut answer = ServiceResponse::new(request, error.response(id));
        headers::complete(answer.headers_mut(), state.secure_cookies);
        return Ok(answer);
    }
    let mut answer = answer.map_into_boxed_body();
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        answer.headers_mut().insert(HEADER, value);
    }
    // T-28: also where this service answers on a listener of its own.
    headers::complete(answer.headers_mut(), state.secure_cookies);
    Ok(answer)
}

/// Errors of extractors and of the framework itself, in our words.
fn as_api_error(error: &Error) -> ApiError {
    if let Some(error) = error.as_error::<ApiError>() {
        return error.clone();
    }
    let status = ResponseError::status_code(error.as_response_error());
    match status {
        StatusCode::NOT_FOUND => ApiError::not_found(),
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::new(status, "body_too_large", "The request's body is too large."),
        status if status.is_client_error() => ApiError::new(status, "request_invalid", "The request is not valid."),
        _ => {
            tracing::error!("the framework raised an error: {error}");
            ApiError::internal()
        }
    }
}
