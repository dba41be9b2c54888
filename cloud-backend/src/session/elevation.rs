//! Showing anew who one is: a second factor for dangerous acts (elevation), a password for changing what protects the account where
//! there is no second factor (confirmation).

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::{Session, SignedIn, cookie::CookieKind, lifetimes, secrets, sign_in::PasskeyOptions};
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::{Action, Outcome},
    authz::OwnAccess,
    factors::{self, Challenge, GivenFactor},
    store::{Ceremony, StoreError, Throttle},
};

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Elevation {
    #[serde(with = "time::serde::rfc3339")]
    elevated_until: OffsetDateTime,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Confirm {
    password: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Confirmation {
    #[serde(with = "time::serde::rfc3339")]
    confirmed_until: OffsetDateTime,
}

/// A challenge is bound to the session, not to a cookie: two sessions of one person cannot answer each other's.
fn challenge(session: &Session) -> Result<Challenge, ApiError> {
    let id = session.browser_session().ok_or(ApiError::ScopeTooSmall)?;
    Ok(Challenge { binding: secrets::hash_secret(&id.to_string()), kind: Ceremony::PasskeyElevation })
}

/// A challenge for elevating with a passkey.
#[utoipa::path(post, path = "/api/v1/session/elevation/passkey-options", tag = "session", responses(
    (status = 200, body = PasskeyOptions), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub(crate) async fn elevation_options(
    session: Session,
    cloud: web::Data<Cloud>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let challenge = challenge(&session)?;
    let options = factors::passkey::start_second(&cloud, &request, session.user_id(), challenge).await?;
    PasskeyOptions::answer(&options)
}

/// Shows a second factor anew; for 15 minutes the session may do what is dangerous.
#[utoipa::path(post, path = "/api/v1/session/elevation", tag = "session", request_body = GivenFactor, responses(
    (status = 200, body = Elevation), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(crate) async fn elevate(
    session: Session,
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    body: web::Json<GivenFactor>,
) -> Result<HttpResponse, ApiError> {
    let id = session.browser_session().ok_or(ApiError::ScopeTooSmall)?;
    let has = cloud.store.factors(session.user_id()).await?;
    if has.passkeys == 0 && !has.totp {
        return Err(ApiError::SecondFactorMissing);
    }
    let own = OwnAccess::of(&session);
    let policy = session.user().rights.policy;
    let verified = match &*body {
        // A code on paper brings somebody back in; it is no second factor for what is dangerous.
        GivenFactor::RecoveryCode { .. } => Err(ApiError::FactorInvalid),
        GivenFactor::Totp { .. } if policy == crate::authz::FactorPolicy::Passkey => Err(ApiError::FactorInvalid),
        given => factors::verify(&cloud, &request, session.user_id(), given, challenge(&session)?).await,
    };
    let factor = match verified {
        Ok(factor) => factor,
        Err(error) => {
            denied(&cloud, &own, &error).await?;
            return Err(error);
        }
    };
    let secret = secrets::random_secret().map_err(ApiError::internal)?;
    let hash = secrets::hash_secret(&secret);
    let until = cloud
        .store
        .audited(&own, Action::SessionElevate, async |w| w.elevate(id, &factor, &hash, lifetimes::ELEVATION).await)
        .await
        .map_err(|error| match error {
            StoreError::NotFound => ApiError::CodeUsed,
            error => error.into(),
        })?;
    let cookie = CookieKind::Elevation.issue(secret, Some(lifetimes::ELEVATION), cloud.config.is_https());
    Ok(HttpResponse::Ok().cookie(cookie).json(Elevation { elevated_until: until.time() }))
}

async fn denied(cloud: &Cloud, own: &OwnAccess, error: &ApiError) -> Result<(), ApiError> {
    Ok(cloud
        .store
        .audited(own, Action::SessionElevate, async |w| {
            w.set_outcome(Outcome::Denied);
            w.detail("refused", error.code_text());
            Ok::<_, StoreError>(())
        })
        .await?)
}

/// Gives the elevation up.
#[utoipa::path(delete, path = "/api/v1/session/elevation", tag = "session", responses((status = 204), (status = 401, body = ErrorBody)))]
pub(crate) async fn drop_elevation(session: Session, cloud: web::Data<Cloud>) -> Result<HttpResponse, ApiError> {
    let id = session.browser_session().ok_or(ApiError::ScopeTooSmall)?;
    let own = OwnAccess::of(&session);
    cloud.store.audited(&own, Action::SessionElevationEnd, async |w| w.drop_elevation(id).await).await?;
    Ok(HttpResponse::NoContent().cookie(CookieKind::Elevation.expire(cloud.config.is_https())).finish())
}

/// Shows the password anew. Only for people without a second factor; the others show that.
#[utoipa::path(post, path = "/api/v1/session/confirmation", tag = "session", request_body = Confirm, responses(
    (status = 200, body = Confirmation), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(crate) async fn confirm(
    SignedIn(session): SignedIn,
    cloud: web::Data<Cloud>,
    body: web::Json<Confirm>,
) -> Result<HttpResponse, ApiError> {
    let id = session.browser_session().ok_or(ApiError::ScopeTooSmall)?;
    let has = cloud.store.factors(session.user_id()).await?;
    if has.passkeys > 0 || has.totp {
        return Err(ApiError::ElevationRequired);
    }
    let own = OwnAccess::of(&session);
    check_own_password(&cloud, &session, &body.password).await?;
    let until =
        cloud.store.audited(&own, Action::SessionConfirm, async |w| w.confirm(id, lifetimes::ELEVATION).await).await?;
    Ok(HttpResponse::Ok().json(Confirmation { confirmed_until: until.time() }))
}

/// The password of whoever is signed in; it is guessed no faster here than at the door.
pub(crate) async fn check_own_password(cloud: &Cloud, session: &Session, password: &str) -> Result<(), ApiError> {
    let key = format!("confirm/{}", session.user_id());
    let place = cloud.passwords.enter()?;
    if let Throttle::Wait(wait) = cloud.store.charge_failure(&key).await? {
        return Err(ApiError::wait(wait));
    }
    if !cloud.passwords.verify(place, password, session.user().password_hash.as_deref()).await? {
        denied(cloud, &OwnAccess::of(session), &ApiError::CredentialsInvalid).await?;
        return Err(ApiError::CredentialsInvalid);
    }
    Ok(cloud.store.forget_failures(&key).await?)
}
