//! From a request to a [`Session`]: the cookie, or an `Authorization` header with a token or an app password.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpMessage as _, HttpRequest, dev::Payload, http::header, web};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use carrel_ids::RequestId;

use super::{Session, cookie, secrets};
use crate::{
    api_error::ApiError,
    app::Cloud,
    authz::{AccessError, FileAccess, Level, Permission, RequestContext, SystemAccess, WorkspaceAccess},
    guard::{self, client_address},
    store::TokenKind,
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

type Extraction<T> = Pin<Box<dyn Future<Output = Result<T, ApiError>>>>;

async fn find_session(request: HttpRequest) -> Result<Session, ApiError> {
    let cloud = cloud(&request)?;
    let context = request_context(&request);
    let session = match request.headers().get(header::AUTHORIZATION) {
        Some(value) => {
            let (kind, secret) = authorization(value.to_str().unwrap_or("")).ok_or(ApiError::NotSignedIn)?;
            let row = cloud.store.token_by_secret(kind, &secrets::hash_secret(&secret)).await?;
            row.map(|row| Session::of_token(row, context))
        }
        None => {
            let secret = cookie::read(&request, cloud.config.is_https()).ok_or(ApiError::NotSignedIn)?;
            let row = cloud.store.session_by_token(&secrets::hash_secret(&secret)).await?;
            row.map(|row| Session::of_browser(row, context))
        }
    };
    let session = session.ok_or(ApiError::NotSignedIn)?;
    // T-26: from here on the secret has a budget of its own.
    guard::accept(&request);
    Ok(session)
}

/// The secret with which a request says who it is from, unproved; a text that has not even the form of one is none.
pub(crate) fn presented(request: &HttpRequest, secure: bool) -> Option<String> {
    match request.headers().get(header::AUTHORIZATION) {
        Some(value) => authorization(value.to_str().unwrap_or("")).map(|(_, secret)| secret),
        None => cookie::read(request, secure),
    }
}

/// `Bearer` with a personal access token, `Basic` with an app password; texts without the right form and checksum end here.
fn authorization(value: &str) -> Option<(TokenKind, String)> {
    if let Some(token) = value.strip_prefix("Bearer ") {
        return secrets::is_token("crp_", token).then(|| (TokenKind::Personal, token.to_owned()));
    }
    let decoded = STANDARD.decode(value.strip_prefix("Basic ")?).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (_, password) = text.split_once(':')?;
    secrets::is_token("cra_", password).then(|| (TokenKind::AppPassword, password.to_owned()))
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

impl<P: Permission> FromRequest for SystemAccess<P> {
    type Error = ApiError;
    type Future = Extraction<Self>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let cloud = cloud(&request)?;
            let session = find_session(request).await?;
            Self::require(&cloud.store, &session).await.map_err(|error| match error {
                AccessError::NotFound => ApiError::NotFound,
                AccessError::Store(error) => error.into(),
            })
        })
    }
}
