//! Second factors: passkeys, codes of an authenticator app, recovery codes. Each is checked here and used up by the store in the
//! transaction that it allows; how a session begins is `session`'s matter.

pub(crate) mod passkey;
pub(crate) mod recovery;
pub(crate) mod totp;

use actix_web::HttpRequest;
use carrel_ids::UserId;
use serde::Deserialize;
use utoipa::ToSchema;
use webauthn_rs::prelude::PublicKeyCredential;

use crate::{
    api_error::ApiError,
    app::Cloud,
    store::{Ceremony, FactorUse, Throttle},
};

/// What a person shows as second factor.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum GivenFactor {
    Totp {
        /// Six digits.
        code: String,
    },
    RecoveryCode {
        code: String,
    },
    Passkey {
        /// `PublicKeyCredential` as JSON (WebAuthn Level 3, `toJSON`).
        #[schema(value_type = serde_json::Value)]
        credential: Box<PublicKeyCredential>,
    },
}

/// Where a challenge for a passkey was left.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Challenge {
    pub(crate) binding: [u8; 32],
    pub(crate) kind: Ceremony,
}

/// Checks what was shown. It counts as a failure until it proves right; what is right is not used up yet.
pub(crate) async fn verify(
    cloud: &Cloud,
    request: &HttpRequest,
    user: UserId,
    given: &GivenFactor,
    challenge: Challenge,
) -> Result<FactorUse, ApiError> {
    let key = throttle_key(user);
    // What is turned away for want of room is no try.
    let place = cloud.passwords.enter()?;
    if let Throttle::Wait(wait) = cloud.store.charge_failure(&key).await? {
        return Err(ApiError::wait(wait));
    }
    let used = match given {
        GivenFactor::Totp { code } => totp::verify(cloud, user, code).await?,
        GivenFactor::RecoveryCode { code } => recovery::verify(cloud, place, user, code).await?,
        GivenFactor::Passkey { credential } => {
            passkey::verify_second(cloud, request, user, credential, challenge).await?
        }
    };
    cloud.store.forget_failures(&key).await?;
    Ok(used)
}

fn throttle_key(user: UserId) -> String {
    format!("factor/{user}")
}
