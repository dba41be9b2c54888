//! `GET …/file`: the content of one file for the editor.

use actix_web::{HttpResponse, http::StatusCode, http::header, web};
use bytes::BytesMut;
use sha2::{Digest, Sha256};

use super::{PathQuery, below_root};
use crate::{api_error::ApiError, session::Admitted};

/// Larger files are for other programs than an editor in a browser.
const MAX_BYTES: u64 = 5 * 1024 * 1024;

/// The content of a file.
#[utoipa::path(
    get, path = "/ide/v1/workspaces/{id}/file", tag = "files",
    params(("id" = Uuid, Path, description = "Workspace"), ("path" = String, Query, description = "File")),
    responses(
        (status = 200, description = "The bytes; `ETag` is their SHA-256 in quotes", content_type = "application/octet-stream"),
        (status = 404, description = "`not_found`"),
        (status = 409, description = "`workspace_not_ready`, `wrong_kind`"),
        (status = 413, description = "`file_too_large`: over 5 MiB"),
    )
)]
pub(crate) async fn read(admitted: Admitted, query: web::Query<PathQuery>) -> Result<HttpResponse, ApiError> {
    let path = below_root(query)?;
    let mut file = admitted.agent()?.read(path).await?;
    let mut content = BytesMut::new();
    let too_large = |bytes: u64| bytes > MAX_BYTES;
    if too_large(file.entry.size) {
        return Err(file_too_large());
    }
    while let Some(chunk) = file.chunk().await? {
        content.extend_from_slice(&chunk);
        if too_large(content.len() as u64) {
            return Err(file_too_large());
        }
    }
    let sha256 = hex::encode(Sha256::digest(&content));
    Ok(HttpResponse::Ok()
        .content_type("application/octet-stream")
        .insert_header((header::ETAG, format!("\"{sha256}\"")))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_DISPOSITION, "attachment"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(content.freeze()))
}

fn file_too_large() -> ApiError {
    ApiError::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "file_too_large",
        "The file is larger than 5 MiB. Use a program in the terminal.",
    )
}
