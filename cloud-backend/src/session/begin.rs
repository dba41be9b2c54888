//! How a session begins once somebody showed a first factor: at once, or after a second one. The one place where it is decided whether a
//! second factor is needed; every way in ends here.

use actix_web::{HttpRequest, HttpResponse, cookie::Cookie};
use carrel_ids::{ProviderId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Session,
    cookie::CookieKind,
    extract::request_context,
    lifetimes,
    me::{Me, me},
    secrets,
};
use crate::{
    api_error::ApiError,
    app::Cloud,
    audit::Action,
    authz::{FactorPolicy, SignInAttempt},
    store::{Carried, Ceremony, FactorUse, Factors, NewSession, RefreshTokens, SessionMethod, StoreError, UserRow},
};

const PURPOSE: &str = "pending sign-in";

/// A way to show a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FactorMethod {
    Passkey,
    Totp,
    RecoveryCode,
}

/// A second factor is needed before there is a session.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SecondFactorNeeded {
    pub(crate) methods: Vec<FactorMethod>,
}

/// Who showed a first factor, and which. While the second is awaited it is kept sealed, bound to the browser.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct FirstFactor {
    pub(crate) user: UserId,
    pub(crate) method: SessionMethod,
    /// The hash against which the password was right: another one by then ends the sign-in.
    pub(crate) password_hash: Option<String>,
    /// A hash of the same password with today's parameters.
    pub(crate) rehashed: Option<String>,
    pub(crate) stay: bool,
    /// The provider that said who they are, and its name for their session there.
    pub(crate) provider: Option<(ProviderId, Option<String>)>,
}

/// What comes next.
pub(crate) enum Step {
    Done(Box<Begun>),
    SecondFactor { methods: Vec<FactorMethod>, cookie: Cookie<'static> },
}

/// A session that has just begun, with the cookies that carry it.
pub(crate) struct Begun {
    pub(crate) session: Session,
    pub(crate) cookies: Vec<Cookie<'static>>,
}

/// Which second factors the person may show: none when a first one is enough.
///
/// A rule for passkeys only cannot be met by a code; whoever has no passkey yet shows what they have, and gets a session that can
/// do nothing but set one up once their time is over.
fn methods(policy: FactorPolicy, has: Factors) -> Vec<FactorMethod> {
    let mut methods = Vec::new();
    if has.passkeys > 0 {
        methods.push(FactorMethod::Passkey);
    }
    if has.totp && !(policy == FactorPolicy::Passkey && has.passkeys > 0) {
        methods.push(FactorMethod::Totp);
    }
    if !methods.is_empty() && has.recovery_codes > 0 && policy != FactorPolicy::Passkey {
        methods.push(FactorMethod::RecoveryCode);
    }
    methods
}

/// Goes on after the first factor.
pub(crate) async fn first_factor_shown(
    cloud: &Cloud,
    request: &HttpRequest,
    shown: FirstFactor,
) -> Result<Step, ApiError> {
    let user = cloud.store.active_user(shown.user).await?.ok_or(ApiError::CredentialsInvalid)?;
    let methods = methods(user.rights.policy, cloud.store.factors(user.id).await?);
    if methods.is_empty() {
        return Ok(Step::Done(Box::new(begin(cloud, request, &user, &shown, FactorUse::None).await?)));
    }
    let secret = secrets::random_secret().map_err(ApiError::internal)?;
    let state = serde_json::to_vec(&shown).map_err(ApiError::internal)?;
    let sealed = cloud.at_rest.seal(PURPOSE, &state).map_err(ApiError::internal)?;
    let binding = secrets::hash_secret(&secret);
    let (kind, valid) = (Ceremony::SignIn, lifetimes::PRE_SIGN_IN);
    cloud.store.put_ceremony(&binding, kind, Some(user.id), &sealed, valid).await?;
    let cookie = CookieKind::PreSignIn.issue(secret, Some(valid), cloud.config.is_https());
    Ok(Step::SecondFactor { methods, cookie })
}

/// The sign-in that waits for its second factor, and what it is bound to.
pub(crate) struct Pending {
    pub(crate) binding: [u8; 32],
    pub(crate) shown: FirstFactor,
    pub(crate) user: UserRow,
    pub(crate) methods: Vec<FactorMethod>,
}

impl Pending {
    pub(crate) async fn of(cloud: &Cloud, request: &HttpRequest) -> Result<Self, ApiError> {
        let secret = CookieKind::PreSignIn.read(request, cloud.config.is_https()).ok_or(ApiError::SignInExpired)?;
        let binding = secrets::hash_secret(&secret);
        let sealed = cloud.store.ceremony(&binding, Ceremony::SignIn).await?.ok_or(ApiError::SignInExpired)?;
        let state = cloud.at_rest.open(PURPOSE, &sealed).map_err(ApiError::internal)?;
        let shown: FirstFactor = serde_json::from_slice(&state).map_err(ApiError::internal)?;
        let user = cloud.store.active_user(shown.user).await?.ok_or(ApiError::SignInExpired)?;
        let methods = methods(user.rights.policy, cloud.store.factors(user.id).await?);
        Ok(Self { binding, shown, user, methods })
    }

