//! `PUT …/file`: saves what the editor holds, over exactly what the editor had read.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderMap, HeaderName},
    },
    web,
};
use bytes::Bytes;
use carrel_wire::agent::Expect;
use futures_util::StreamExt;
use serde::Serialize;
use utoipa::ToSchema;

use super::{PathQuery, below_root};
use crate::{agent::WriteFailure, api_error::ApiError, session::Admitted};

/// Passed on as it arrives, never held; the volume's own limit may be lower.
const MAX_BYTES: u64 = 100 * 1024 * 1024;

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WriteAnswer {
    sha256: String,
    size: u64,
}

/// Writes a file. It appears whole or not at all.
#[utoipa::path(
    put, path = "/ide/v1/workspaces/{id}/file", tag = "files",
    params(
        ("id" = Uuid, Path, description = "Workspace"),
        ("path" = String, Query, description = "File; missing folders are made"),
        ("If-Match" = Option<String>, Header, description = "SHA-256, in quotes, of what is replaced"),
        ("If-None-Match" = Option<String>, Header, description = "`*`: only if there is no such file"),
    ),
    request_body(content_type = "application/octet-stream"),
    responses(
        (status = 200, body = WriteAnswer),
        (status = 403, description = "`read_only`"),
        (status = 412, description = "`file_changed`"),
        (status = 413, description = "`file_too_large`: over 100 MiB"),
        (status = 428, description = "`precondition_required`"),
        (status = 507, description = "`volume_full`"),
    )
)]
pub(crate) async fn write(
    admitted: Admitted,
    query: web::Query<PathQuery>,
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let agent = admitted.writing_agent()?;
    let path = below_root(query)?;
    let expect = expectation(request.headers())?;
    let mut size = 0;
    let content = body.map(move |chunk: Result<Bytes, _>| {
        let chunk = chunk.map_err(|_| cut_off())?;
        size += chunk.len() as u64;
        if size > MAX_BYTES {
            return Err(too_large());
        }
        Ok(chunk)
    });
    let written = agent.write(path, None, expect, content, |_| true).await;
    let written = written.map_err(|failure| match failure {
        WriteFailure::Agent(failure) => failure.into(),
        WriteFailure::Source(error) => error,
    })?;
    Ok(HttpResponse::Ok()
        .insert_header((header::ETAG, format!("\"{}\"", written.sha256)))
        .json(WriteAnswer { sha256: written.sha256, size: written.size }))
}

/// What the headers say must be there.
pub(super) fn expectation(headers: &HeaderMap) -> Result<Expect, ApiError> {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or(""));
    let invalid = || {
        ApiError::new(
            StatusCode::BAD_REQUEST,
            "precondition_invalid",
            "If-Match takes one SHA-256 in quotes, If-None-Match takes *.",
        )
    };
    match (text(header::IF_MATCH), text(header::IF_NONE_MATCH)) {
        (None, None) => Err(ApiError::new(
            StatusCode::PRECONDITION_REQUIRED,
            "precondition_required",
            "Say with If-Match what is replaced, or with If-None-Match: * that nothing is.",
        )),
        (None, Some("*")) => Ok(Expect::Absent),
        (Some(tag), None) => tag
            .strip_prefix('"')
            .and_then(|tag| tag.strip_suffix('"'))
            .filter(|tag| tag.len() == 64 && tag.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
            .map(|tag| Expect::Sha256(tag.to_owned()))
            .ok_or_else(invalid),
        _ => Err(invalid()),
    }
}

fn cut_off() -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, "content_cut_off", "The content did not arrive whole; nothing was written.")
}

fn too_large() -> ApiError {
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "file_too_large", "The file is larger than 100 MiB.")
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn expected(headers: &[(&'static str, &str)]) -> Result<Expect, StatusCode> {
        let mut request = TestRequest::default();
        for (name, value) in headers {
            request = request.insert_header((*name, *value));
        }
        expectation(request.to_http_request().headers()).map_err(|error| error.status)
    }

    #[test]
    fn a_write_says_what_it_replaces() {
        let hash = "0a".repeat(32);
        let quoted = format!("\"{hash}\"");
        assert_eq!(expected(&[("if-match", &quoted)]), Ok(Expect::Sha256(hash.clone())));
        assert_eq!(expected(&[("if-none-match", "*")]), Ok(Expect::Absent));
        assert_eq!(expected(&[]), Err(StatusCode::PRECONDITION_REQUIRED));
        for tag in [hash.as_str(), "*", "\"\"", "W/\"0a\"", &quoted.to_uppercase()] {
            assert_eq!(expected(&[("if-match", tag)]), Err(StatusCode::BAD_REQUEST), "{tag}");
        }
        assert_eq!(expected(&[("if-match", &quoted), ("if-none-match", "*")]), Err(StatusCode::BAD_REQUEST));
    }
}
