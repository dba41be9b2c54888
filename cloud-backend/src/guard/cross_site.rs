//! Refuses requests that another site makes a browser send (security-facts 3.5): Fetch Metadata first, the Origin otherwise.

use actix_web::{
    Error, ResponseError as _,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, header},
    middleware::Next,
    web,
};

use crate::{api_error::ApiError, app::Cloud};

/// T-23: a state change with a cookie needs proof that our own page asked for it; no proof is no proof.
pub(crate) async fn layer(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let has_cookie = request.headers().contains_key(header::COOKIE);
    let has_authorization = request.headers().contains_key(header::AUTHORIZATION);
    if !safe && (has_cookie || !has_authorization) {
        let origin = request.app_data::<web::Data<Cloud>>().map(|cloud| cloud.config.public_origin.clone());
        let text = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap_or("").to_owned());
        let same = match (text("sec-fetch-site"), text("origin")) {
            (Some(site), None) => site == "same-origin",
            (Some(site), Some(from)) => site == "same-origin" && is_ours(&from, origin.as_deref(), &request),
            (None, Some(from)) => is_ours(&from, origin.as_deref(), &request),
            // Neither header: not a browser. Without a cookie there is nothing to misuse.
            (None, None) => !has_cookie,
        };
        if !same {
            return Ok(request.into_response(ApiError::CrossSite.error_response().map_into_right_body()));
        }
    }
    Ok(next.call(request).await?.map_into_left_body())
}

/// The configured origin, exactly; on loopback, where no origin is configured, the one that the request itself was sent to.
fn is_ours(origin: &str, configured: Option<&str>, request: &ServiceRequest) -> bool {
    match configured {
        Some(configured) if !configured.is_empty() => origin == configured,
        _ => request
            .headers()
            .get(header::HOST)
            .and_then(|host| host.to_str().ok())
            .is_some_and(|host| origin == format!("http://{host}")),
    }
}
