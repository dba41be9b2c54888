//! Did our own page send this request (security-facts 3.5)? Fetch Metadata first, the `Origin` otherwise; both are set by the browser
//! and out of reach of scripts.

use actix_web::http::header::{HOST, HeaderMap, HeaderValue, ORIGIN};

/// The origins of our own pages, compared byte for byte. Without any the instance has no address of its own yet: then a page is ours
/// when it was loaded from the very address that is asked, and that address is none that a foreign name server can point at us.
#[derive(Debug, Clone, Default)]
pub struct Origins(Vec<String>);

impl Origins {
    /// Empty texts and slashes at the end fall away.
    pub fn new(origins: impl IntoIterator<Item = String>) -> Self {
        let trimmed = origins.into_iter().map(|origin| origin.trim_end_matches('/').to_owned());
        Self(trimmed.filter(|origin| !origin.is_empty()).collect())
    }

    /// The one to tell people about.
    #[must_use]
    pub fn first(&self) -> Option<&str> {
        self.0.first().map(String::as_str)
    }

    /// Says exactly one `Origin`, and it is ours? A missing one, `null` and two of them are none.
    #[must_use]
    pub fn holds(&self, headers: &HeaderMap) -> bool {
        let Once::One(origin) = once(headers, ORIGIN.as_str()) else { return false };
        if !self.0.is_empty() {
            return self.0.iter().any(|known| known.as_bytes() == origin.as_bytes());
        }
        let Once::One(host) = once(headers, HOST.as_str()) else { return false };
        host.to_str().is_ok_and(|host| cannot_be_rebound(host) && *origin == format!("http://{host}"))
    }

    /// What the browser says about the sender: our page or not. `None` when it says nothing, or is no browser.
    #[must_use]
    pub fn sent_by_our_page(&self, headers: &HeaderMap) -> Option<bool> {
        match (once(headers, "sec-fetch-site"), once(headers, ORIGIN.as_str())) {
            (Once::None, Once::None) => None,
            (Once::None, Once::One(_)) => Some(self.holds(headers)),
            (Once::One(site), Once::None) => Some(site == "same-origin"),
            (Once::One(site), Once::One(_)) => Some(site == "same-origin" && self.holds(headers)),
            (Once::Many, _) | (_, Once::Many) => Some(false),
        }
    }
}

/// A header that a browser sends at most once.
enum Once<'a> {
    None,
    One(&'a HeaderValue),
    Many,
}

fn once<'a>(headers: &'a HeaderMap, name: &str) -> Once<'a> {
    let mut values = headers.get_all(name);
    match (values.next(), values.next()) {
        (None, _) => Once::None,
        (Some(value), None) => Once::One(value),
        (Some(_), Some(_)) => Once::Many,
    }
}

/// An address in digits, or this machine: a name could be pointed at us by whoever owns it, and its page would be as good as ours.
fn cannot_be_rebound(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let in_brackets = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    name == "localhost"
        || in_brackets.map_or_else(
            || name.parse::<std::net::Ipv4Addr>().is_ok(),
            |address| address.parse::<std::net::Ipv6Addr>().is_ok(),
        )
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    const OURS: &str = "https://carrel.example";

    fn said(origin: &str, headers: &[(&'static str, &'static str)]) -> Option<bool> {
        let mut request = TestRequest::default();
        for (name, value) in headers {
            request = request.append_header((*name, *value));
        }
        Origins::new([origin.to_owned()]).sent_by_our_page(request.to_http_request().headers())
    }

    #[test]
    fn t_023_our_own_page_is_known_by_what_only_the_browser_can_say() {
        let ours = ("origin", OURS);
        assert_eq!(said("https://carrel.example/", &[]), None);
        for headers in [&[ours][..], &[("sec-fetch-site", "same-origin")], &[("sec-fetch-site", "same-origin"), ours]] {
            assert_eq!(said("https://carrel.example/", headers), Some(true), "{headers:?}");
        }
        for headers in [
            &[("origin", "null")][..],
            &[("origin", "")],
            &[("origin", "https://carrel.example/")],
            &[("origin", "HTTPS://carrel.example")],
            &[("origin", "https://carrel.example.evil")],
            &[("origin", "https://evil.carrel.example")],
            &[("origin", "http://carrel.example")],
            &[("origin", "https://carrel.example:444")],
            &[ours, ours],
            &[("sec-fetch-site", "same-site"), ours],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "none")],
            &[("sec-fetch-site", "none"), ours],
            &[("sec-fetch-site", "Same-Origin")],
            &[("sec-fetch-site", "")],
            &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "same-origin")],
            &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site"), ours],
            &[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")],
            &[("sec-fetch-site", "same-origin"), ("origin", "null")],
        ] {
            assert_eq!(said(OURS, headers), Some(false), "{headers:?}");
        }
    }

    #[test]
    fn t_023_without_a_configured_origin_only_addresses_that_nobody_can_rebind_count() {
        let loaded_from = |host, origin| said("", &[("host", host), ("origin", origin)]);
        for host in ["127.0.0.1:8080", "localhost:8080", "[::1]:8080", "192.168.1.5:8080", "localhost"] {
            let origin: &'static str = Box::leak(format!("http://{host}").into_boxed_str());
            assert_eq!(loaded_from(host, origin), Some(true), "{host}");
        }
        for (host, origin) in [
            ("127.0.0.1:8080", "http://127.0.0.1:8081"),
            ("127.0.0.1:8080", "http://localhost:8080"),
            ("127.0.0.1:8080", "https://127.0.0.1:8080"),
            ("evil.example:8080", "http://evil.example:8080"),
            ("127.0.0.1.evil.example", "http://127.0.0.1.evil.example"),
            ("localhost.evil.example:80", "http://localhost.evil.example:80"),
            ("127.0.0.1:8080", "null"),
            ("127.0.0.1:", "http://127.0.0.1:"),
            ("::1", "http://::1"),
        ] {
            assert_eq!(loaded_from(host, origin), Some(false), "{host} {origin}");
        }
    }
}
