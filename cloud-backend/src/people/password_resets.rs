//! A new password by a link: nobody sets, or sees, the password of somebody else.

use actix_web::{HttpRequest, HttpResponse, web};
use carrel_ids::UserId;
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use utoipa::ToSchema;

use super::NewLink;
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{LinkHolder, PersonAccess, Proof as _, refuse_recovered},
    session::{parse_password, request_context, secrets},
    store::StoreError,
};

/// How long a link for a new password works.
pub(super) const VALID: Duration = Duration::hours(24);

/// A link for one person, to be passed on to them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CreatedLink {
    link: String,
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LookAtReset {
    /// What stands behind `#` in the link.
    token: String,
}

/// Whose password the link sets.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ResetView {
    name: String,
    display_name: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AcceptReset {
    /// What stands behind `#` in the link.
    token: String,
    password: String,
}

/// Makes a link for a new password; the one before is worthless. Sessions go on until it is used.
#[utoipa::path(post, path = "/api/v1/admin/users/{user_id}/password-reset", tag = "people", params(("user_id" = UserId, Path)), responses(
    (status = 201, body = CreatedLink), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn create_reset(
    access: PersonAccess,
    cloud: web::Data<Cloud>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    refuse_recovered(&cloud.store, &access, Action::PasswordResetCreate).await?;
    let link = NewLink::new(&cloud, &request, "reset")?;
    let person = cloud.store.person(&access).await?.user;
    let made = cloud.store.audited(&access, Action::PasswordResetCreate, async |w| {
        let expires_at = w.create_password_reset(&link.hash, VALID).await?;
        if let (Some(email), Some(head)) = (&person.email, w.letterhead()) {
            let letter = head.password_reset(&person.language, &person.display_name, &link.path, expires_at);
            w.queue_mail(email, &letter).await?;
        }
        Ok::<_, StoreError>(expires_at)
    });
    let body = CreatedLink { expires_at: made.await?.time(), link: link.address() };
    Ok(HttpResponse::Created().insert_header(("cache-control", "no-store")).json(body))
}

/// Whom a link is for.
#[utoipa::path(post, path = "/api/v1/password-resets/look", tag = "joining", request_body = LookAtReset, responses(
    (status = 200, body = ResetView), (status = 401, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(crate) async fn look_at_reset(
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    body: web::Json<LookAtReset>,
) -> Result<HttpResponse, ApiError> {
    let holder = LinkHolder::new(request_context(&request));
    match cloud.store.password_reset_subject(&secrets::hash_secret(&body.token)).await? {
        Some((name, display_name)) => Ok(HttpResponse::Ok().json(ResetView { name, display_name })),
        None => Err(refuse(&cloud, &holder, Action::PasswordResetUse).await),
    }
}

/// Sets the password of whoever the link is for. All their sessions end; second factors stay.
#[utoipa::path(post, path = "/api/v1/password-resets/accept", tag = "joining", request_body = AcceptReset, responses(
    (status = 204), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 422, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(crate) async fn accept_reset(
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    body: web::Json<AcceptReset>,
) -> Result<HttpResponse, ApiError> {
    let holder = LinkHolder::new(request_context(&request));
    let link = secrets::hash_secret(&body.token);
    // Unknown, expired and used links take the same path.
    let Some((name, display_name)) = cloud.store.password_reset_subject(&link).await? else {
        return Err(refuse(&cloud, &holder, Action::PasswordResetUse).await);
    };
    parse_password(&body.password, &[&name, &display_name])?;
    let hash = cloud.passwords.hash(&body.password).await?;
    let used = cloud
        .store
        .audited(&holder, Action::PasswordResetUse, async |w| w.use_password_reset(&link, &hash).await)
        .await;
    match used {
        Ok(_) => {}
        Err(StoreError::NotFound) => return Err(refuse(&cloud, &holder, Action::PasswordResetUse).await),
        Err(error) => return Err(error.into()),
    }
    // Whoever was kept waiting because somebody guessed need not wait any longer.
    cloud.store.forget_failures(&format!("sign-in/name/{}", name.to_lowercase())).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// A link that is not valid, or not any more.
pub(super) async fn refuse(cloud: &Cloud, holder: &LinkHolder, action: Action) -> ApiError {
    match cloud.store.record_denial(holder.actor(), action, holder.target(), "link").await {
        Ok(()) => ApiError::LinkInvalid,
        Err(error) => error.into(),
    }
}
