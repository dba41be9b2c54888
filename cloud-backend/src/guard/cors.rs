//! Which other sites may read the API from a browser (T-24): those that the settings list, with a token and without cookies; by default none.

use actix_web::{
    HttpResponse,
    http::{
        Method,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
};

const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE";
const REQUEST_HEADERS: &str = "authorization, content-type, if-match, if-none-match, if-range, range, tus-resumable, upload-checksum, upload-concat, upload-defer-length, upload-length, upload-metadata, upload-offset, x-http-method-override";
const ANSWER_HEADERS: &str = "carrel-node-id, carrel-version-id, content-disposition, content-range, etag, location, ratelimit, ratelimit-policy, retry-after, tus-checksum-algorithm, tus-extension, tus-max-size, tus-resumable, tus-version, upload-concat, upload-defer-length, upload-expires, upload-length, upload-metadata, upload-offset, x-request-id";
/// How long a browser may remember the answer, in seconds.
const REMEMBER: &str = "600";

/// Scheme, host and port of another site, exactly as browsers write them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorsOrigin(String);

/// Why a text is none.
#[derive(Debug, thiserror::Error)]
#[error(
    "an origin is a scheme, a host and perhaps a port, as in https://app.example.org, without a path, a pattern or a slash at the end"
)]
pub struct InvalidOrigin;

impl std::str::FromStr for CorsOrigin {
    type Err = InvalidOrigin;
    fn from_str(text: &str) -> Result<Self, InvalidOrigin> {
        let address = url::Url::parse(text).map_err(|_| InvalidOrigin)?;
        // What a browser would write for it: `null`, `*`, capitals and default ports do not survive this.
        let written = address.origin().ascii_serialization();
        let fine = matches!(address.scheme(), "http" | "https") && written == text && !text.contains('*');
        if fine { Ok(Self(written)) } else { Err(InvalidOrigin) }
    }
}

/// The sites that may.
#[derive(Debug)]
pub(super) struct Readers(Vec<CorsOrigin>);

impl Readers {
    pub(super) fn new(origins: &[CorsOrigin]) -> Self {
        Self(origins.to_vec())
    }

    /// The listed site that this request comes from. Never with a cookie: who comes with one is at our own pages.
    fn asking<'a>(&'a self, path: &str, headers: &HeaderMap) -> Option<&'a CorsOrigin> {
        if self.0.is_empty() || !path.starts_with("/api/") || headers.contains_key(header::COOKIE) {
            return None;
        }
        let mut given = headers.get_all(header::ORIGIN);
        let (Some(origin), None) = (given.next(), given.next()) else { return None };
        self.0.iter().find(|known| known.0.as_bytes() == origin.as_bytes())
    }

    /// The answer to a browser that asks in advance.
    pub(super) fn preflight(&self, method: &Method, path: &str, headers: &HeaderMap) -> Option<HttpResponse> {
        if *method != Method::OPTIONS || !headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD) {
            return None;
        }
        let origin = self.asking(path, headers)?;
        Some(
            HttpResponse::NoContent()
                .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.0.as_str()))
                .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, METHODS))
                .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS))
                .insert_header((header::ACCESS_CONTROL_MAX_AGE, REMEMBER))
                .insert_header((header::VARY, "Origin"))
                .finish(),
        )
    }

    /// What the answer to this request says about it, decided before the request is passed on.
    pub(super) fn grants(&self, path: &str, headers: &HeaderMap) -> Vec<(HeaderName, HeaderValue)> {
        let Some(value) = self.asking(path, headers).and_then(|origin| HeaderValue::from_str(&origin.0).ok()) else {
            return Vec::new();
        };
        vec![
            (header::ACCESS_CONTROL_ALLOW_ORIGIN, value),
            (header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(ANSWER_HEADERS)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t_024_only_an_exact_origin_can_be_listed() {
        for fine in ["https://app.example.org", "http://localhost:5173", "https://[2001:db8::1]:8443"] {
            assert_eq!(fine.parse::<CorsOrigin>().unwrap().0, fine);
        }
        for bad in [
            "*",
            "null",
            "",
            "https://*.example.org",
            "https://app.example.org/",
            "https://app.example.org/path",
            "https://App.example.org",
            "https://app.example.org:443",
            "http://app.example.org:80",
            "file:///etc",
            "data:text/html,x",
            "https://user@app.example.org",
            "https://app.example.org?x",
            "app.example.org",
            "https://app.example.org, https://b.example.org",
        ] {
            assert!(bad.parse::<CorsOrigin>().is_err(), "{bad}");
        }
    }
}
