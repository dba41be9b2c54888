//! From a request to a [`Session`]: the cookie, or an `Authorization` header with a token or an app password.

use std::{future::Future, pin::Pin, rc::Rc};

use actix_web::{FromRequest, HttpMessage as _, HttpRequest, dev::Payload, http::header, web};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use carrel_ids::{RequestId, UserId};
use tokio::sync::OnceCell;

use super::{Session, cookie::CookieKind, secrets};
use crate::{
    api_error::ApiError,
    app::Cloud,
    authz::{
        Confirmed, FactorPolicy, FileAccess, Level, PersonAccess, RequestContext, SharingAccess, SpaceAccess,
        SpaceLevel, SystemAccess, SystemRight, WorkspaceAccess,
    },
    guard::{self, client_address},
    store::{TokenKind, UserRow},
};

/// Longest text that a client may call itself; the rest is cut off.
const MAX_CLIENT: usize = 200;

/// Where the request came from, for the log.
pub(crate) fn request_context(request: &HttpRequest) -> RequestContext {
    let cloud = request.app_data::<web::Data<Cloud>>();
    let address = client_address(request, cloud.map_or(&[], |cloud| &cloud.config.trusted_proxies));
    let client = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    RequestContext {
        request: request.extensions().get::<RequestId>().copied().unwrap_or_else(RequestId::new),
        address: address.map(|ip| ip.to_string()),
        client: client.map(|text| text.chars().filter(|c| !c.is_control()).take(MAX_CLIENT).collect()),
    }
}

/// How browsers reach this instance: as configured; on loopback, where nothing is, as this request did.
pub(crate) fn browser_origin(cloud: &Cloud, request: &HttpRequest) -> String {
    if !cloud.config.public_origin.is_empty() {
        return cloud.config.public_origin.clone();
    }
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    format!("http://{host}")
}

type Extraction<T> = Pin<Box<dyn Future<Output = Result<T, ApiError>>>>;

/// A token is no way around what its person's roles ask for: once the time to set a factor up is over, there has to be one.
async fn require_factors(cloud: &Cloud, user: &UserRow) -> Result<(), ApiError> {
    let policy = user.rights.policy;
    let in_grace = user.factor_due_at.is_some_and(|due| due.time() > time::OffsetDateTime::now_utc());
    if policy == FactorPolicy::None || in_grace || user.service {
        return Ok(());
    }
    let has = cloud.store.factors(user.id).await?;
    let met = has.passkeys > 0 || (policy == FactorPolicy::Any && has.totp);
    if met { Ok(()) } else { Err(ApiError::SecondFactorRequired) }
}

/// What a request's extractors found, for those of them that ask the same: they run side by side, before the handler.
type Found = Rc<OnceCell<Session>>;

/// Whoever asks, also with a session that can do nothing but set up a second factor. Looked up once for each request.
async fn find_signed_in(request: HttpRequest) -> Result<Session, ApiError> {
    let known = request.extensions().get::<Found>().cloned();
    let found = known.unwrap_or_else(|| {
        let found = Found::default();
        request.extensions_mut().insert(found.clone());
        found
    });
    found.get_or_try_init(|| look_up(request)).await.cloned()
}

async fn look_up(request: HttpRequest) -> Result<Session, ApiError> {
    let cloud = cloud(&request)?;
    let context = request_context(&request);
    if let Some(value) = request.headers().get(header::AUTHORIZATION) {
        let given = authorization(value.to_str().unwrap_or("")).ok_or(ApiError::NotSignedIn)?;
        let row = cloud.store.token_by_secret(given.kind, &secrets::hash_secret(&given.secret)).await?;
        let row = row.ok_or(ApiError::NotSignedIn)?;
        if given.name.is_some_and(|name| name.to_lowercase() != row.user.name.to_lowercase()) {
            return Err(ApiError::NotSignedIn);
        }
        if !row.may_come_from(context.address.as_deref()) {
            cloud.store.record_token_refusal(&row, context).await?;
            return Err(ApiError::NotSignedIn);
        }
        require_factors(&cloud, &row.user).await?;
        cloud.store.token_used(&row, &context).await?;
        guard::accept(&request);
        return Ok(Session::of_token(row, context));
    }
    let secure = cloud.config.is_https();
    let row = match CookieKind::Session.read(&request, secure) {
        Some(secret) => cloud.store.session_by_token(&secrets::hash_secret(&secret)).await?,
        None => None,
    };
    match row {
        Some(row) => {
            // T-26: from here on the secret has a budget of its own.
            guard::accept(&request);
            let elevation = row.elevated_until.and_then(|_| CookieKind::Elevation.read(&request, secure));
            Ok(Session::of_browser(row, elevation.as_deref(), context))
        }
        None if CookieKind::Refresh.read(&request, secure).is_some() => Err(ApiError::SessionExpired),
        None => Err(ApiError::NotSignedIn),
    }
}

