//! The spaces that a person is a member of.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Space;
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    authz::{OwnAccess, See, SpaceAccess},
    session::Session,
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SpacesQuery {
    /// Only those that are archived, or only those that are not; all when absent.
    archived: Option<bool>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Spaces {
    items: Vec<Space>,
}

/// One's own spaces, by oneself or by a group: personal ones first, then by name.
#[utoipa::path(get, path = "/api/v1/spaces", tag = "spaces", params(SpacesQuery), responses(
    (status = 200, body = Spaces), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody)))]
pub(crate) async fn list_spaces(
    session: Session,
    cloud: web::Data<Cloud>,
    query: web::Query<SpacesQuery>,
) -> Result<HttpResponse, ApiError> {
    let mut rows = cloud.store.spaces(&OwnAccess::of(&session)).await?;
    rows.retain(|row| query.archived.is_none_or(|archived| archived == row.archived_at.is_some()));
    let items = rows.into_iter().map(|row| Space::new(row, &session)).collect();
    Ok(HttpResponse::Ok().json(Spaces { items }))
}

/// One space.
#[utoipa::path(get, path = "/api/v1/spaces/{space_id}", tag = "spaces", params(("space_id" = carrel_ids::SpaceId, Path)), responses(
    (status = 200, body = Space), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn show_space(
    access: SpaceAccess<See>,
    session: Session,
    cloud: web::Data<Cloud>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(Space::new(cloud.store.space(&access).await?, &session)))
}
