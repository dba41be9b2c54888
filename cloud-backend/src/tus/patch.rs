//! Bytes arrive for an upload that has begun.

use actix_web::{HttpRequest, HttpResponse, rt, web};
use carrel_ids::UploadId;

use super::{
    answer::no_content,
    headers::{check_version, checksum, is_bytes, number, text},
    show::{end, show},
};
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    content::ContentError,
    session::Session,
    uploads::{self, Body},
};

/// Adds bytes to an upload, behind those that are there. When these are the last, the upload is a file when the answer comes, and the
/// answer names it.
#[utoipa::path(patch, path = "/api/v1/uploads/{upload_id}", tag = "uploads", params(("upload_id" = carrel_ids::UploadId, Path),
    ("Tus-Resumable" = String, Header, description = "`1.0.0`"), ("Upload-Offset" = u64, Header, description = "bytes that are there"),
    ("Upload-Length" = Option<u64>, Header, description = "bytes in all, when that was not said before"),
    ("Upload-Checksum" = Option<String>, Header, description = "of this request's bytes")),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"), responses(
    (status = 204, headers(("Upload-Offset" = u64), ("Upload-Expires" = String), ("Carrel-Node-Id" = String), ("Carrel-Version-Id" = String))),
    (status = 400, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody), (status = 410, body = ErrorBody),
    (status = 412, body = ErrorBody), (status = 413, body = ErrorBody), (status = 415, body = ErrorBody), (status = 423, body = ErrorBody), (status = 460, body = ErrorBody), (status = 507, body = ErrorBody)))]
pub(crate) async fn continue_upload(
    session: Session,
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    path: web::Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    check_version(&request)?;
    if !is_bytes(&request) {
        return Err(ApiError::MediaType("application/offset+octet-stream"));
    }
    let id: UploadId = path.parse().map_err(|_| ApiError::NotFound)?;
    let row = uploads::find(&cloud, &session, id).await?;
    if row.joined.as_deref().is_some_and(|joined| joined.starts_with("final")) {
        return Err(ApiError::FinalUpload);
    }
    let offset = number(&request, "upload-offset")?
        .ok_or_else(|| ApiError::BadRequest("upload-offset is missing".to_owned()))?;
    if offset != row.received {
        return Err(ApiError::OffsetMismatch(row.received));
    }
    let promised = number(&request, "content-length")?;
    let most = cloud.config.max_upload_bytes;
    let said = number(&request, "upload-length")?;
    match (said, row.length) {
        (Some(said), None) if said > most => return Err(ContentError::TooLarge(most).into()),
        (Some(said), None) if said >= row.received => {}
        (Some(said), Some(known)) if said == known => {}
        (Some(_), _) => return Err(ApiError::BadRequest("the upload has another length".to_owned())),
        (None, _) => {}
    }
    let left = row.length.or(said).unwrap_or(most).saturating_sub(row.received);
    if promised.is_some_and(|promised| promised > left) {
        return Err(ContentError::TooLarge(row.length.or(said).unwrap_or(most)).into());
    }
    if row.made.is_some() {
        // It is a file already; the answer to the last bytes was lost.
        return Ok(no_content(&uploads::Progress::of(&row)));
    }
    let body = Body::new(payload, promised, left, checksum(&request)?);
    // In a task of its own: what arrived is kept, and a file that is whole is made, also when the client goes away meanwhile.
    let task = rt::spawn(async move { uploads::add(&cloud, &session, row, said, body).await });
    Ok(no_content(&task.await.map_err(ApiError::internal)??))
}

/// For clients that can send nothing but `GET` and `POST`: does what `X-HTTP-Method-Override` names.
#[utoipa::path(post, path = "/api/v1/uploads/{upload_id}", tag = "uploads", params(("upload_id" = carrel_ids::UploadId, Path),
    ("X-HTTP-Method-Override" = String, Header, description = "`PATCH`, `DELETE` or `HEAD`")),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"), responses(
    (status = 204), (status = 200), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody), (status = 412, body = ErrorBody)))]
pub(crate) async fn post_upload(
    session: Session,
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    path: web::Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    match text(&request, "x-http-method-override").map(str::to_ascii_uppercase).as_deref() {
        Some("PATCH") => continue_upload(session, cloud, request, path, payload).await,
        Some("DELETE") => end(&session, &cloud, &request, &path).await,
        Some("HEAD") => show(&session, &cloud, &request, &path).await,
        _ => Err(ApiError::BadRequest("x-http-method-override must be PATCH, DELETE or HEAD".to_owned())),
    }
}
