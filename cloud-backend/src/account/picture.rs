//! Pictures of people. The bytes are handed out as they came, as an image and nothing else.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use carrel_ids::UserId;

use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::OwnAccess,
    session::Session,
};

/// Largest picture in bytes; the interface makes it small enough.
pub(crate) const MAX_BYTES: usize = 256 * 1024;

/// The type that the first bytes say; what the sender says does not count.
fn sniff(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some("image/png")
    } else if bytes.starts_with(b"\xff\xd8\xff") {
        Some("image/jpeg")
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Some("image/webp")
    } else {
        None
    }
}

/// Sets one's own picture: PNG, JPEG or WebP, up to 256 KiB.
#[utoipa::path(put, path = "/api/v1/session/user/picture", tag = "session", request_body(content_type = "application/octet-stream"), responses(
    (status = 204), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 413, body = ErrorBody)))]
pub(crate) async fn put_picture(
    session: Session,
    cloud: web::Data<Cloud>,
    body: web::Bytes,
) -> Result<HttpResponse, ApiError> {
    if !session.is_interactive() {
        return Err(ApiError::ScopeTooSmall);
    }
    if body.len() > MAX_BYTES {
        return Err(ApiError::Content(crate::content::ContentError::TooLarge(MAX_BYTES as u64)));
    }
    let reason = "A picture is a PNG, JPEG or WebP file.";
    let media_type = sniff(&body).ok_or_else(|| ApiError::BadRequest(reason.to_owned()))?;
    let own = OwnAccess::of(&session);
    cloud.store.audited(&own, Action::UserUpdate, async |w| w.put_picture(media_type, &body).await).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Removes one's own picture.
#[utoipa::path(delete, path = "/api/v1/session/user/picture", tag = "session", responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub(crate) async fn remove_picture(session: Session, cloud: web::Data<Cloud>) -> Result<HttpResponse, ApiError> {
    if !session.is_interactive() {
        return Err(ApiError::ScopeTooSmall);
    }
    let own = OwnAccess::of(&session);
    cloud.store.audited(&own, Action::UserUpdate, async |w| w.remove_picture().await).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// A person's picture, for whoever is signed in.
#[utoipa::path(get, path = "/api/v1/users/{user_id}/picture", tag = "session", params(("user_id" = UserId, Path)), responses(
    (status = 200, content_type = "image/*"), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn show_picture(
    _: Session,
    cloud: web::Data<Cloud>,
    user: web::Path<UserId>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let picture = cloud.store.picture(*user).await?.ok_or(ApiError::NotFound)?;
    let etag = format!("\"{}\"", picture.changed_at);
    let mut response = if request.headers().get(header::IF_NONE_MATCH).is_some_and(|known| known == etag.as_str()) {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    response
        .insert_header((header::ETAG, etag))
        .insert_header((header::CACHE_CONTROL, "private, max-age=60"))
        .insert_header(("x-content-type-options", "nosniff"))
        .insert_header(("content-security-policy", "default-src 'none'; sandbox"));
    Ok(response.content_type(picture.media_type).body(picture.content))
}
