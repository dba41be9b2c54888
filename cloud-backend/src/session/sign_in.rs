//! Signing in: with a name and a password, with a passkey alone, and the second factor; and signing out.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use webauthn_rs::prelude::PublicKeyCredential;

use super::{
    SignedIn,
    begin::{FactorMethod, FirstFactor, Pending, SecondFactorNeeded, begin, first_factor_shown},
    cookie::CookieKind,
    extract::request_context,
    lifetimes,
    me::Me,
    password_sign_in::check_password,
    secrets,
};
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::{Action, Outcome},
    authz::{OwnAccess, SignInAttempt},
    factors::{self, Challenge, GivenFactor},
    guard,
    store::{Ceremony, Limit, SessionMethod, StoreError},
};

/// Challenges that one network prefix may ask for: five a second after the first hundred.
const CHALLENGES: Limit = Limit { every: time::Duration::milliseconds(200), burst: 100 };

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    pub(super) name: String,
    pub(super) password: String,
    /// Stay signed in on this device of one's own.
    #[serde(default)]
    pub(super) stay: bool,
}

/// A passkey that answers a challenge.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasskeySignIn {
    #[schema(value_type = serde_json::Value)]
    credential: Box<PublicKeyCredential>,
    #[serde(default)]
    stay: bool,
}

/// Options for `navigator.credentials`, in the JSON form of WebAuthn Level 3.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PasskeyOptions {
    #[schema(value_type = serde_json::Value)]
    pub(crate) options: serde_json::Value,
}

impl PasskeyOptions {
    /// The library wraps the options as the page's call takes them; the JSON form is what is inside.
    pub(crate) fn answer(wrapped: &impl Serialize) -> Result<HttpResponse, ApiError> {
        let mut wrapped = serde_json::to_value(wrapped).map_err(ApiError::internal)?;
        let options = wrapped["publicKey"].take();
        Ok(HttpResponse::Ok().insert_header(("cache-control", "no-store")).json(Self { options }))
    }
}

/// Signs in with a password. Unknown name, wrong password and disabled person get the same answer after the same work.
#[utoipa::path(post, path = "/api/v1/session", tag = "session", request_body = SignIn, responses(
    (status = 200, body = Me), (status = 202, body = SecondFactorNeeded), (status = 401, body = ErrorBody),
    (status = 429, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn create_session(
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    body: web::Json<SignIn>,
) -> Result<HttpResponse, ApiError> {
    let shown = check_password(&cloud, &request, &body).await?;
    first_factor_shown(&cloud, &request, shown).await?.answer(&cloud).await
}

/// A challenge for the second factor of the sign-in that waits for one.
#[utoipa::path(post, path = "/api/v1/session/second-factor/passkey-options", tag = "session", responses(
    (status = 200, body = PasskeyOptions), (status = 401, body = ErrorBody)))]
pub(crate) async fn second_factor_options(
    cloud: web::Data<Cloud>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let pending = Pending::of(&cloud, &request).await?;
    let challenge = Challenge { binding: pending.binding, kind: Ceremony::PasskeySecond };
    PasskeyOptions::answer(&factors::passkey::start_second(&cloud, &request, pending.user.id, challenge).await?)
}

/// Shows the second factor.
#[utoipa::path(post, path = "/api/v1/session/second-factor", tag = "session", request_body = GivenFactor, responses(
    (status = 200, body = Me), (status = 401, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(crate) async fn show_second_factor(
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    body: web::Json<GivenFactor>,
) -> Result<HttpResponse, ApiError> {
    let pending = Pending::of(&cloud, &request).await?;
    let method = match &*body {
        GivenFactor::Passkey { .. } => FactorMethod::Passkey,
        GivenFactor::Totp { .. } => FactorMethod::Totp,
        GivenFactor::RecoveryCode { .. } => FactorMethod::RecoveryCode,
    };
    let challenge = Challenge { binding: pending.binding, kind: Ceremony::PasskeySecond };
    let verified = if pending.methods.contains(&method) {
        factors::verify(&cloud, &request, pending.user.id, &body, challenge).await
    } else {
        Err(ApiError::FactorInvalid)
    };
    match verified {
        Ok(factor) => pending.finish(&cloud, &request, factor).await?.answer(&cloud).await,
        Err(error) => {
            refused(&cloud, &request, Some(pending.user.id), &error).await?;
            Err(error)
        }
    }
}

/// A challenge for signing in with a passkey alone; also for the browser's own suggestions in the name field.
#[utoipa::path(post, path = "/api/v1/session/passkey-options", tag = "session", responses(
    (status = 200, body = PasskeyOptions), (status = 409, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(crate) async fn passkey_options(cloud: web::Data<Cloud>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let prefix = request_context(&request).network_prefix();
    if let Err(wait) = cloud.store.take_turn(&format!("challenge/{prefix}"), CHALLENGES).await? {
        return Err(ApiError::wait(wait));
    }
    let secure = cloud.config.is_https();
    // Another tab may wait for its second step with this cookie: the challenge joins it. A cookie that nothing waits with is no secret
    // of ours.
    let secret = match CookieKind::PreSignIn.read(&request, secure) {
        Some(secret) if cloud.store.ceremony(&secrets::hash_secret(&secret), Ceremony::SignIn).await?.is_some() => {
            secret
        }
        _ => secrets::random_secret().map_err(ApiError::internal)?,
    };
    let options = factors::passkey::start_discoverable(&cloud, &request, secrets::hash_secret(&secret)).await?;
    let mut response = PasskeyOptions::answer(&options)?;
    let cookie = CookieKind::PreSignIn.issue(secret, Some(lifetimes::PRE_SIGN_IN), secure);
    response.add_cookie(&cookie).map_err(ApiError::internal)?;
    Ok(response)
}

/// Signs in with a passkey alone: it is both factors at once.
#[utoipa::path(post, path = "/api/v1/session/passkey", tag = "session", request_body = PasskeySignIn, responses(
    (status = 200, body = Me), (status = 401, body = ErrorBody)))]
