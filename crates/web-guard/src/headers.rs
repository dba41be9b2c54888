//! The headers that stand on every answer (OWASP ASVS 5.0: 3.2.1, 3.4.1, 3.4.3 to 3.4.6, 3.4.8, 3.5.8). A handler that says something
//! else about caching or about its own page keeps its word.

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

/// For everything that is no page: should a browser show it all the same, it runs nothing, loads nothing and is framed nowhere.
pub const NO_PAGE: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

const ALWAYS: &[(&str, &str)] = &[
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    // T-28: for browsers that do not know frame-ancestors.
    ("x-frame-options", "DENY"),
    (
        "permissions-policy",
        "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), \
         microphone=(), midi=(), payment=(), publickey-credentials-create=(self), publickey-credentials-get=(self), serial=(), \
         usb=(), xr-spatial-tracking=()",
    ),
    ("content-security-policy", NO_PAGE),
    ("cache-control", "no-store"),
];

/// One year, as preload lists want it. Only by https: a browser ignores it otherwise, and a machine of one's own has no certificate.
const STRICT_TRANSPORT: (&str, &str) = ("strict-transport-security", "max-age=31536000; includeSubDomains");

/// Adds what is missing.
pub fn complete(headers: &mut HeaderMap, https: bool) {
    for (name, value) in ALWAYS.iter().chain(https.then_some(&STRICT_TRANSPORT)) {
        if !headers.contains_key(*name) {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t_028_what_a_handler_says_stays_and_the_rest_is_added() {
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static("cache-control"), HeaderValue::from_static("no-cache"));
        complete(&mut headers, false);
        assert_eq!(headers.get("cache-control").unwrap(), "no-cache");
        assert_eq!(headers.len(), ALWAYS.len());
        complete(&mut headers, true);
        assert_eq!(headers.len(), ALWAYS.len() + 1);
    }
}
