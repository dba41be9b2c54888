//! Codes of an authenticator app (RFC 6238): SHA-1, six digits, 30 s, which is what all apps know; one step of drift; each code once.

use carrel_ids::UserId;
use time::OffsetDateTime;
use totp_rs::{Algorithm, Builder, Secret, Totp};

use crate::{api_error::ApiError, app::Cloud, store::FactorUse};

const PURPOSE: &str = "totp";
/// 160 bits, as RFC 4226 recommends.
const SECRET_BYTES: usize = 20;

/// A new secret.
///
/// # Errors
/// When the system gives no randomness.
pub(crate) fn new_secret() -> Result<Vec<u8>, getrandom::Error> {
    let mut secret = vec![0; SECRET_BYTES];
    getrandom::fill(&mut secret)?;
    Ok(secret)
}

/// The generator of codes for a secret; `account` is what apps show beside it.
pub(crate) fn generator(secret: &[u8], account: &str) -> Result<Totp, ApiError> {
    // A colon would end the name of the issuer in the address that apps read.
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(30)
        .with_secret(Secret::from(secret.to_vec()))
        .with_account_name(account.replace(':', " "))
        .with_issuer(Some("Carrel"))
        .build()
        .map_err(|error| ApiError::Internal(error.to_string().into()))
}

pub(crate) fn seal(cloud: &Cloud, secret: &[u8]) -> Result<Vec<u8>, ApiError> {
    cloud.at_rest.seal(PURPOSE, secret).map_err(ApiError::internal)
}

/// The step of a right code, now or one step away.
pub(crate) fn check(cloud: &Cloud, sealed: &[u8], code: &str) -> Result<Option<i64>, ApiError> {
    let secret = cloud.at_rest.open(PURPOSE, sealed).map_err(ApiError::internal)?;
    let now = u64::try_from(OffsetDateTime::now_utc().unix_timestamp()).unwrap_or(0);
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let step = generator(&secret, "-")?.check(&code, now);
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

/// T-12: a code that was taken is refused, on this replica and on every other.
pub(super) async fn verify(cloud: &Cloud, user: UserId, code: &str) -> Result<FactorUse, ApiError> {
    let row = cloud.store.totp_factor(user).await?.filter(|row| row.confirmed_at.is_some());
    let row = row.ok_or(ApiError::FactorInvalid)?;
    match check(cloud, &row.secret, code)? {
        Some(step) if step > row.last_step => Ok(FactorUse::Totp { step }),
        Some(_) => Err(ApiError::CodeUsed),
        None => Err(ApiError::FactorInvalid),
    }
}
