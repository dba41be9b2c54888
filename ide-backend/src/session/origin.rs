//! Refuses what another site's page makes a browser send: changes and socket upgrades must come from our own pages.

use actix_web::{
    Error,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{self, HeaderMap},
    },
    middleware::Next,
    web,
};
use carrel_web_guard::Origins;

use crate::{api_error::ApiError, app::State};

/// May a request with this method and these headers have been made by our own page?
fn allowed(origins: &Origins, method: &Method, headers: &HeaderMap) -> bool {
    // T-25: an upgrade needs the exact origin; a missing one is a stranger's.
    if headers.contains_key(header::UPGRADE) {
        return origins.holds(headers);
    }
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) || origins.sent_by_our_page(headers) == Some(true)
}

pub(crate) async fn guard(
    state: web::Data<State>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if allowed(&state.origins, request.method(), request.headers()) {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let message = format!(
        "This request did not come from a page of {}. If that is a name of this server, add it to the trusted origins.",
        state.origins.first().unwrap_or("this server")
    );
    let refusal = ApiError::new(StatusCode::FORBIDDEN, "origin_refused", message);
    Ok(request.error_response(refusal))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    const OURS: &str = "https://carrel.example";

    fn allowed(method: Method, headers: &[(&'static str, &'static str)]) -> bool {
        let mut request = TestRequest::default().method(method.clone());
        for (name, value) in headers {
            request = request.append_header((*name, *value));
        }
        super::allowed(&Origins::new([OURS.to_owned()]), &method, request.to_http_request().headers())
    }

    #[test]
    fn reading_needs_no_origin() {
        assert!(allowed(Method::GET, &[]));
        assert!(allowed(Method::GET, &[("origin", "https://evil.example")]));
    }

    #[test]
    fn changes_come_from_our_own_pages() {
        assert!(allowed(Method::POST, &[("origin", OURS)]));
        assert!(allowed(Method::POST, &[("sec-fetch-site", "same-origin")]));
        assert!(allowed(Method::PUT, &[("sec-fetch-site", "same-origin"), ("origin", OURS)]));
        for headers in [
            &[][..],
            &[("origin", "null")],
            &[("origin", "https://carrel.example.evil")],
            &[("origin", "https://evil.carrel.example")],
            &[("origin", "http://carrel.example")],
            &[("origin", "https://carrel.example:444")],
            &[("origin", OURS), ("origin", OURS)],
            &[("sec-fetch-site", "same-site"), ("origin", OURS)],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "none")],
            &[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")],
        ] {
            for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
                assert!(!allowed(method.clone(), headers), "{method} {headers:?}");
            }
        }
    }

    #[test]
    fn upgrades_need_the_exact_origin() {
        let upgrade = ("upgrade", "websocket");
        assert!(allowed(Method::GET, &[upgrade, ("origin", OURS)]));
        assert!(!allowed(Method::GET, &[upgrade]));
        assert!(!allowed(Method::GET, &[upgrade, ("sec-fetch-site", "same-origin")]));
        assert!(!allowed(Method::GET, &[upgrade, ("origin", "null")]));
        assert!(!allowed(Method::GET, &[upgrade, ("origin", "https://evil.example")]));
    }
}
