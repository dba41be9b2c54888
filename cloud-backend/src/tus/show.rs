//! What the server can do, where an upload stands, and its end.

use actix_web::{HttpRequest, HttpResponse, web};
use carrel_ids::UploadId;

use super::{EXTENSIONS, VERSION, answer::progress, headers::check_version};
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    session::Session,
    uploads::{self, Checksum, Progress},
};

/// What the server can do.
#[utoipa::path(options, path = "/api/v1/uploads", tag = "uploads", responses(
    (status = 204, headers(("Tus-Version" = String), ("Tus-Extension" = String), ("Tus-Max-Size" = u64), ("Tus-Checksum-Algorithm" = String)))))]
pub(crate) async fn upload_options(cloud: web::Data<Cloud>) -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header(("tus-version", VERSION))
        .insert_header(("tus-extension", EXTENSIONS))
        .insert_header(("tus-max-size", cloud.config.max_upload_bytes.to_string()))
        .insert_header(("tus-checksum-algorithm", Checksum::ALGORITHMS))
        .finish()
}

/// Where an upload stands.
#[utoipa::path(head, path = "/api/v1/uploads/{upload_id}", tag = "uploads", params(("upload_id" = carrel_ids::UploadId, Path),
    ("Tus-Resumable" = String, Header, description = "`1.0.0`")), responses(
    (status = 200, headers(("Upload-Offset" = u64), ("Upload-Length" = u64), ("Upload-Metadata" = String), ("Upload-Expires" = String))),
    (status = 404), (status = 410), (status = 412)))]
pub(crate) async fn show_upload(
    session: Session,
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    path: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    show(&session, &cloud, &request, &path).await
}

pub(super) async fn show(
    session: &Session,
    cloud: &Cloud,
    request: &HttpRequest,
    path: &str,
) -> Result<HttpResponse, ApiError> {
    check_version(request)?;
    let id: UploadId = path.parse().map_err(|_| ApiError::NotFound)?;
    let row = uploads::find(cloud, session, id).await?;
    let mut response = HttpResponse::Ok();
    progress(&mut response, &Progress::of(&row));
    match row.length {
        Some(length) => response.insert_header(("upload-length", length.to_string())),
        None => response.insert_header(("upload-defer-length", "1")),
    };
    if !row.metadata.is_empty() {
        response.insert_header(("upload-metadata", row.metadata));
    }
    if let Some(joined) = row.joined {
        response.insert_header(("upload-concat", joined));
    }
    Ok(response.finish())
}

/// Gives an upload up; its bytes are removed. What has become a file stays one.
#[utoipa::path(delete, path = "/api/v1/uploads/{upload_id}", tag = "uploads", params(("upload_id" = carrel_ids::UploadId, Path),
    ("Tus-Resumable" = String, Header, description = "`1.0.0`")), responses(
    (status = 204), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody), (status = 410, body = ErrorBody), (status = 412, body = ErrorBody), (status = 423, body = ErrorBody)))]
pub(crate) async fn end_upload(
    session: Session,
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    path: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    end(&session, &cloud, &request, &path).await
}

pub(super) async fn end(
    session: &Session,
    cloud: &Cloud,
    request: &HttpRequest,
    path: &str,
) -> Result<HttpResponse, ApiError> {
    check_version(request)?;
    uploads::end(cloud, session, path.parse().map_err(|_| ApiError::NotFound)?).await?;
    Ok(HttpResponse::NoContent().finish())
}
