//! The archive: a space that can be read and in which nothing changes.

use actix_web::{HttpResponse, web};

use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{Manage, SpaceAccess},
};

/// Archives a space: from now on nothing in it changes, and what is open to change it ends.
#[utoipa::path(post, path = "/api/v1/spaces/{space_id}/archive", tag = "spaces", params(("space_id" = carrel_ids::SpaceId, Path)), responses(
    (status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(crate) async fn archive_space(
    access: SpaceAccess<Manage>,
    cloud: web::Data<Cloud>,
) -> Result<HttpResponse, ApiError> {
    cloud.store.audited(&access, Action::SpaceArchive, async |w| w.archive_space().await).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Takes a space out of the archive.
#[utoipa::path(post, path = "/api/v1/spaces/{space_id}/activation", tag = "spaces", params(("space_id" = carrel_ids::SpaceId, Path)), responses(
    (status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(crate) async fn activate_space(
    access: SpaceAccess<Manage>,
    cloud: web::Data<Cloud>,
) -> Result<HttpResponse, ApiError> {
    cloud.store.audited(&access, Action::SpaceActivate, async |w| w.activate_space().await).await?;
    Ok(HttpResponse::NoContent().finish())
}
