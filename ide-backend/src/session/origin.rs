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

use crate::{api_error::ApiError, app::State};

/// The origins of our own pages, compared byte for byte. Without any the service is one for this machine alone: then a
/// page is ours when it was loaded from the very address that is asked, and that address is a loopback one.
#[derive(Debug)]
pub(crate) struct Origins(Vec<String>);

/// Names that no foreign name server can point at us (a name of its own can be pointed anywhere).
const LOOPBACK: &[&str] = &["127.0.0.1", "localhost", "[::1]"];

impl Origins {
    pub(crate) fn new(origins: impl IntoIterator<Item = String>) -> Self {
        Self(
            origins
                .into_iter()
                .map(|origin| origin.trim_end_matches('/').to_owned())
                .filter(|origin| !origin.is_empty())
                .collect(),
        )
    }

    fn holds(&self, headers: &HeaderMap) -> bool {
        let mut given = headers.get_all(header::ORIGIN);
        match (given.next(), given.next()) {
            (Some(origin), None) if self.0.is_empty() => {
                let asked = headers.get(header::HOST).and_then(|host| host.to_str().ok());
                asked.is_some_and(|host| is_loopback(host) && *origin == format!("http://{host}"))
            }
            (Some(origin), None) => self.0.iter().any(|known| known.as_bytes() == origin.as_bytes()),
            _ => false,
        }
    }

    /// May a request with this method and these headers have been made by our own page?
    fn allows(&self, method: &Method, headers: &HeaderMap) -> bool {
        // T-25: an upgrade needs the exact origin; a missing one is a stranger's.
        if headers.contains_key(header::UPGRADE) {
            return self.holds(headers);
        }
        if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
            return true;
        }
        let same_site = headers.get("sec-fetch-site").map(|value| value.as_bytes() == b"same-origin");
        match same_site {
            Some(false) => false,
            Some(true) => !headers.contains_key(header::ORIGIN) || self.holds(headers),
            None => self.holds(headers),
        }
    }
}

fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    LOOPBACK.contains(&name)
}

pub(crate) async fn guard(
    state: web::Data<State>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if state.origins.allows(request.method(), request.headers()) {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let message = format!(
        "This request did not come from a page of {}. If that is a name of this server, add it to the trusted origins.",
        state.origins.0.first().map_or("this server", String::as_str)
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
        allowed_by(&format!("{OURS}/"), method, headers)
    }
    fn allowed_by(origin: &str, method: Method, headers: &[(&'static str, &'static str)]) -> bool {
        let mut request = TestRequest::default().method(method.clone());
        for (name, value) in headers {
            request = request.append_header((*name, *value));
        }
        Origins::new([origin.to_owned()]).allows(&method, request.to_http_request().headers())
    }

    #[test]
    fn a_service_for_this_machine_takes_its_own_loopback_address_and_no_other() {
        let upgrade = |host, origin| {
            let headers = [("upgrade", "websocket"), ("host", host), ("origin", origin)];
            allowed_by("", Method::GET, &headers)
        };
        assert!(upgrade("127.0.0.1:8080", "http://127.0.0.1:8080"));
        assert!(upgrade("localhost:8080", "http://localhost:8080"));
        assert!(upgrade("[::1]:8080", "http://[::1]:8080"));
        assert!(!upgrade("127.0.0.1:8080", "http://127.0.0.1:8081"));
        assert!(!upgrade("127.0.0.1:8080", "http://localhost:8080"));
        assert!(!upgrade("evil.example:8080", "http://evil.example:8080"));
        assert!(!upgrade("127.0.0.1.evil.example", "http://127.0.0.1.evil.example"));
        assert!(!upgrade("127.0.0.1:8080", "null"));
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
