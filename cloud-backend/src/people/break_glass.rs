//! The way in for emergencies: administrator at once and for half an hour, loudly.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{parse_reason, role_requests::RoleRequest};
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{Proof as _, Role, SystemAccess, UseBreakGlass},
};

const LEAST_REASON: usize = 20;
const MINUTES: i64 = 30;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BreakGlass {
    /// 20 characters or more; every administrator reads it.
    reason: String,
}

/// Makes oneself administrator for 30 minutes. Every administrator is told, and one of them has to look at it afterwards.
#[utoipa::path(post, path = "/api/v1/account/break-glass", tag = "account", request_body = BreakGlass, responses(
    (status = 201, body = RoleRequest), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn break_glass(
    access: SystemAccess<UseBreakGlass>,
    cloud: web::Data<Cloud>,
    body: web::Json<BreakGlass>,
) -> Result<HttpResponse, ApiError> {
    let reason = parse_reason(&body.reason, LEAST_REASON)?;
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
