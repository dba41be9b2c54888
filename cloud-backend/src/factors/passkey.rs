//! Passkeys (WebAuthn Level 3) with user verification always: challenges are single-use rows, the counter is checked here and written
//! behind the same check, so that no replica turns it back (T-13).

use actix_web::HttpRequest;
use carrel_ids::UserId;
use url::Url;
use uuid::Uuid;
use webauthn_rs::{
    Webauthn, WebauthnBuilder,
    prelude::{
        AuthenticationResult, DiscoverableAuthentication, Passkey, PasskeyAuthentication, PasskeyRegistration,
        PublicKeyCredential, RegisterPublicKeyCredential, RequestChallengeResponse, WebauthnError,
    },
};

use super::Challenge;
use crate::{
    api_error::ApiError,
    app::Cloud,
    session::{browser_origin, lifetimes, request_context},
    store::{Ceremony, FactorUse, PasskeyRow, UserRow},
};

const PURPOSE: &str = "webauthn challenge";

/// The relying party: the host of the configured origin and no other. On loopback, where no origin is configured, `localhost`, which
/// browsers treat as secure; an IP address cannot have passkeys.
fn relying_party(cloud: &Cloud, request: &HttpRequest) -> Result<Webauthn, ApiError> {
    let origin = browser_origin(cloud, request);
    let origin = Url::parse(&origin).map_err(|_| ApiError::PasskeysUnavailable)?;
    let host = origin.domain().ok_or(ApiError::PasskeysUnavailable)?;
    if cloud.config.public_origin.is_empty() && host != "localhost" {
        return Err(ApiError::PasskeysUnavailable);
    }
    let builder = WebauthnBuilder::new(host, &origin).map_err(ApiError::internal)?;
    builder.rp_name("Carrel").timeout(lifetimes::CHALLENGE.unsigned_abs()).build().map_err(ApiError::internal)
}

fn parse(row: &PasskeyRow) -> Result<Passkey, ApiError> {
    serde_json::from_str(&row.credential).map_err(ApiError::internal)
}

fn store_form(passkey: &Passkey) -> Result<String, ApiError> {
    serde_json::to_string(passkey).map_err(ApiError::internal)
}

async fn keep(
    cloud: &Cloud,
    challenge: Challenge,
    user: Option<UserId>,
    state: &impl serde::Serialize,
) -> Result<(), ApiError> {
    let state = serde_json::to_vec(state).map_err(ApiError::internal)?;
    let sealed = cloud.at_rest.seal(PURPOSE, &state).map_err(ApiError::internal)?;
    Ok(cloud.store.put_ceremony(&challenge.binding, challenge.kind, user, &sealed, lifetimes::CHALLENGE).await?)
}

/// The challenge's state, once.
async fn take<T: serde::de::DeserializeOwned>(cloud: &Cloud, challenge: Challenge) -> Result<T, ApiError> {
    let sealed = cloud.store.take_ceremony(&challenge.binding, challenge.kind).await?;
    let sealed = sealed.ok_or(ApiError::ChallengeExpired)?;
    let state = cloud.at_rest.open(PURPOSE, &sealed).map_err(ApiError::internal)?;
    serde_json::from_slice(&state).map_err(ApiError::internal)
}

/// Options for `navigator.credentials.create`.
pub(crate) async fn start_registration(
    cloud: &Cloud,
    request: &HttpRequest,
    user: &UserRow,
    handle: Uuid,
    binding: [u8; 32],
) -> Result<serde_json::Value, ApiError> {
    let existing = cloud.store.passkeys(user.id).await?;
    let existing =
        existing.iter().map(|row| Ok(parse(row)?.cred_id().clone())).collect::<Result<Vec<_>, ApiError>>()?;
    let (options, state) = relying_party(cloud, request)?
        .start_passkey_registration(handle, &user.name, &user.display_name, Some(existing))
        .map_err(ApiError::internal)?;
    // The library asks for credentials that need a user name; signing in without one needs discoverable ones.
    let mut options = serde_json::to_value(options).map_err(ApiError::internal)?;
    let selection = &mut options["publicKey"]["authenticatorSelection"];
    selection["residentKey"] = "required".into();
    selection["requireResidentKey"] = true.into();
    let challenge = Challenge { binding, kind: Ceremony::PasskeyRegistration };
    keep(cloud, challenge, Some(user.id), &state).await?;
    Ok(options)
}

