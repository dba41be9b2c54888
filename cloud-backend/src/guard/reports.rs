//! What browsers refused to load or run on our pages (ASVS 3.4.7): a line in the service's own log, short and clean. Anybody can send such
//! a report and write into it what they like, so it is never shown, stored or trusted.

use actix_web::{HttpResponse, web};
use serde_json::Value;

use crate::api_error::ApiError;

/// Larger reports are not read.
const MAX_REPORT: usize = 16 * 1024;
/// Reports of one request that are looked at.
const MAX_TOGETHER: usize = 5;
/// Longest text that is taken from one.
const MAX_TEXT: usize = 120;

/// Takes note of what a browser refused.
#[utoipa::path(post, path = "/api/v1/csp-reports", tag = "system", request_body = Vec<u8>, responses((status = 204)))]
pub(crate) async fn take_report(body: web::Payload) -> Result<HttpResponse, ApiError> {
    let bytes = body.to_bytes_limited(MAX_REPORT).await;
    if let Ok(Ok(bytes)) = bytes {
        for report in read(&bytes) {
            tracing::warn!(
                directive = report.directive,
                blocked = report.blocked,
                "a browser refused something on a page"
            );
        }
    }
    // The same answer whatever it was: who reports is told nothing.
    Ok(HttpResponse::NoContent().finish())
}

#[derive(Debug, PartialEq, Eq)]
struct Report {
    directive: String,
    blocked: String,
}

/// Both forms: the older with one report, the Reporting API's with several.
fn read(bytes: &[u8]) -> Vec<Report> {
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else { return Vec::new() };
    let bodies: Vec<&Value> = match &value {
        Value::Array(items) => items.iter().filter_map(|item| item.get("body")).take(MAX_TOGETHER).collect(),
        other => other.get("csp-report").into_iter().collect(),
    };
    bodies.into_iter().filter_map(one).collect()
}

fn one(body: &Value) -> Option<Report> {
    let text = |names: [&str; 2]| names.iter().find_map(|name| body.get(name)?.as_str());
    let directive = text(["effectiveDirective", "effective-directive"])
        .or_else(|| text(["violatedDirective", "violated-directive"]))?;
    let blocked = text(["blockedURL", "blocked-uri"]).unwrap_or("");
    Some(Report { directive: clean(directive), blocked: origin_of(blocked) })
}

/// Addresses can hold secrets: scheme, host and port are enough to know whose it is. `inline` and `eval` are words of their own.
fn origin_of(blocked: &str) -> String {
    match url::Url::parse(blocked) {
        Ok(address) if address.has_host() => clean(&address.origin().ascii_serialization()),
        Ok(address) => clean(address.scheme()),
        Err(_) => clean(blocked.split(['/', '?', '#']).next().unwrap_or("")),
    }
}

/// Printable ASCII, and not much of it: nothing that could end a line or steer a terminal.
fn clean(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').take(MAX_TEXT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(directive: &str, blocked: &str) -> Report {
        Report { directive: directive.to_owned(), blocked: blocked.to_owned() }
    }

    #[test]
    fn both_forms_of_report_are_read_and_no_secret_of_an_address_is_kept() {
        let older = r#"{"csp-report":{"effective-directive":"img-src","blocked-uri":"https://evil.example:444/s/secret?x=y#z","document-uri":"https://c/s/secret"}}"#;
        assert_eq!(read(older.as_bytes()), [report("img-src", "https://evil.example:444")]);
        let newer = r#"[{"type":"csp-violation","body":{"effectiveDirective":"script-src-elem","blockedURL":"inline"}},{"type":"other"}]"#;
        assert_eq!(read(newer.as_bytes()), [report("script-src-elem", "inline")]);
        let data = r#"{"csp-report":{"violated-directive":"font-src","blocked-uri":"data:font/woff2;base64,AAAA"}}"#;
        assert_eq!(read(data.as_bytes()), [report("font-src", "data")]);
    }

    #[test]
    fn t_039_what_a_stranger_writes_cannot_break_the_log() {
        let long = "x".repeat(5000);
        let text = serde_json::json!({"csp-report": {"effective-directive": format!("a\r\nb\u{1b}[31m\u{202e}{long}"), "blocked-uri": "\u{7f}\n"}});
        let read = read(text.to_string().as_bytes());
        assert_eq!(read.len(), 1);
        assert!(read[0].directive.starts_with("ab[31mxxx") && read[0].directive.len() == MAX_TEXT, "{read:?}");
        assert_eq!(read[0].blocked, "");
        for text in ["", "{}", "[]", "null", "{\"csp-report\":7}", "[1,{\"body\":null}]", "\u{feff}{}"] {
            assert_eq!(super::read(text.as_bytes()), [], "{text}");
        }
        let many = serde_json::json!(vec![serde_json::json!({"body": {"effectiveDirective": "x"}}); 1000]);
        assert_eq!(super::read(many.to_string().as_bytes()).len(), MAX_TOGETHER);
    }
}
