//! Joining by an invitation's link.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::password_resets::refuse;
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{Factor, LinkHolder},
    session::{
        begin::{begun, carried},
        lifetimes,
        me::Me,
        parse_password,
        profile::parse_profile,
        request_context, secrets,
    },
    store::{InvitationLook, NewSession, NewUser, RefreshTokens, SessionMethod, StoreError},
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LookAtInvitation {
    /// What stands behind `#` in the link.
    token: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvitationView {
    invited_by: String,
    note: String,
    /// Names of the roles that come with it.
    roles: Vec<String>,
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
    email: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AcceptInvitation {
    /// What stands behind `#` in the link.
    token: String,
    name: String,
    display_name: String,
    /// `en` or `de`.
    language: String,
    password: String,
}

/// The invitation behind a link. Unknown, expired, revoked and used ones get the same answer.
async fn look(
    cloud: &Cloud,
    request: &HttpRequest,
    token: &str,
) -> Result<(LinkHolder, [u8; 32], InvitationLook), ApiError> {
    let (holder, link) = (LinkHolder::new(request_context(request)), secrets::hash_secret(token));
    match cloud.store.invitation_by_link(&link).await? {
        Some(invitation) => Ok((holder, link, invitation)),
        None => Err(refuse(cloud, &holder, Action::InvitationAccept).await),
    }
}

/// What a link is for.
#[utoipa::path(post, path = "/api/v1/invitations/look", tag = "joining", request_body = LookAtInvitation, responses(
    (status = 200, body = InvitationView), (status = 401, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(crate) async fn look_at_invitation(
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    body: web::Json<LookAtInvitation>,
) -> Result<HttpResponse, ApiError> {
    let (.., invitation) = look(&cloud, &request, &body.token).await?;
    let names = cloud.store.role_names().await?;
    Ok(HttpResponse::Ok().json(InvitationView {
        invited_by: invitation.invited_by,
        note: invitation.note,
        roles: invitation.roles.iter().filter_map(|role| names.get(role).cloned()).collect(),
        expires_at: invitation.expires_at.time(),
        email: invitation.email,
    }))
}

/// Makes the person and signs them in. Whether the inviter may still give what the invitation gives is looked at anew.
#[utoipa::path(post, path = "/api/v1/invitations/accept", tag = "joining", request_body = AcceptInvitation, responses(
    (status = 201, body = Me), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 409, body = ErrorBody),
    (status = 422, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(crate) async fn accept_invitation(
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    body: web::Json<AcceptInvitation>,
) -> Result<HttpResponse, ApiError> {
    let (holder, link, _) = look(&cloud, &request, &body.token).await?;
    let (name, display_name, language) = parse_profile(&body.name, &body.display_name, &body.language)?;
    parse_password(&body.password, &[name, display_name])?;
    let hash = cloud.passwords.hash(&body.password).await?;
    let tokens = RefreshTokens::new().map_err(ApiError::internal)?;
    let session = NewSession {
        tokens: &tokens,
        method: SessionMethod::Invitation,
        factor: Factor::None,
        stay: false,
        lifetimes: lifetimes::of(false),
        known_device: false,
        provider: None,
        carried: carried(&cloud, &request),
    };
    let user =
        NewUser { name, display_name, language, email: None, service: false, password_hash: Some(&hash), roles: &[] };
    let joined = cloud
        .store
        .audited(&holder, Action::InvitationAccept, async |w| w.accept_invitation(&link, &user, &session).await)
        .await;
    let user = match joined {
        Ok(user) => user,
        Err(StoreError::NotFound) => return Err(refuse(&cloud, &holder, Action::InvitationAccept).await),
        Err(StoreError::Exists) => return Err(ApiError::NameTaken),
        Err(error) => return Err(error.into()),
    };
    let device = cloud.devices.issue(user).map_err(ApiError::internal)?;
    let mut response = begun(&cloud, &request, &tokens, false, device).await?.answer(&cloud).await?;
    *response.status_mut() = actix_web::http::StatusCode::CREATED;
    Ok(response)
}
