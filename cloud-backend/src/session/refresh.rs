//! Renewing a session's access token, by its refresh token, which is exchanged for another each time.

use actix_web::{HttpRequest, HttpResponse, web};
use zeroize::Zeroizing;

use super::{
    at_rest::AtRestKey, begin::session_cookies, cookie::CookieKind, extract::request_context, secrets,
    sign_in::signed_out,
};
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    store::{Offer, RefreshTokens, Refreshed},
};

const PURPOSE: &str = "successor";

/// Renews the session. Requests that present the same token at the same time get the same answer; a token that comes back later was
/// copied, and ends the session.
#[utoipa::path(post, path = "/api/v1/session/refresh", tag = "session", responses((status = 204), (status = 401, body = ErrorBody)))]
pub(crate) async fn refresh_session(cloud: web::Data<Cloud>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let secure = cloud.config.is_https();
    let token = CookieKind::Refresh.read(&request, secure).map(Zeroizing::new);
    let token = token.filter(|token| secrets::is_token(secrets::REFRESH_PREFIX, token)).ok_or(ApiError::NotSignedIn)?;
    let fresh = RefreshTokens::new().map_err(ApiError::internal)?;
    let key = AtRestKey::derive(token.as_bytes());
    let text = Zeroizing::new(format!("{} {}", fresh.access, fresh.refresh));
    let sealed = key.seal(PURPOSE, text.as_bytes()).map_err(ApiError::internal)?;
    let offer = Offer { tokens: &fresh, sealed: &sealed };
    let context = request_context(&request);
    let refreshed = cloud.store.refresh(&secrets::hash_secret(&token), offer, &context).await?;
    let (tokens, stay) = match refreshed {
        Refreshed::New { stay } => (fresh, stay),
        Refreshed::Same { sealed, stay } => (open(&key, &sealed)?, stay),
        Refreshed::Reused => return Ok(refused(&cloud, &ApiError::SessionReused)),
        Refreshed::Unknown => return Ok(refused(&cloud, &ApiError::NotSignedIn)),
    };
    let mut response = HttpResponse::NoContent();
    for cookie in session_cookies(&tokens, stay, secure) {
        response.cookie(cookie);
    }
    Ok(response.finish())
}

/// The error, and the cookies that are worth nothing any more taken away.
fn refused(cloud: &Cloud, error: &ApiError) -> HttpResponse {
    let mut response = actix_web::ResponseError::error_response(error);
    for cookie in signed_out(cloud).cookies() {
        if let Err(error) = response.add_cookie(&cookie) {
            tracing::warn!(%error, "a cookie could not be taken away");
        }
    }
    response
}

fn open(key: &AtRestKey, sealed: &[u8]) -> Result<RefreshTokens, ApiError> {
    let plain = key.open(PURPOSE, sealed).map_err(ApiError::internal)?;
    let text = std::str::from_utf8(&plain).map_err(ApiError::internal)?;
    let (access, refresh) = text.split_once(' ').ok_or_else(|| ApiError::Internal("no two tokens".into()))?;
    Ok(RefreshTokens { access: access.to_owned(), refresh: refresh.to_owned() })
}
