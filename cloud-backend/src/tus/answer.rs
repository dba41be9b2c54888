//! What stands in the answers.

use actix_web::{
    HttpResponse, HttpResponseBuilder,
    http::{
        Method,
        header::{CACHE_CONTROL, HeaderMap, HeaderName, HeaderValue},
    },
};

use super::{UPLOADS, VERSION};
use crate::{store::Timestamp, uploads::Progress};

/// Every answer of the protocol names its version, also a refusal by another layer.
pub(crate) fn complete(method: &Method, path: &str, headers: &mut HeaderMap) {
    let of_protocol = path.strip_prefix(UPLOADS).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    if of_protocol && *method != Method::GET {
        headers.insert(HeaderName::from_static("tus-resumable"), HeaderValue::from_static(VERSION));
    }
}

/// RFC 9110, 5.6.7.
pub(super) fn http_date(at: Timestamp) -> String {
    let format = time::macros::format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    at.time().format(format).unwrap_or_default()
}

/// Where the upload stands.
pub(super) fn progress(response: &mut HttpResponseBuilder, progress: &Progress) {
    response.insert_header(("upload-offset", progress.received.to_string())).insert_header((CACHE_CONTROL, "no-store"));
    match progress.made {
        None => {
            response.insert_header(("upload-expires", http_date(progress.expires_at)));
        }
        Some((node, version)) => {
            response
                .insert_header(("carrel-node-id", node.to_string()))
                .insert_header(("carrel-version-id", version.to_string()));
        }
    }
}

pub(super) fn no_content(of: &Progress) -> HttpResponse {
    let mut response = HttpResponse::NoContent();
    progress(&mut response, of);
    response.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_as_http_writes_it() {
        let at = Timestamp::from(time::OffsetDateTime::from_unix_timestamp(784_111_777).unwrap());
        assert_eq!(http_date(at), "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
