//! What a person is told about the safety of their account.

use actix_web::{HttpResponse, web};
use carrel_ids::NoticeId;
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    authz::OwnAccess,
    session::Session,
    store::NoticeRow,
};

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Notices {
    items: Vec<Notice>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Notice {
    id: NoticeId,
    /// What happened, for example `passkey_added`.
    kind: String,
    /// Where it was done from.
    address: Option<String>,
    client: Option<String>,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    seen: bool,
}

impl From<NoticeRow> for Notice {
    fn from(row: NoticeRow) -> Self {
        Self {
            id: row.id.into(),
            kind: row.kind,
            address: row.address,
            client: row.client,
            created_at: row.created_at.time(),
            seen: row.seen_at.is_some(),
        }
    }
}

/// The newest hundred notices.
#[utoipa::path(get, path = "/api/v1/account/notices", tag = "account", responses((status = 200, body = Notices), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub(crate) async fn list_notices(session: Session, cloud: web::Data<Cloud>) -> Result<HttpResponse, ApiError> {
    if !session.is_interactive() {
        return Err(ApiError::ScopeTooSmall);
    }
    let rows = cloud.store.notices(&OwnAccess::of(&session)).await?;
    Ok(HttpResponse::Ok().json(Notices { items: rows.into_iter().map(Notice::from).collect() }))
}

/// The person has seen all notices.
#[utoipa::path(post, path = "/api/v1/account/notices/seen", tag = "account", responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub(crate) async fn see_notices(session: Session, cloud: web::Data<Cloud>) -> Result<HttpResponse, ApiError> {
    if !session.is_interactive() {
        return Err(ApiError::ScopeTooSmall);
    }
    cloud.store.notices_seen(&OwnAccess::of(&session)).await?;
    Ok(HttpResponse::NoContent().finish())
}
