//! The administrator's role for a time: asking for it, and deciding on what others ask for.

use actix_web::{HttpResponse, web};
use carrel_ids::{RoleId, RoleRequestId, UserId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};

use super::{page, parse_reason};
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{ManageRoles, OwnAccess, Proof as _, Role, RoleRequestAccess, SystemAccess},
    session::Session,
    store::{Limit, RequestKind, RequestState, RoleRequestRow, StoreError},
};

const LEAST_REASON: usize = 10;
const MAX_MINUTES: i64 = 480;
/// Requests that one person may make: ten, then one a minute.
const REQUESTS: Limit = Limit { every: time::Duration::minutes(1), burst: 10 };

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RoleRequests {
    pub(super) items: Vec<RoleRequest>,
    /// `after` of the next page; absent on the last.
    pub(super) next: Option<String>,
}

/// A request for a role for a time, or an emergency.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RoleRequest {
    id: RoleRequestId,
    kind: RequestKind,
    user: RequestUser,
    role: RequestRole,
    reason: String,
    minutes: i64,
    state: RequestState,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    /// Of the request while it waits; of the role once it was given.
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    decided_at: Option<OffsetDateTime>,
    /// Display name.
    decided_by: Option<String>,
    abilities: RequestAbilities,
}

#[derive(Debug, Serialize, ToSchema)]
struct RequestUser {
    id: UserId,
    name: String,
    display_name: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct RequestRole {
    id: RoleId,
    code: Option<String>,
    name: String,
}

/// What the interface may offer whoever asks.
#[derive(Debug, Serialize, ToSchema)]
struct RequestAbilities {
    decide: bool,
    review: bool,
    withdraw: bool,
}

impl RoleRequest {
    /// `decides`: whoever asks may decide on what others asked for.
    pub(super) fn new(row: RoleRequestRow, asker: Option<UserId>, decides: bool) -> Self {
        let own = asker == Some(row.user);
        let pending = row.state == RequestState::Pending;
        Self {
            abilities: RequestAbilities {
                decide: pending && decides && !own,
                review: false,
                withdraw: own && (pending || row.is_ongoing()),
            },
            id: row.id,
            kind: row.kind,
            user: RequestUser { id: row.user, name: row.name, display_name: row.display_name },
            role: RequestRole { id: row.role, code: row.role_code, name: row.role_name },
            reason: row.reason,
            minutes: row.minutes,
            state: row.state,
            created_at: row.created_at.time(),
            expires_at: row.expires_at.time(),
            decided_at: row.decided_at.map(|at| at.time()),
            decided_by: row.decided_by,
        }
    }

