//! Refuses requests that another site makes a browser send (security-facts 3.5): Fetch Metadata first, the Origin otherwise.

use actix_web::http::{
    Method,
    header::{self, HeaderMap},
};
use carrel_web_guard::Origins;

use crate::{api_error::ApiError, routes::Caller};

/// Trees that answer differently to somebody.
const ANSWERS: [&str; 4] = ["/api/", "/dav/", "/remote.php/", "/ocs/"];

/// May this request be passed on? `caller` is what its route expects; paths without a route expect our own pages.
pub(super) fn check(
    origins: &Origins,
    caller: Caller,
    method: &Method,
    path: &str,
    headers: &HeaderMap,
) -> Result<(), ApiError> {
    match *method {
        Method::GET | Method::HEAD if ANSWERS.iter().any(|tree| path.starts_with(tree)) => {
            read(caller, method, headers)
        }
        Method::GET | Method::HEAD | Method::OPTIONS => Ok(()),
        _ => change(origins, caller, headers),
    }
}

/// T-23: a state change with what a browser attaches by itself needs proof that our own page asked for it; no proof is no proof.
fn change(origins: &Origins, caller: Caller, headers: &HeaderMap) -> Result<(), ApiError> {
    // Such a route looks at no cookie: the layer takes them away.
    if caller == Caller::Anybody {
        return Ok(());
    }
    let cookie = headers.contains_key(header::COOKIE);
    // No page of another site can make a browser send a Bearer token that it does not hold itself.
    if !cookie && bearer(headers) {
        return Ok(());
    }
    match origins.sent_by_our_page(headers) {
        Some(true) => {}
        // Neither header: not a browser. Without a cookie there is nothing to misuse.
        None if !cookie => {}
        Some(false) | None => return Err(ApiError::CrossSite),
    }
    if cookie && caller != Caller::Form && is_form(headers) {
        return Err(ApiError::BadRequest(
            "send JSON as application/json, or bytes as application/octet-stream".to_owned(),
        ));
    }
    Ok(())
}

/// ASVS 3.5.8: what the API answers to somebody is for our own pages, not for frames, pictures and scripts of others.
fn read(caller: Caller, method: &Method, headers: &HeaderMap) -> Result<(), ApiError> {
    let attached =
        headers.contains_key(header::COOKIE) || (headers.contains_key(header::AUTHORIZATION) && !bearer(headers));
    if !attached {
        return Ok(());
    }
    let mut sites = headers.get_all("sec-fetch-site");
    let elsewhere = sites.any(|site| site != "same-origin" && site != "none");
    let said = |name: &str, value: &str| headers.get(name).is_some_and(|given| given == value);
    // Where a browser is sent by another site, as at the end of a sign-in there: as the page of a window, never inside another page.
    let arrives = caller == Caller::Arrival
        && *method == Method::GET
        && said("sec-fetch-mode", "navigate")
        && said("sec-fetch-dest", "document");
    if elsewhere && !arrives { Err(ApiError::CrossSite) } else { Ok(()) }
}

fn bearer(headers: &HeaderMap) -> bool {
    let scheme = headers.get(header::AUTHORIZATION).and_then(|value| value.as_bytes().get(..7));
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"bearer "))
}

/// The types that a form of any page can send without asking in advance.
fn is_form(headers: &HeaderMap) -> bool {
    const FORMS: [&str; 3] = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];
    headers.get_all(header::CONTENT_TYPE).any(|value| {
        let Ok(text) = value.to_str() else { return true };
        text.split([';', ',']).any(|part| FORMS.contains(&part.trim().to_ascii_lowercase().as_str()))
    })
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn checked(caller: Caller, method: Method, path: &str, headers: &[(&'static str, &'static str)]) -> bool {
        let mut request = TestRequest::default().method(method.clone());
        for (name, value) in headers {
            request = request.append_header((*name, *value));
        }
        let origins = Origins::new(["https://carrel.example".to_owned()]);
        check(&origins, caller, &method, path, request.to_http_request().headers()).is_ok()
    }

    #[test]
    fn t_023_a_route_for_anybody_takes_a_form_of_another_server() {
        let form = [("content-type", "application/x-www-form-urlencoded"), ("origin", "https://provider.example")];
        assert!(checked(Caller::Anybody, Method::POST, "/api/v1/x", &form));
        assert!(!checked(Caller::Page, Method::POST, "/api/v1/x", &form));
        assert!(!checked(Caller::Arrival, Method::POST, "/api/v1/x", &form));
    }

    #[test]
    fn t_023_a_form_of_our_own_page_passes_where_the_table_says_and_no_other_does() {
        let form = |site: &'static str| {
            [
                ("cookie", "__Host-carrel_s=x"),
                ("content-type", "multipart/form-data; boundary=x"),
                ("sec-fetch-site", site),
            ]
        };
        assert!(checked(Caller::Form, Method::POST, "/api/v1/x", &form("same-origin")));
        assert!(!checked(Caller::Page, Method::POST, "/api/v1/x", &form("same-origin")));
        for site in ["cross-site", "same-site", "none"] {
            assert!(!checked(Caller::Form, Method::POST, "/api/v1/x", &form(site)), "{site}");
        }
    }

    #[test]
    fn t_023_a_browser_arrives_from_another_site_only_as_a_window_and_only_where_the_table_says() {
        let cookie = ("cookie", "__Host-carrel_p=x");
        let window =
            [cookie, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
        let frame =
            [cookie, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")];
        let script =
            [cookie, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "script")];
        assert!(checked(Caller::Arrival, Method::GET, "/api/v1/x", &window));
        assert!(!checked(Caller::Arrival, Method::HEAD, "/api/v1/x", &window));
        for headers in [window, frame, script] {
            assert!(!checked(Caller::Page, Method::GET, "/api/v1/x", &headers));
            assert!(checked(Caller::Page, Method::GET, "/files", &headers), "pages are open to links");
        }
        assert!(!checked(Caller::Arrival, Method::GET, "/api/v1/x", &frame));
        assert!(!checked(Caller::Arrival, Method::GET, "/api/v1/x", &script));
    }

    #[test]
    fn t_023_a_password_that_a_browser_attaches_by_itself_is_like_a_cookie() {
        let basic = ("authorization", "Basic eDp5");
        assert!(checked(Caller::Page, Method::POST, "/api/v1/x", &[basic]), "a program");
        assert!(!checked(Caller::Page, Method::POST, "/api/v1/x", &[basic, ("origin", "https://evil.example")]));
        assert!(!checked(Caller::Page, Method::GET, "/api/v1/x", &[basic, ("sec-fetch-site", "cross-site")]));
        let token = ("authorization", "bearer x");
        assert!(checked(Caller::Page, Method::POST, "/api/v1/x", &[token, ("origin", "https://other.example")]));
    }
}