pub(crate) async fn sign_in_with_passkey(
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    body: web::Json<PasskeySignIn>,
) -> Result<HttpResponse, ApiError> {
    let secure = cloud.config.is_https();
    let secret = CookieKind::PreSignIn.read(&request, secure).ok_or(ApiError::ChallengeExpired)?;
    let binding = secrets::hash_secret(&secret);
    let verified = factors::passkey::verify_discoverable(&cloud, &request, &body.credential, binding).await;
    let (user, factor) = match verified {
        Ok(verified) => verified,
        Err(error) => {
            refused(&cloud, &request, None, &error).await?;
            return Err(error);
        }
    };
    let user = cloud.store.active_user(user).await?.ok_or(ApiError::PasskeyInvalid)?;
    let shown = FirstFactor {
        user: user.id,
        method: SessionMethod::Passkey,
        password_hash: None,
        rehashed: None,
        stay: body.stay,
        provider: None,
    };
    let mut begun = begin(&cloud, &request, &user, &shown, factor).await?;
    begun.cookies.push(CookieKind::PreSignIn.expire(secure));
    begun.answer(&cloud).await
}

/// Writes that a factor was refused, unless it was this machine's fault.
async fn refused(
    cloud: &Cloud,
    request: &HttpRequest,
    user: Option<carrel_ids::UserId>,
    error: &ApiError,
) -> Result<(), ApiError> {
    let attempt = SignInAttempt::failed(request_context(request), user);
    Ok(cloud
        .store
        .audited(&attempt, Action::SessionCreate, async |w| {
            w.set_outcome(Outcome::Denied);
            w.detail("refused", error.code_text());
            Ok::<_, StoreError>(())
        })
        .await?)
}

/// Signs out: the session ends in the database, so every copy of the cookies is worthless.
#[utoipa::path(delete, path = "/api/v1/session", tag = "session", responses((status = 204), (status = 401, body = ErrorBody)))]
pub(crate) async fn end_session(
    SignedIn(session): SignedIn,
    cloud: web::Data<Cloud>,
) -> Result<HttpResponse, ApiError> {
    let id = session.browser_session().ok_or(ApiError::NotSignedIn)?;
    let own = OwnAccess::of(&session);
    match cloud.store.audited(&own, Action::SessionEnd, async |w| w.end_session(id, "signed_out").await).await {
        // Somebody else ended it in this moment: that is what was asked for.
        Ok(()) | Err(StoreError::NotFound) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(signed_out(&cloud))
}

/// The answer that takes everything of the session from the browser.
pub(crate) fn signed_out(cloud: &Cloud) -> HttpResponse {
    let secure = cloud.config.is_https();
    let mut response = HttpResponse::NoContent();
    for kind in [CookieKind::Session, CookieKind::Refresh, CookieKind::Elevation, CookieKind::PreSignIn] {
        response.cookie(kind.expire(secure));
    }
    response.insert_header(guard::FORGET).finish()
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/v1/session", tag = "session", responses((status = 200, body = Me), (status = 401, body = ErrorBody)))]
pub(crate) async fn show_session(
    SignedIn(session): SignedIn,
    cloud: web::Data<Cloud>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(super::me::me(&cloud, &session).await?))
}