    /// An emergency for somebody who reads the log: they close it once it is over, unless it is their own.
    pub(super) fn emergency(row: RoleRequestRow, reader: Option<UserId>) -> Self {
        let review = row.state == RequestState::Approved && !row.is_ongoing() && reader != Some(row.user);
        let emergency = Self::new(row, reader, false);
        Self { abilities: RequestAbilities { review, ..emergency.abilities }, ..emergency }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateRoleRequest {
    /// The administrator's, which is also meant when absent.
    role_id: Option<RoleId>,
    /// 10 characters or more.
    reason: String,
    /// 1 to 480.
    minutes: i64,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RoleRequestsQuery {
    /// Absent for all.
    #[param(inline)]
    state: Option<RequestState>,
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 when absent.
    limit: Option<i64>,
}

impl RoleRequestsQuery {
    pub(super) fn state(&self) -> Option<RequestState> {
        self.state
    }
    /// How many, and before which.
    pub(super) fn page(&self) -> Result<(i64, Option<RoleRequestId>), ApiError> {
        Ok((page::limit(self.limit), page::parse_id(self.after.as_deref())?))
    }
}

/// One's own requests, the newest first.
#[utoipa::path(get, path = "/api/v1/account/role-requests", tag = "account", responses(
    (status = 200, body = RoleRequests), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub(crate) async fn list_own(session: Session, cloud: web::Data<Cloud>) -> Result<HttpResponse, ApiError> {
    session.browser_session().ok_or(ApiError::ScopeTooSmall)?;
    let rows = cloud.store.own_role_requests(&OwnAccess::of(&session)).await?;
    let items = rows.into_iter().map(|row| RoleRequest::new(row, Some(session.user_id()), false)).collect();
    Ok(HttpResponse::Ok().json(RoleRequests { items, next: None }))
}

/// Asks for the administrator's role for a time. Somebody else decides.
#[utoipa::path(post, path = "/api/v1/account/role-requests", tag = "account", request_body = CreateRoleRequest, responses(
    (status = 201, body = RoleRequest), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 422, body = ErrorBody), (status = 403, body = ErrorBody),
    (status = 409, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(crate) async fn create_own(
    session: Session,
    cloud: web::Data<Cloud>,
    body: web::Json<CreateRoleRequest>,
) -> Result<HttpResponse, ApiError> {
    session.browser_session().ok_or(ApiError::ScopeTooSmall)?;
    let bad = |reason: &str| Err(ApiError::BadRequest(reason.to_owned()));
    if body.role_id.is_some_and(|role| role != Role::Administrator.id()) {
        return bad("only the administrator's role is given for a time");
    }
    if !(1..=MAX_MINUTES).contains(&body.minutes) {
        return Err(ApiError::field("minutes", "A role is given for 1 to 480 minutes."));
    }
    let reason = parse_reason(&body.reason, LEAST_REASON)?;
    let own = OwnAccess::of(&session);
    if cloud.store.own_roles(&own).await?.iter().any(|role| role.id == Role::Administrator.id()) {
        return bad("you are administrator already");
    }
    if let Err(wait) = cloud.store.take_turn(&format!("role-request/{}", session.user_id()), REQUESTS).await? {
        return Err(ApiError::wait(wait));
    }
    let made =
        cloud.store.audited(&own, Action::RoleRequestCreate, async |w| w.request_role(reason, body.minutes).await);
    let id = made.await.map_err(|error| match error {
        StoreError::Exists => ApiError::RequestOpen,
        error => error.into(),
    })?;
    let row = cloud.store.own_role_request(session.user_id(), id).await?;
    Ok(HttpResponse::Created().json(RoleRequest::new(row, Some(session.user_id()), false)))
}

/// Withdraws a request that waits, or ends one's own emergency before its time.
#[utoipa::path(delete, path = "/api/v1/account/role-requests/{request_id}", tag = "account", params(("request_id" = RoleRequestId, Path)), responses(
    (status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn withdraw_own(
    session: Session,
    cloud: web::Data<Cloud>,
    id: web::Path<RoleRequestId>,
) -> Result<HttpResponse, ApiError> {
    session.browser_session().ok_or(ApiError::ScopeTooSmall)?;
    let own = OwnAccess::of(&session);
    cloud.store.audited(&own, Action::RoleRequestWithdraw, async |w| w.withdraw_role_request(*id).await).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Everybody's requests, the newest first.
#[utoipa::path(get, path = "/api/v1/admin/role-requests", tag = "roles", params(RoleRequestsQuery), responses(
    (status = 200, body = RoleRequests), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn list_role_requests(
    access: SystemAccess<ManageRoles>,
    cloud: web::Data<Cloud>,
    query: web::Query<RoleRequestsQuery>,
) -> Result<HttpResponse, ApiError> {
    let (limit, before) = query.page()?;
    let mut rows = cloud.store.role_requests(&access, query.state, before, limit + 1).await?;
    let next = page::cut(&mut rows, limit).map(|row| row.id.to_string());
    let asker = access.actor().user();
    let decides = match asker {
        Some(user) => cloud.store.has_for_good(user, Role::Administrator.id()).await?,
        None => false,
    };
    let items = rows.into_iter().map(|row| RoleRequest::new(row, asker, decides)).collect();
    Ok(HttpResponse::Ok().json(RoleRequests { items, next }))
}

async fn decided(cloud: &Cloud, access: &RoleRequestAccess) -> Result<HttpResponse, ApiError> {
    let row = cloud.store.role_request(access).await?;
    Ok(HttpResponse::Ok().json(RoleRequest::new(row, access.actor().user(), true)))
}

/// Gives the role for the time that was asked for.
#[utoipa::path(post, path = "/api/v1/admin/role-requests/{request_id}/approval", tag = "roles", params(("request_id" = RoleRequestId, Path)), responses(
    (status = 200, body = RoleRequest), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn approve(
    session: Session,
    cloud: web::Data<Cloud>,
    id: web::Path<RoleRequestId>,
) -> Result<HttpResponse, ApiError> {
    let access = RoleRequestAccess::require(&cloud.store, &session, *id).await?;
    cloud.store.audited(&access, Action::RoleRequestApprove, async |w| w.approve_request().await).await?;
    decided(&cloud, &access).await
}

/// Refuses a request.
#[utoipa::path(post, path = "/api/v1/admin/role-requests/{request_id}/denial", tag = "roles", params(("request_id" = RoleRequestId, Path)), responses(
    (status = 200, body = RoleRequest), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn deny(
    session: Session,
    cloud: web::Data<Cloud>,
    id: web::Path<RoleRequestId>,
) -> Result<HttpResponse, ApiError> {
    let access = RoleRequestAccess::require(&cloud.store, &session, *id).await?;
    cloud.store.audited(&access, Action::RoleRequestDeny, async |w| w.deny_request().await).await?;
    decided(&cloud, &access).await
}
