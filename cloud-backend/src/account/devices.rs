//! Where one is signed in.

use actix_web::{HttpResponse, web};
use carrel_ids::SessionId;
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::OwnAccess,
    session::Session,
    store::DeviceRow,
};

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Devices {
    items: Vec<Device>,
}

/// One sign-in on one device.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Device {
    id: SessionId,
    /// The one that asks.
    current: bool,
    /// `password`, `passkey`, `provider` or `invitation`.
    method: String,
    /// `none`, `recovery`, `totp` or `passkey`.
    factor: String,
    /// Where it was last used from.
    address: Option<String>,
    /// What the browser calls itself.
    client: Option<String>,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    last_seen_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
    stay: bool,
}

impl Device {
    fn new(row: DeviceRow, current: SessionId) -> Self {
        let id = SessionId::from(row.id);
        Self {
            id,
            current: id == current,
            method: row.method,
            factor: row.factor,
            address: row.address,
            client: row.client,
            created_at: row.created_at.time(),
            last_seen_at: row.last_seen_at.time(),
            expires_at: row.expires_at.time(),
            stay: row.stay,
        }
    }
}

/// All places where one is signed in, the one that was used last first.
#[utoipa::path(get, path = "/api/v1/account/sessions", tag = "account", responses((status = 200, body = Devices), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub(crate) async fn list_devices(session: Session, cloud: web::Data<Cloud>) -> Result<HttpResponse, ApiError> {
    let current = session.browser_session().ok_or(ApiError::ScopeTooSmall)?;
    let rows = cloud.store.devices(&OwnAccess::of(&session)).await?;
    Ok(HttpResponse::Ok().json(Devices { items: rows.into_iter().map(|row| Device::new(row, current)).collect() }))
}

/// Ends one.
#[utoipa::path(delete, path = "/api/v1/account/sessions/{session_id}", tag = "account", params(("session_id" = SessionId, Path)), responses(
    (status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn end_device(
    session: Session,
    cloud: web::Data<Cloud>,
    id: web::Path<SessionId>,
) -> Result<HttpResponse, ApiError> {
    session.browser_session().ok_or(ApiError::ScopeTooSmall)?;
    let own = OwnAccess::of(&session);
    cloud.store.audited(&own, Action::SessionEnd, async |w| w.end_session(*id, "ended").await).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Ends all but the one that asks.
#[utoipa::path(delete, path = "/api/v1/account/sessions", tag = "account", responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub(crate) async fn end_other_devices(session: Session, cloud: web::Data<Cloud>) -> Result<HttpResponse, ApiError> {
    let current = session.browser_session().ok_or(ApiError::ScopeTooSmall)?;
    let own = OwnAccess::of(&session);
    cloud.store.audited(&own, Action::SessionEnd, async |w| w.end_other_sessions(current).await).await?;
    Ok(HttpResponse::NoContent().finish())
}
