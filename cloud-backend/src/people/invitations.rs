//! Invitations, for those who make them.

use actix_web::{HttpRequest, HttpResponse, web};
use carrel_ids::{InvitationId, RoleId, UserId};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use utoipa::ToSchema;

use super::{NewLink, page, page::PageQuery, parse_text};
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{ManageUsers, Proof as _, RoleGrant, SystemAccess},
    session::profile::parse_email,
    store::{InvitationRow, NewInvitation, StoreError},
};

const MAX_DAYS: u16 = 30;

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Invitations {
    items: Vec<Invitation>,
    /// `after` of the next page; absent on the last.
    next: Option<String>,
}

/// Everything of an invitation but its link.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Invitation {
    id: InvitationId,
    email: Option<String>,
    note: String,
    role_ids: Vec<RoleId>,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    created_by: Inviter,
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
    /// `open`, `used`, `revoked` or `expired`.
    state: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
struct Inviter {
    id: UserId,
    display_name: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateInvitation {
    /// Becomes the new person's address.
    #[serde(default)]
    email: String,
    /// Shown to whoever opens the link.
    #[serde(default)]
    note: String,
    #[serde(default)]
    role_ids: Vec<RoleId>,
    /// How long the link works: 1 to 30.
    days: u16,
}

/// An invitation with its link, which is in no other place.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CreatedInvitation {
    invitation: Invitation,
    link: String,
}

impl Invitation {
    fn new(row: InvitationRow) -> Self {
        Self {
            state: match (row.used, row.revoked) {
                (true, _) => "used",
                (false, true) => "revoked",
                (false, false) if row.expires_at.time() <= OffsetDateTime::now_utc() => "expired",
                (false, false) => "open",
            },
            id: row.id,
            email: row.email,
            note: row.note,
            role_ids: row.roles,
            created_at: row.created_at.time(),
            created_by: Inviter { id: row.created_by.0, display_name: row.created_by.1 },
            expires_at: row.expires_at.time(),
        }
    }
}

/// Invitations, the newest first.
#[utoipa::path(get, path = "/api/v1/admin/invitations", tag = "people", params(PageQuery), responses(
    (status = 200, body = Invitations), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn list_invitations(
    access: SystemAccess<ManageUsers>,
    cloud: web::Data<Cloud>,
    query: web::Query<PageQuery>,
) -> Result<HttpResponse, ApiError> {
    let limit = query.limit();
    let mut rows = cloud.store.invitations(&access, query.id()?, limit + 1).await?;
    let next = page::cut(&mut rows, limit).map(|row| row.id.to_string());
    Ok(HttpResponse::Ok().json(Invitations { items: rows.into_iter().map(Invitation::new).collect(), next }))
}

/// Makes a link by which one person joins, with roles that the inviter holds.
#[utoipa::path(post, path = "/api/v1/admin/invitations", tag = "people", request_body = CreateInvitation, responses(
    (status = 201, body = CreatedInvitation), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
    (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn create_invitation(
    access: SystemAccess<ManageUsers>,
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    body: web::Json<CreateInvitation>,
) -> Result<HttpResponse, ApiError> {
    if body.days == 0 || body.days > MAX_DAYS {
        return Err(ApiError::field("days", "An invitation works for 1 to 30 days."));
    }
    let (email, note) = (parse_email(&body.email)?, parse_text("note", &body.note)?);
    let roles = RoleGrant::for_newcomer(&cloud.store, &access, &body.role_ids).await?;
    let link = NewLink::new(&cloud, &request, "join")?;
    let inviter = cloud.store.active_user(access.actor().user().ok_or(ApiError::NotFound)?).await?;
    let inviter = inviter.ok_or(ApiError::NotSignedIn)?;
    let new = NewInvitation { link_hash: &link.hash, email, note, valid: Duration::days(i64::from(body.days)) };
    let made = cloud.store.audited(&access, Action::InvitationCreate, async |w| {
        let row = w.create_invitation(&new, &roles).await?;
        if let (Some(email), Some(head)) = (email, w.letterhead()) {
            let who = &inviter.display_name;
            let letter = head.invitation(&inviter.language, who, note, &link.path, row.expires_at);
            w.queue_mail(email, &letter).await?;
        }
        Ok::<_, StoreError>(row)
    });
    let body = CreatedInvitation { invitation: Invitation::new(made.await?), link: link.address() };
    Ok(HttpResponse::Created().insert_header(("cache-control", "no-store")).json(body))
}

/// Makes the link worthless.
#[utoipa::path(delete, path = "/api/v1/admin/invitations/{invitation_id}", tag = "people", params(("invitation_id" = InvitationId, Path)), responses(
    (status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn revoke_invitation(
    access: SystemAccess<ManageUsers>,
    cloud: web::Data<Cloud>,
    id: web::Path<InvitationId>,
) -> Result<HttpResponse, ApiError> {
    cloud.store.audited(&access, Action::InvitationRevoke, async |w| w.revoke_invitation(*id).await).await?;
    Ok(HttpResponse::NoContent().finish())
}
