//! Shutting people out and letting them in again, ending their sessions, and helping who lost all second factors.

use actix_web::{HttpResponse, web};
use carrel_ids::UserId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::parse_reason;
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{PersonAccess, refuse_recovered},
};

const LEAST_REASON: usize = 10;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResetFactors {
    /// How it was made sure that it is the person who asks: 10 characters or more.
    reason: String,
}

/// Some acts on one's own account would lock oneself out, or go around what protects it.
pub(super) fn refuse_own(access: &PersonAccess) -> Result<(), ApiError> {
    if access.is_own() { Err(ApiError::OwnAccount) } else { Ok(()) }
}

/// Ends everything that the person has open; they cannot sign in any more.
#[utoipa::path(post, path = "/api/v1/admin/users/{user_id}/deactivation", tag = "people", params(("user_id" = UserId, Path)), responses(
    (status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(crate) async fn deactivate(access: PersonAccess, cloud: web::Data<Cloud>) -> Result<HttpResponse, ApiError> {
    refuse_own(&access)?;
    cloud.store.audited(&access, Action::UserDisable, async |w| w.deactivate().await).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Lets the person sign in again. Sessions and tokens that were ended stay ended.
#[utoipa::path(post, path = "/api/v1/admin/users/{user_id}/activation", tag = "people", params(("user_id" = UserId, Path)), responses(
    (status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn activate(access: PersonAccess, cloud: web::Data<Cloud>) -> Result<HttpResponse, ApiError> {
    cloud.store.audited(&access, Action::UserEnable, async |w| w.activate().await).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Ends all sessions of the person.
#[utoipa::path(delete, path = "/api/v1/admin/users/{user_id}/sessions", tag = "people", params(("user_id" = UserId, Path)), responses(
    (status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn end_sessions(access: PersonAccess, cloud: web::Data<Cloud>) -> Result<HttpResponse, ApiError> {
    cloud.store.audited(&access, Action::SessionEnd, async |w| w.end_sessions().await).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Removes all second factors of somebody who lost them. Their sessions end, and a new time of grace begins.
#[utoipa::path(post, path = "/api/v1/admin/users/{user_id}/second-factors/reset", tag = "people", params(("user_id" = UserId, Path)), request_body = ResetFactors, responses(
    (status = 204), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 422, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn reset_factors(
    access: PersonAccess,
    cloud: web::Data<Cloud>,
    body: web::Json<ResetFactors>,
) -> Result<HttpResponse, ApiError> {
    refuse_own(&access)?;
    let reason = parse_reason(&body.reason, LEAST_REASON)?;
    refuse_recovered(&cloud.store, &access, Action::FactorsReset).await?;
    cloud.store.audited(&access, Action::FactorsReset, async |w| w.reset_factors(reason).await).await?;
    Ok(HttpResponse::NoContent().finish())
}
