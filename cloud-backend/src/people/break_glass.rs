//! The way in for emergencies: administrator at once and for half an hour, loudly; and the look at it afterwards, by those who read
//! the log.

use actix_web::{HttpResponse, web};
use carrel_ids::RoleRequestId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    page, parse_reason,
    role_requests::{RoleRequest, RoleRequests, RoleRequestsQuery},
};
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{EmergencyReview, Proof as _, ReadLog, Role, SystemAccess, UseBreakGlass, refuse_recovered},
    session::Session,
};

const LEAST_REASON: usize = 20;
const MINUTES: i64 = 30;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BreakGlass {
    /// 20 characters or more; every administrator reads it.
    reason: String,
}

/// Makes oneself administrator for 30 minutes. Every administrator and whoever reads the log is told; one of the latter has to look at it afterwards.
#[utoipa::path(post, path = "/api/v1/account/break-glass", tag = "account", request_body = BreakGlass, responses(
    (status = 201, body = RoleRequest), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 422, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn break_glass(
    access: SystemAccess<UseBreakGlass>,
    cloud: web::Data<Cloud>,
    body: web::Json<BreakGlass>,
) -> Result<HttpResponse, ApiError> {
    let reason = parse_reason(&body.reason, LEAST_REASON)?;
    refuse_recovered(&cloud.store, &access, Action::BreakGlassUse).await?;
    let user = access.actor().user().ok_or(ApiError::NotFound)?;
    if access.held().contain_all(Role::Administrator.permissions()) {
        return Err(ApiError::BadRequest("you may do everything that an administrator may already".to_owned()));
    }
    let id =
        cloud.store.audited(&access, Action::BreakGlassUse, async |w| w.break_glass(reason, MINUTES).await).await?;
    // T-20: whoever watches the operator's log is to wake up. The reason is in the log of acts, where it can be erased.
    tracing::error!(%user, request = %id, minutes = MINUTES, "break-glass was used: somebody made themselves administrator");
    let row = cloud.store.own_role_request(user, id).await?;
    Ok(HttpResponse::Created().json(RoleRequest::new(row, Some(user), false)))
}

/// Emergencies, the newest first: also those that nobody has looked at yet.
#[utoipa::path(get, path = "/api/v1/audit/emergencies", tag = "log", params(RoleRequestsQuery), responses(
    (status = 200, body = RoleRequests), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn list_emergencies(
    access: SystemAccess<ReadLog>,
    cloud: web::Data<Cloud>,
    query: web::Query<RoleRequestsQuery>,
) -> Result<HttpResponse, ApiError> {
    let (limit, before) = query.page()?;
    let mut rows = cloud.store.emergencies(&access, query.state(), before, limit + 1).await?;
    let next = page::cut(&mut rows, limit).map(|row| row.id.to_string());
    let reader = access.actor().user();
    let items = rows.into_iter().map(|row| RoleRequest::emergency(row, reader)).collect();
    Ok(HttpResponse::Ok().json(RoleRequests { items, next }))
}

/// Closes an emergency that is over, after looking at what was done in it.
#[utoipa::path(post, path = "/api/v1/audit/emergencies/{request_id}/review", tag = "log", params(("request_id" = RoleRequestId, Path)), responses(
    (status = 200, body = RoleRequest), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(crate) async fn review(
    session: Session,
    cloud: web::Data<Cloud>,
    id: web::Path<RoleRequestId>,
) -> Result<HttpResponse, ApiError> {
    let access = EmergencyReview::require(&cloud.store, &session, *id).await?;
    let row = cloud.store.emergency(&access).await?;
    if row.is_ongoing() {
        return Err(ApiError::EmergencyOngoing);
    }
    cloud.store.audited(&access, Action::BreakGlassReview, async |w| w.review_break_glass().await).await?;
    let row = cloud.store.emergency(&access).await?;
    Ok(HttpResponse::Ok().json(RoleRequest::emergency(row, Some(session.user_id()))))
}
