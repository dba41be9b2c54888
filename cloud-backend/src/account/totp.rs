//! One's own authenticator app.

use actix_web::{HttpResponse, web};
use qrcode::{EcLevel, QrCode, render::svg};
use serde::{Deserialize, Serialize};
use totp_rs::Secret;
use utoipa::ToSchema;

use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::Confirmed,
    factors::totp,
    session::SignedIn,
    store::{StoreError, Throttle},
};

/// A secret for an app. Shown once: it cannot be read again.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NewTotp {
    /// Base 32, for typing it in.
    secret: String,
    /// `otpauth://…`, which apps open.
    uri: String,
    /// The same as a picture, SVG.
    qr: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmTotp {
    /// The code that the app shows.
    code: String,
}

/// Begins with an app. It counts once its first code was shown.
#[utoipa::path(post, path = "/api/v1/account/totp", tag = "account", responses(
    (status = 201, body = NewTotp), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(crate) async fn begin_totp(SignedIn(session): SignedIn, cloud: web::Data<Cloud>) -> Result<HttpResponse, ApiError> {
    let confirmed = Confirmed::require(&session)?;
    let secret = totp::new_secret().map_err(ApiError::internal)?;
    let sealed = totp::seal(&cloud, &secret)?;
    let begun = cloud.store.audited(&confirmed, Action::TotpBegin, async |w| w.begin_totp(&sealed).await).await;
    begun.map_err(|error| match error {
        StoreError::Exists => ApiError::FactorExists,
        error => error.into(),
    })?;
    let uri = totp::generator(&secret, &session.user().name)?.to_url().map_err(ApiError::internal)?;
    let code = QrCode::with_error_correction_level(&uri, EcLevel::M).map_err(ApiError::internal)?;
    let qr = code.render::<svg::Color<'_>>().min_dimensions(220, 220).build();
    let secret = Secret::from(secret).to_base32();
    Ok(HttpResponse::Created().insert_header(("cache-control", "no-store")).json(NewTotp { secret, uri, qr }))
}

/// Shows the app's first code: from here on it is a second factor.
#[utoipa::path(post, path = "/api/v1/account/totp/confirmation", tag = "account", request_body = ConfirmTotp, responses(
    (status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(crate) async fn confirm_totp(
    SignedIn(session): SignedIn,
    cloud: web::Data<Cloud>,
    body: web::Json<ConfirmTotp>,
) -> Result<HttpResponse, ApiError> {
    let confirmed = Confirmed::require(&session)?;
    let key = format!("totp-confirmation/{}", session.user_id());
    if let Throttle::Wait(wait) = cloud.store.charge_failure(&key).await? {
        return Err(ApiError::wait(wait));
    }
    let row = cloud.store.totp_factor(session.user_id()).await?.filter(|row| row.confirmed_at.is_none());
    let row = row.ok_or(ApiError::FactorInvalid)?;
    let step = totp::check(&cloud, &row.secret, &body.code)?.ok_or(ApiError::FactorInvalid)?;
    cloud.store.forget_failures(&key).await?;
    cloud.store.audited(&confirmed, Action::TotpCreate, async |w| w.confirm_totp(step).await).await.map_err(
        |error| match error {
            StoreError::NotFound => ApiError::FactorInvalid,
            error => error.into(),
        },
    )?;
    Ok(HttpResponse::NoContent().finish())
}

/// Removes the app; whoever signed in elsewhere has to sign in anew.
#[utoipa::path(delete, path = "/api/v1/account/totp", tag = "account", responses(
    (status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(crate) async fn remove_totp(confirmed: Confirmed, cloud: web::Data<Cloud>) -> Result<HttpResponse, ApiError> {
    cloud.store.audited(&confirmed, Action::TotpDelete, async |w| w.remove_totp().await).await?;
    Ok(HttpResponse::NoContent().finish())
}