/// The secret with which a request says who it is from, unproved; a text that has not even the form of one is none.
pub(crate) fn presented(request: &HttpRequest, secure: bool) -> Option<String> {
    match request.headers().get(header::AUTHORIZATION) {
        Some(value) => authorization(value.to_str().unwrap_or("")).map(|given| given.secret),
        None => CookieKind::Session.read(request, secure),
    }
}

async fn find_session(request: HttpRequest) -> Result<Session, ApiError> {
    let session = find_signed_in(request).await?;
    if session.is_limited() { Err(ApiError::SecondFactorRequired) } else { Ok(session) }
}

/// Whoever is signed in, even where a role asks for a second factor that was not shown. For what such a session may do: look at itself,
/// end, and set up a factor.
#[derive(Debug)]
pub(crate) struct SignedIn(pub(crate) Session);

/// What an `Authorization` header shows.
struct Given {
    kind: TokenKind,
    /// Of whom it is said to be; only beside an app password.
    name: Option<String>,
    secret: String,
}

/// `Bearer` with a personal access token, `Basic` with an app password; texts without the right form and checksum end here.
fn authorization(value: &str) -> Option<Given> {
    if let Some(token) = value.strip_prefix("Bearer ") {
        let given = Given { kind: TokenKind::Personal, name: None, secret: token.to_owned() };
        return secrets::is_token(secrets::PERSONAL_PREFIX, token).then_some(given);
    }
    let decoded = STANDARD.decode(value.strip_prefix("Basic ")?).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (name, password) = text.split_once(':')?;
    let given = Given { kind: TokenKind::AppPassword, name: Some(name.to_owned()), secret: password.to_owned() };
    secrets::is_token(secrets::APP_PASSWORD_PREFIX, password).then_some(given)
}

pub(crate) fn cloud(request: &HttpRequest) -> Result<web::Data<Cloud>, ApiError> {
    request
        .app_data::<web::Data<Cloud>>()
        .cloned()
        .ok_or_else(|| ApiError::Internal("the application has no state".into()))
}

/// An identifier in the path; what is none names nothing.
fn path_id<T: std::str::FromStr>(request: &HttpRequest, name: &str) -> Result<T, ApiError> {
    request.match_info().get(name).and_then(|text| text.parse().ok()).ok_or(ApiError::NotFound)
}

impl FromRequest for SignedIn {
    type Error = ApiError;
    type Future = Extraction<Self>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { find_signed_in(request).await.map(Self) })
    }
}

impl FromRequest for Session {
    type Error = ApiError;
    type Future = Extraction<Self>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        Box::pin(find_session(request.clone()))
    }
}

impl<L: Level> FromRequest for FileAccess<L> {
    type Error = ApiError;
    type Future = Extraction<Self>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let cloud = cloud(&request)?;
            let session = find_session(request.clone()).await?;
            Ok(Self::require(&cloud.store, &session, path_id(&request, "node_id")?).await?)
        })
    }
}

impl<L: SpaceLevel> FromRequest for SpaceAccess<L> {
    type Error = ApiError;
    type Future = Extraction<Self>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let cloud = cloud(&request)?;
            let session = find_session(request.clone()).await?;
            Ok(Self::require(&cloud.store, &session, path_id(&request, "space_id")?).await?)
        })
    }
}

impl FromRequest for SharingAccess {
    type Error = ApiError;
    type Future = Extraction<Self>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let cloud = cloud(&request)?;
            Ok(Self::require(&cloud.store, &find_session(request).await?).await?)
        })
    }
}

impl FromRequest for WorkspaceAccess {
    type Error = ApiError;
    type Future = Extraction<Self>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let cloud = cloud(&request)?;
            let session = find_session(request.clone()).await?;
            Ok(Self::require(&cloud.store, &session, path_id(&request, "workspace_id")?).await?)
        })
    }
}

impl FromRequest for Confirmed {
    type Error = ApiError;
    type Future = Extraction<Self>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Ok(Self::require(&find_session(request).await?)?) })
    }
}

impl FromRequest for PersonAccess {
    type Error = ApiError;
    type Future = Extraction<Self>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let cloud = cloud(&request)?;
            let session = find_session(request.clone()).await?;
            Ok(Self::require(&cloud.store, &session, path_id(&request, "user_id").unwrap_or_else(|_| UserId::new()))
                .await?)
        })
    }
}

impl<R: SystemRight> FromRequest for SystemAccess<R> {
    type Error = ApiError;
    type Future = Extraction<Self>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let cloud = cloud(&request)?;
            let session = find_session(request).await?;
            Ok(Self::require(&cloud.store, &session).await?)
        })
    }
}
