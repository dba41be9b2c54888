//! The application's page with a policy of its own for each answer: only what carries this answer's nonce runs and styles it.

use actix_web::{HttpResponse, http::header};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::api_error::ApiError;

/// Stands in the built page wherever the nonce belongs.
const PLACEHOLDER: &str = "__CSP_NONCE__";
/// Where browsers report what they refused.
pub(super) const REPORTS: &str = "/api/v1/csp-reports";

/// The page, fresh each time: kept anywhere, its nonce would be used twice, and a copy that is only confirmed (304) would come with another
/// answer's nonce.
pub(crate) fn page(html: &[u8], public_origin: &str) -> Result<HttpResponse, ApiError> {
    let mut random = [0_u8; 16];
    getrandom::fill(&mut random).map_err(|error| ApiError::Internal(error.to_string().into()))?;
    let nonce = STANDARD.encode(random);
    let html = String::from_utf8_lossy(html).replace(PLACEHOLDER, &nonce);
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_SECURITY_POLICY, policy(&nonce, public_origin)))
        .insert_header(("reporting-endpoints", format!("csp=\"{REPORTS}\"")))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/html; charset=utf-8")
        .body(html))
}

fn policy(nonce: &str, public_origin: &str) -> String {
    // `'self'` means sockets too in the browsers of today; spelled out where the address is known.
    let sockets = match public_origin.strip_prefix("http") {
        Some(rest) => format!(" ws{rest}"),
        None => String::new(),
    };
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; style-src-attr 'unsafe-inline'; \
         img-src 'self' data: blob:; media-src 'self'; font-src 'self'; connect-src 'self'{sockets}; worker-src 'self'; manifest-src 'self'; \
         object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
         trusted-types default; report-uri {REPORTS}; report-to csp"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn t_059_each_answer_has_a_nonce_of_its_own_wherever_the_page_wants_it() {
        let mut seen = Vec::new();
        for _ in 0..2 {
            let answer = page(b"<script nonce=\"__CSP_NONCE__\"></script><meta nonce=\"__CSP_NONCE__\">", "").unwrap();
            let said = |name| answer.headers().get(name).unwrap().to_str().unwrap().to_owned();
            let (policy, cache) = (said(header::CONTENT_SECURITY_POLICY), said(header::CACHE_CONTROL));
            let body = actix_web::body::to_bytes(answer.into_body()).await.unwrap();
            let text = String::from_utf8(body.to_vec()).unwrap();
            let nonce = text.split('"').nth(1).unwrap().to_owned();
            assert_eq!((nonce.len(), text.matches(&nonce).count(), cache.as_str()), (24, 2, "no-store"), "{text}");
            assert_eq!(policy.matches(&format!("'nonce-{nonce}'")).count(), 2, "{policy}");
            seen.push(nonce);
        }
        assert_ne!(seen[0], seen[1]);
    }

    #[test]
    fn t_059_the_policy_has_no_way_in_for_text_that_became_a_page() {
        let policy = policy("abc", "https://carrel.example");
        assert!(policy.contains("script-src 'self' 'nonce-abc';"), "{policy}");
        assert!(policy.contains("connect-src 'self' wss://carrel.example;"), "{policy}");
        for never in ["unsafe-eval", "*", "http:", "https:", "strict-dynamic"] {
            assert!(!policy.contains(never), "{never}");
        }
        assert_eq!(policy.matches("unsafe-inline").count(), 1, "for style attributes alone: {policy}");
    }
}
