//! Content goes out: whole or in part, always as an attachment, never as something that the browser would run.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use carrel_ids::{NodeId, VersionId};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{FileAccess, Read},
    session::Session,
    store::{StoreError, VersionRow},
};

/// What must be encoded in a header's `filename*` (RFC 8187).
const NAME: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'%')
    .add(b'\'')
    .add(b'(')
    .add(b')')
    .add(b'*')
    .add(b',')
    .add(b'/')
    .add(b':')
    .add(b';')
    .add(b'<')
    .add(b'=')
    .add(b'>')
    .add(b'?')
    .add(b'@')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'{')
    .add(b'}');

/// The current content of a file. Supports `Range`, `If-Range` and `If-None-Match`.
#[utoipa::path(get, path = "/api/v1/nodes/{node_id}/content", tag = "files", params(("node_id" = carrel_ids::NodeId, Path),
    ("Range" = Option<String>, Header, description = "one range of bytes")), responses(
    (status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = 206, body = Vec<u8>, content_type = "application/octet-stream"),
    (status = 304), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody), (status = 416, body = ErrorBody)))]
pub(crate) async fn download_file(
    access: FileAccess<Read>,
    cloud: web::Data<Cloud>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let version = cloud.store.current_version(&access).await?;
    if let Some(user) = access.user() {
        cloud.recents.note(user, access.node()).await;
    }
    send(&access, &cloud, &request, version).await
}

/// The content of an earlier version.
#[utoipa::path(get, path = "/api/v1/nodes/{node_id}/versions/{version_id}/content", tag = "files", params(("node_id" = carrel_ids::NodeId, Path),
    ("version_id" = carrel_ids::VersionId, Path), ("Range" = Option<String>, Header, description = "one range of bytes")), responses(
    (status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = 206, body = Vec<u8>, content_type = "application/octet-stream"),
    (status = 304), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody), (status = 416, body = ErrorBody)))]
pub(crate) async fn download_version(
    session: Session,
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (node, version) = path.into_inner();
    let (node, version): (NodeId, VersionId) =
        (node.parse().map_err(|_| ApiError::NotFound)?, version.parse().map_err(|_| ApiError::NotFound)?);
    let access = FileAccess::<Read>::require(&cloud.store, &session, node).await?;
    let version = cloud.store.version(&access, version).await?;
    send(&access, &cloud, &request, version).await
}

pub(crate) async fn send(
    access: &FileAccess<Read>,
    cloud: &Cloud,
    request: &HttpRequest,
    version: VersionRow,
) -> Result<HttpResponse, ApiError> {
    let etag = format!("\"{}\"", version.id);
    let text = |name: header::HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    let known = text(header::IF_NONE_MATCH).is_some_and(|list| {
        list.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag || tag.trim() == "*")
    });
    let size = u64::try_from(version.size).unwrap_or(0);
    // RFC 9110, 13.2.2: what the asker has already comes before which part of it is wanted.
    let whole_wanted = known || text(header::IF_RANGE).is_some_and(|tag| tag != etag);
    let range = match text(header::RANGE).filter(|_| !whole_wanted).map(|text| parse_range(text, size)) {
        Some(Range::Part(start, end)) => Some(start..end),
        Some(Range::Outside) => return Err(ApiError::RangeNotSatisfiable(size)),
        Some(Range::Whole) | None => None,
    };
    let mut response = HttpResponse::build(if range.is_some() { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK });
    response
        .insert_header((header::ETAG, etag))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        // T-58: no type of the sender's choosing; should a browser show it all the same, the policy of every answer that is no page
        // gives it an origin of its own and nothing to load.
        .insert_header((header::CONTENT_TYPE, "application/octet-stream"))
        .insert_header((header::CONTENT_DISPOSITION, attachment(&version.name)));
    if known {
        return Ok(response.status(StatusCode::NOT_MODIFIED).finish());
    }
    // Others' files: who read them is in the log before the first byte leaves.
    if !access.is_own_space() {
        let id = version.id;
        cloud
            .store
            .audited(access, Action::FileRead, async |w| {
                w.detail("version", id.to_string());
                Ok::<_, StoreError>(())
            })
            .await?;
    }
    let length = range.as_ref().map_or(size, |range| range.end - range.start);
    if let Some(range) = &range {
        response.insert_header((header::CONTENT_RANGE, format!("bytes {}-{}/{size}", range.start, range.end - 1)));
    }
    if size == 0 {
        return Ok(response.body(Vec::new()));
    }
    let stream = cloud.content.read(version.blob, range).await?;
    Ok(response.no_chunking(length).streaming(stream))
}

/// `Content-Disposition` for a file of any name: to be kept, never shown.
pub(super) fn attachment(name: &str) -> String {
    format!("attachment; filename*=UTF-8''{}", utf8_percent_encode(name, NAME))
}

#[derive(Debug, PartialEq, Eq)]
enum Range {
    /// From, to (not included).
    Part(u64, u64),
    Outside,
    /// Not a single range of bytes: the whole is a correct answer (RFC 9110, 14.2).
    Whole,
}

fn parse_range(text: &str, size: u64) -> Range {
    let Some((first, last)) =
        text.strip_prefix("bytes=").filter(|spec| !spec.contains(',')).and_then(|spec| spec.split_once('-'))
    else {
        return Range::Whole;
    };
    let (first, last) = (first.trim(), last.trim());
    let bounds = match (first.is_empty(), last.is_empty()) {
        (true, false) => last.parse::<u64>().ok().map(|n| (size.saturating_sub(n), size, n == 0)),
        (false, true) => first.parse::<u64>().ok().map(|start| (start, size, false)),
        (false, false) => first
            .parse::<u64>()
            .ok()
            .zip(last.parse::<u64>().ok())
            .filter(|(a, b)| a <= b)
            .map(|(a, b)| (a, b.saturating_add(1).min(size), false)),
        (true, true) => None,
    };
    match bounds {
        None => Range::Whole,
        Some((start, end, empty)) if empty || start >= end => Range::Outside,
        Some((start, end, _)) => Range::Part(start, end),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_rfc_9110() {
        for (text, range) in [
            ("bytes=0-0", Range::Part(0, 1)),
            ("bytes=2-4", Range::Part(2, 5)),
            ("bytes=5-", Range::Part(5, 10)),
            ("bytes=-3", Range::Part(7, 10)),
            ("bytes=-30", Range::Part(0, 10)),
            ("bytes=8-99", Range::Part(8, 10)),
            ("bytes=10-", Range::Outside),
            ("bytes=-0", Range::Outside),
            ("bytes=4-2", Range::Whole),
            ("bytes=0-1,3-4", Range::Whole),
            ("lines=0-1", Range::Whole),
            ("bytes=a-b", Range::Whole),
        ] {
            assert_eq!(parse_range(text, 10), range, "{text}");
        }
        assert_eq!(parse_range("bytes=0-", 0), Range::Outside);
    }
}
