//! Signing in by a provider: which there are, the way there, and what happens when the browser comes back. The second factor is
//! asked for here like after a password: what the provider says about how somebody showed who they are is not relied upon.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use carrel_ids::{ProviderId, UserId};
use serde::{Deserialize, Serialize};
use time::Duration;
use utoipa::{IntoParams, ToSchema};

use super::{
    account,
    client::{ExchangeError, Provider},
    id_token::Person,
    journey::{Goal, Journey, safe_next},
    person,
};
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::{Action, Outcome},
    authz::{ProviderAssertion, SignInAttempt},
    session::{
        begin::{FirstFactor, Step, first_factor_shown},
        cookie::CookieKind,
        request_context, secrets,
    },
    store::{Limit, ProviderRow, SessionMethod, StoreError},
};

/// Ways to a provider from one network.
const PER_NETWORK: Limit = Limit { every: Duration::seconds(2), burst: 30 };

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SignInOptions {
    providers: Vec<ProviderName>,
    /// A passkey alone is enough.
    passkeys: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProviderName {
    id: ProviderId,
    name: String,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BeginSignIn {
    /// Where to go in this application afterwards.
    next: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WayToProvider {
    /// Send the browser there.
    pub(super) url: String,
}

/// What a provider sends a browser back with. It may send more.
#[derive(Debug, Deserialize, IntoParams)]
pub(crate) struct Answer {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

/// Why a sign-in by a provider came to nothing. The code goes into the address of the page that says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Problem {
    SignInExpired,
    ProviderRefused,
    ProviderUnavailable,
    ProviderAnswerInvalid,
    IdentityUnknown,
    IdentityTaken,
    SignInRefused,
}

impl Problem {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::SignInExpired => "sign_in_expired",
            Self::ProviderRefused => "provider_refused",
            Self::ProviderUnavailable => "provider_unavailable",
            Self::ProviderAnswerInvalid => "provider_answer_invalid",
            Self::IdentityUnknown => "identity_unknown",
            Self::IdentityTaken => "identity_taken",
            Self::SignInRefused => "sign_in_refused",
        }
    }
}

/// What the page for signing in may offer.
#[utoipa::path(get, path = "/api/v1/sign-in/options", tag = "session", responses((status = 200, body = SignInOptions)))]
pub(crate) async fn list_options(cloud: web::Data<Cloud>) -> Result<HttpResponse, ApiError> {
    let name = |row: ProviderRow| ProviderName { id: row.id, name: row.name };
    let providers = cloud.store.enabled_providers().await?.into_iter().map(name).collect();
    Ok(HttpResponse::Ok().json(SignInOptions { providers, passkeys: true }))
}

/// Begins a sign-in by a provider.
#[utoipa::path(post, path = "/api/v1/sign-in/providers/{provider_id}", tag = "session", params(("provider_id" = ProviderId, Path)),
    request_body = BeginSignIn, responses((status = 200, body = WayToProvider), (status = 404, body = ErrorBody),
    (status = 429, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn begin_sign_in(
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    provider: web::Path<ProviderId>,
    body: web::Json<BeginSignIn>,
) -> Result<HttpResponse, ApiError> {
    let goal = Goal::SignIn { next: safe_next(body.next.as_deref()) };
    send_off(&cloud, &request, *provider, goal).await
}

/// Sends the browser to a provider that people may use.
pub(super) async fn send_off(
    cloud: &Cloud,
    request: &HttpRequest,
    provider: ProviderId,
    goal: Goal,
) -> Result<HttpResponse, ApiError> {
    let key = format!("provider/network/{}", request_context(request).network_prefix());
    if let Err(wait) = cloud.store.take_turn(&key, PER_NETWORK).await? {
        return Err(ApiError::wait(wait));
    }
    let row = cloud.store.enabled_provider(provider).await?.ok_or(ApiError::NotFound)?;
    let provider = Provider::find(cloud, row).await.map_err(|error| {
        tracing::warn!(provider = %provider, %error, "a provider of identities does not answer");
        ApiError::ProviderUnavailable
    })?;
    let (url, cookie) = Journey::begin(cloud, request, &provider, goal).await?;
    Ok(HttpResponse::Ok().cookie(cookie).json(WayToProvider { url: url.into() }))
}

/// Where a provider sends the browser back to. The answer is always another page: the next one, or the one that says what is wrong.
#[utoipa::path(get, path = "/api/v1/sign-in/callback", tag = "session", params(Answer), responses((status = 303)))]
pub(crate) async fn come_back(
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    answer: web::Query<Answer>,
) -> Result<HttpResponse, ApiError> {
    let journey = Journey::take(&cloud, &request, answer.state.as_deref().unwrap_or_default()).await?;
    let Some(journey) = journey else { return Ok(problem_page(&cloud, "/sign-in", Problem::SignInExpired)) };
    let page = match &journey.goal {
        Goal::SignIn { .. } => "/sign-in",
        Goal::Link { .. } => "/account/security",
    };
    match arrive(&cloud, &request, &journey, answer.into_inner()).await {
        Ok(Arrived { person, token_hash }) => {
            let word = ProviderAssertion::verified(request_context(&request), journey.provider, person.subject.clone());
            let done = match &journey.goal {
                Goal::SignIn { next } => sign_in(&cloud, &request, &journey, &word, &person, &token_hash, next).await?,
                Goal::Link { user, session } => {
                    account::link(&cloud, &request, (*user, *session), &word, &token_hash, person.expires_at).await?
                }
            };
            Ok(match done {
                Ok(response) => response,
                Err(problem) => problem_page(&cloud, page, problem),
            })
        }
        Err(problem) => {
            if problem != Problem::ProviderUnavailable {
                refused(&cloud, &request, &journey, problem, None).await?;
            }
            Ok(problem_page(&cloud, page, problem))
        }
    }
}

struct Arrived {
    person: Person,
    token_hash: [u8; 32],
}

/// From the provider's answer to who it speaks of.
async fn arrive(cloud: &Cloud, request: &HttpRequest, journey: &Journey, answer: Answer) -> Result<Arrived, Problem> {
    let row = cloud.store.enabled_provider(journey.provider).await;
    let Ok(Some(row)) = row else { return Err(Problem::ProviderUnavailable) };
    if answer.error.is_some() {
        return Err(Problem::ProviderRefused);
    }
    let provider = Provider::find(cloud, row).await.map_err(|error| unavailable(journey.provider, &error))?;
    // RFC 9207: with several providers, an answer must not be taken for another one's.
    let named = provider.metadata.additional_metadata().authorization_response_iss_parameter_supported;
    match &answer.iss {
        Some(issuer) if *issuer != provider.row.issuer => return Err(Problem::ProviderAnswerInvalid),
        None if named => return Err(Problem::ProviderAnswerInvalid),
        _ => {}
    }
    let code = answer.code.filter(|code| !code.is_empty()).ok_or(Problem::ProviderAnswerInvalid)?;
    let exchange = provider.exchange(code, &journey.redirect, journey.verifier.clone(), &journey.nonce).await;
    match exchange {
        Ok((person, token)) => Ok(Arrived { person, token_hash: secrets::hash_secret(&token) }),
        Err(ExchangeError::Unreachable(error)) => Err(unavailable(journey.provider, &error)),
        Err(error) => {
            let request = request_context(request).request;
            tracing::warn!(provider = %journey.provider, %request, %error, "a provider's answer was refused");
            Err(Problem::ProviderAnswerInvalid)
        }
    }
}

fn unavailable(provider: ProviderId, error: &dyn std::error::Error) -> Problem {
    tracing::warn!(%provider, %error, "a provider of identities does not answer");
    Problem::ProviderUnavailable
}

/// Finds or makes the person, and goes on as after any other first factor.
async fn sign_in(
    cloud: &Cloud,
    request: &HttpRequest,
    journey: &Journey,
    word: &ProviderAssertion,
    person: &Person,
    token_hash: &[u8; 32],
    next: &str,
) -> Result<Result<HttpResponse, Problem>, ApiError> {
    let user = match person::known_or_made(cloud, word, person, token_hash).await? {
        Ok(user) => user,
        Err(problem) => {
            refused(cloud, request, journey, problem, None).await?;
            return Ok(Err(problem));
        }
    };
    let shown = FirstFactor {
        user,
        method: SessionMethod::Provider,
        password_hash: None,
        rehashed: None,
        stay: false,
        provider: Some((journey.provider, person.session.clone())),
    };
    let secure = cloud.config.is_https();
    let (place, cookies) = match first_factor_shown(cloud, request, shown).await {
        Ok(Step::Done(begun)) => {
            let mut cookies = begun.cookies;
            cookies.push(CookieKind::PreSignIn.expire(secure));
            (next.to_owned(), cookies)
        }
        Ok(Step::SecondFactor { cookie, .. }) => {
            let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
            (format!("/sign-in?step=second-factor&next={next}"), vec![cookie])
        }
        // Deactivated in this moment.
        Err(ApiError::CredentialsInvalid) => {
            refused(cloud, request, journey, Problem::SignInRefused, Some(user)).await?;
            return Ok(Err(Problem::SignInRefused));
        }
        Err(error) => return Err(error),
    };
    let mut response = see_other(&place);
    for cookie in cookies {
        response.add_cookie(&cookie).map_err(ApiError::internal)?;
    }
    Ok(Ok(response))
}

/// Writes that somebody was not let in, and why.
pub(super) async fn refused(
    cloud: &Cloud,
    request: &HttpRequest,
    journey: &Journey,
    problem: Problem,
    user: Option<UserId>,
) -> Result<(), ApiError> {
    let attempt = SignInAttempt::failed(request_context(request), user);
    cloud
        .store
        .audited(&attempt, Action::SessionCreate, async |w| {
            w.set_outcome(Outcome::Denied);
            w.detail("provider", journey.provider.to_string());
            w.detail("refused", problem.code());
            Ok::<_, StoreError>(())
        })
        .await?;
    Ok(())
}

pub(super) fn see_other(place: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, place))
        // The address that leads here holds a code.
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .finish()
}

fn problem_page(cloud: &Cloud, page: &str, problem: Problem) -> HttpResponse {
    let mut response = see_other(&format!("{page}?problem={}", problem.code()));
    // A cookie that cannot be written stays until it expires.
    response.add_cookie(&CookieKind::PreSignIn.expire(cloud.config.is_https())).ok();
    response
}
