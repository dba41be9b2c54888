//! One's own recovery codes.

use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::Confirmed,
    factors::recovery,
};

/// Shown once: they cannot be read again.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecoveryCodes {
    codes: Vec<String>,
}

/// Makes ten new codes; the ones before are worthless from then on.
#[utoipa::path(post, path = "/api/v1/account/recovery-codes", tag = "account", responses(
    (status = 201, body = RecoveryCodes), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub(crate) async fn make_recovery_codes(
    confirmed: Confirmed,
    cloud: web::Data<Cloud>,
) -> Result<HttpResponse, ApiError> {
    let has = cloud.store.factors(confirmed.user()).await?;
    if has.passkeys == 0 && !has.totp {
        // A code stands in for a factor; without one it would be a second password.
        return Err(ApiError::SecondFactorMissing);
    }
    let mut codes: Vec<String> = Vec::with_capacity(recovery::COUNT);
    let mut hashed: Vec<(String, String)> = Vec::with_capacity(recovery::COUNT);
    while codes.len() < recovery::COUNT {
        let code = recovery::new_code().map_err(ApiError::internal)?;
        let Some((prefix, secret)) = recovery::parts(&code) else { continue };
        // The first group finds the code, so no two have the same.
        if hashed.iter().any(|(other, _)| *other == prefix) {
            continue;
        }
        hashed.push((prefix, cloud.passwords.hash(&secret).await?));
        codes.push(code);
    }
    cloud
        .store
        .audited(&confirmed, Action::RecoveryCodesCreate, async |w| w.replace_recovery_codes(&hashed).await)
        .await?;
    Ok(HttpResponse::Created().insert_header(("cache-control", "no-store")).json(RecoveryCodes { codes }))
}