    /// Begins the session; what was pending cannot be used again.
    pub(crate) async fn finish(
        self,
        cloud: &Cloud,
        request: &HttpRequest,
        factor: FactorUse,
    ) -> Result<Begun, ApiError> {
        cloud.store.take_ceremony(&self.binding, Ceremony::SignIn).await?.ok_or(ApiError::SignInExpired)?;
        let mut begun = begin(cloud, request, &self.user, &self.shown, factor).await?;
        begun.cookies.push(CookieKind::PreSignIn.expire(cloud.config.is_https()));
        Ok(begun)
    }
}

/// Makes the session, uses the factor up and writes the entry: all of it or nothing.
pub(crate) async fn begin(
    cloud: &Cloud,
    request: &HttpRequest,
    user: &UserRow,
    shown: &FirstFactor,
    factor: FactorUse,
) -> Result<Begun, ApiError> {
    let context = request_context(request);
    let secure = cloud.config.is_https();
    let tokens = RefreshTokens::new().map_err(ApiError::internal)?;
    // Nobody who could do damage stays signed in for weeks.
    let stay = shown.stay && user.rights.policy == FactorPolicy::None;
    let device =
        CookieKind::Device.read(request, secure).filter(|value| cloud.devices.verify(user.id, value).is_some());
    let new = NewSession {
        tokens: &tokens,
        method: shown.method,
        factor: factor.factor(),
        stay,
        lifetimes: lifetimes::of(stay),
        known_device: device.is_some(),
        provider: shown.provider.as_ref().map(|(id, name)| (*id, name.as_deref())),
        carried: carried(cloud, request),
    };
    let attempt = SignInAttempt::succeeded(context, user.id);
    cloud
        .store
        .audited(&attempt, Action::SessionCreate, async |w| {
            w.create_session(shown.password_hash.as_deref(), &factor, &new).await?;
            match (&shown.password_hash, &shown.rehashed) {
                (Some(old), Some(new)) => w.rehash(user.id, old, new).await,
                _ => Ok(()),
            }
        })
        .await
        .map_err(|error| match error {
            // Disabled, given another password, or the code taken by another request in this moment.
            StoreError::NotFound => ApiError::CredentialsInvalid,
            error => error.into(),
        })?;
    let device = match device {
        Some(known) => known,
        None => cloud.devices.issue(user.id).map_err(ApiError::internal)?,
    };
    begun(cloud, request, &tokens, stay, device).await
}

/// What this browser still has of the session before.
pub(crate) fn carried(cloud: &Cloud, request: &HttpRequest) -> Carried {
    let hash = |kind: CookieKind| kind.read(request, cloud.config.is_https()).map(|token| secrets::hash_secret(&token));
    Carried { access: hash(CookieKind::Session), refresh: hash(CookieKind::Refresh) }
}

/// The session of new tokens and the cookies for it.
pub(crate) async fn begun(
    cloud: &Cloud,
    request: &HttpRequest,
    tokens: &RefreshTokens,
    stay: bool,
    device: String,
) -> Result<Begun, ApiError> {
    let secure = cloud.config.is_https();
    let row = cloud.store.session_by_token(&tokens.access_hash()).await?.ok_or(ApiError::NotSignedIn)?;
    let mut cookies = session_cookies(tokens, stay, secure);
    cookies.push(CookieKind::Device.issue(device, Some(lifetimes::DEVICE), secure));
    Ok(Begun { session: Session::of_browser(row, None, request_context(request)), cookies })
}

pub(super) fn session_cookies(tokens: &RefreshTokens, stay: bool, secure: bool) -> Vec<Cookie<'static>> {
    let lasting = lifetimes::of(stay);
    vec![
        CookieKind::Session.issue(tokens.access.clone(), Some(lasting.access), secure),
        CookieKind::Refresh.issue(tokens.refresh.clone(), Some(lasting.idle), secure),
    ]
}

impl Begun {
    /// The answer that carries the cookies and says who signed in.
    pub(crate) async fn answer(self, cloud: &Cloud) -> Result<HttpResponse, ApiError> {
        let me: Me = me(cloud, &self.session).await?;
        let mut response = HttpResponse::Ok();
        for cookie in self.cookies {
            response.cookie(cookie);
        }
        Ok(response.json(me))
    }
}

impl Step {
    pub(crate) async fn answer(self, cloud: &Cloud) -> Result<HttpResponse, ApiError> {
        match self {
            Self::Done(begun) => begun.answer(cloud).await,
            Self::SecondFactor { methods, cookie } => {
                Ok(HttpResponse::Accepted().cookie(cookie).json(SecondFactorNeeded { methods }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(passkeys: i64, totp: bool, recovery_codes: i64) -> Factors {
        Factors { passkeys, totp, recovery_codes }
    }

    #[test]
    fn whoever_has_a_factor_shows_one() {
        use FactorMethod as M;
        assert_eq!(methods(FactorPolicy::None, has(0, false, 0)), []);
        assert_eq!(methods(FactorPolicy::Any, has(0, false, 0)), []);
        assert_eq!(methods(FactorPolicy::None, has(0, true, 3)), [M::Totp, M::RecoveryCode]);
        assert_eq!(methods(FactorPolicy::Any, has(1, true, 3)), [M::Passkey, M::Totp, M::RecoveryCode]);
        // Codes without the factor that they stand in for are worth nothing.
        assert_eq!(methods(FactorPolicy::Any, has(0, false, 10)), []);
    }

    #[test]
    fn a_rule_for_passkeys_is_met_by_nothing_else() {
        use FactorMethod as M;
        assert_eq!(methods(FactorPolicy::Passkey, has(2, true, 10)), [M::Passkey]);
        assert_eq!(methods(FactorPolicy::Passkey, has(0, true, 10)), [M::Totp]);
    }
}