/// A credential that fits the challenge: identifier and stored form.
pub(crate) async fn finish_registration(
    cloud: &Cloud,
    request: &HttpRequest,
    credential: &RegisterPublicKeyCredential,
    binding: [u8; 32],
) -> Result<(Vec<u8>, String), ApiError> {
    let challenge = Challenge { binding, kind: Ceremony::PasskeyRegistration };
    let state: PasskeyRegistration = take(cloud, challenge).await?;
    let passkey = relying_party(cloud, request)?.finish_passkey_registration(credential, &state).map_err(refused)?;
    Ok((passkey.cred_id().to_vec(), store_form(&passkey)?))
}

/// Options for `navigator.credentials.get` of a known person.
pub(crate) async fn start_second(
    cloud: &Cloud,
    request: &HttpRequest,
    user: UserId,
    challenge: Challenge,
) -> Result<RequestChallengeResponse, ApiError> {
    let passkeys = cloud.store.passkeys(user).await?.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
    if passkeys.is_empty() {
        return Err(ApiError::SecondFactorMissing);
    }
    let (options, state) =
        relying_party(cloud, request)?.start_passkey_authentication(&passkeys).map_err(ApiError::internal)?;
    keep(cloud, challenge, Some(user), &state).await?;
    Ok(options)
}

pub(super) async fn verify_second(
    cloud: &Cloud,
    request: &HttpRequest,
    user: UserId,
    credential: &PublicKeyCredential,
    challenge: Challenge,
) -> Result<FactorUse, ApiError> {
    let state: PasskeyAuthentication = take(cloud, challenge).await?;
    let row =
        cloud.store.passkeys(user).await?.into_iter().find(|row| row.credential_id == credential.get_credential_id());
    let row = row.ok_or(ApiError::PasskeyInvalid)?;
    match relying_party(cloud, request)?.finish_passkey_authentication(credential, &state) {
        Ok(result) => used(&row, &result),
        Err(error) => Err(not_accepted(cloud, request, &row, error).await?),
    }
}

/// Options for `navigator.credentials.get` of whoever comes.
pub(crate) async fn start_discoverable(
    cloud: &Cloud,
    request: &HttpRequest,
    binding: [u8; 32],
) -> Result<RequestChallengeResponse, ApiError> {
    let (options, state) =
        relying_party(cloud, request)?.start_discoverable_authentication().map_err(ApiError::internal)?;
    keep(cloud, Challenge { binding, kind: Ceremony::PasskeySignIn }, None, &state).await?;
    Ok(options)
}

/// Whose credential it is, and its use.
pub(crate) async fn verify_discoverable(
    cloud: &Cloud,
    request: &HttpRequest,
    credential: &PublicKeyCredential,
    binding: [u8; 32],
) -> Result<(UserId, FactorUse), ApiError> {
    let state: DiscoverableAuthentication = take(cloud, Challenge { binding, kind: Ceremony::PasskeySignIn }).await?;
    let party = relying_party(cloud, request)?;
    let (handle, id) = party.identify_discoverable_authentication(credential).map_err(refused)?;
    let row = cloud.store.passkey_by_credential(handle, id).await?.ok_or(ApiError::PasskeyInvalid)?;
    match party.finish_discoverable_authentication_v2(credential, state, &parse(&row)?) {
        Ok(result) => Ok((row.user, used(&row, &result)?)),
        Err(error) => Err(not_accepted(cloud, request, &row, error).await?),
    }
}

fn used(row: &PasskeyRow, result: &AuthenticationResult) -> Result<FactorUse, ApiError> {
    if !result.user_verified() {
        return Err(ApiError::PasskeyInvalid);
    }
    let mut passkey = parse(row)?;
    passkey.update_credential(result);
    Ok(FactorUse::Passkey { id: row.id, credential: store_form(&passkey)?, counter: i64::from(result.counter()) })
}

fn refused(error: WebauthnError) -> ApiError {
    tracing::info!(%error, "a passkey was refused");
    ApiError::PasskeyInvalid
}

/// A counter that did not grow says that there are two of a key that should be one: refused, logged, and its person told.
async fn not_accepted(
    cloud: &Cloud,
    request: &HttpRequest,
    row: &PasskeyRow,
    error: WebauthnError,
) -> Result<ApiError, ApiError> {
    if matches!(error, WebauthnError::CredentialPossibleCompromise) {
        cloud.store.report_cloned_passkey(row, request_context(request)).await?;
        return Ok(ApiError::PasskeyCloned);
    }
    Ok(refused(error))
}
