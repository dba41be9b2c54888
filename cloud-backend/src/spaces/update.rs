//! A space's name, its description, and how long it keeps what is no longer current.

use std::ops::RangeInclusive;

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Space, parse_description, parse_name};
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{Manage, SpaceAccess},
    session::Session,
    store::SpaceChange,
};

/// How many versions of a file can be kept.
const VERSIONS: RangeInclusive<i64> = 1..=10_000;
/// How many days the trash can be kept.
const DAYS: RangeInclusive<i64> = 1..=3650;

/// Absent members stay as they are; `null` for what the instance says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateSpace {
    name: Option<String>,
    description: Option<String>,
    /// 1 to 10000.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<i64>)]
    keep_versions: Option<Option<i64>>,
    /// 1 to 3650.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<i64>)]
    keep_trash_days: Option<Option<i64>>,
}

/// `null` is another thing than nothing.
fn present<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<Option<i64>>, D::Error> {
    Option::deserialize(value).map(Some)
}

fn within(field: &'static str, range: RangeInclusive<i64>, given: Option<Option<i64>>) -> Result<(), ApiError> {
    match given.flatten() {
        Some(number) if !range.contains(&number) => {
            Err(ApiError::field(field, format!("A number from {} to {}.", range.start(), range.end())))
        }
        _ => Ok(()),
    }
}

/// Changes what a space is called and what it keeps.
#[utoipa::path(patch, path = "/api/v1/spaces/{space_id}", tag = "spaces", params(("space_id" = carrel_ids::SpaceId, Path)), request_body = UpdateSpace, responses(
    (status = 200, body = Space), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
    (status = 404, body = ErrorBody), (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn update_space(
    access: SpaceAccess<Manage>,
    session: Session,
    cloud: web::Data<Cloud>,
    body: web::Json<UpdateSpace>,
) -> Result<HttpResponse, ApiError> {
    within("keep_versions", VERSIONS, body.keep_versions)?;
    within("keep_trash_days", DAYS, body.keep_trash_days)?;
    let change = SpaceChange {
        name: body.name.as_deref().map(parse_name).transpose()?,
        description: body.description.as_deref().map(parse_description).transpose()?,
        keep_versions: body.keep_versions,
        keep_trash_days: body.keep_trash_days,
    };
    cloud.store.audited(&access, Action::SpaceUpdate, async |w| w.update_space(&change).await).await?;
    Ok(HttpResponse::Ok().json(Space::new(cloud.store.space(&access).await?, &session)))
}
