//! A provider tells that somebody signed out there: their sessions from there end here (OpenID Connect Back-Channel Logout 1.0).

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use carrel_ids::ProviderId;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use time::{Duration, OffsetDateTime};
use utoipa::ToSchema;

use super::{
    client::Provider,
    id_token::{InvalidToken, SKEW},
    logout_token::{self, MAX_AGE, SignedOut},
};
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::ProviderLogout,
    session::request_context,
    store::{Limit, StoreError, Timestamp},
};

/// A provider that ends many sessions at once sends many of these.
const PER_NETWORK: Limit = Limit { every: Duration::milliseconds(100), burst: 300 };

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Logout {
    logout_token: String,
}

/// Takes a provider's word that somebody signed out. It is signed; whoever sends it needs no other right.
#[utoipa::path(post, path = "/api/v1/sign-in/providers/{provider_id}/back-channel-logout", tag = "session",
    params(("provider_id" = ProviderId, Path)), request_body(content = Logout, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(crate) async fn back_channel_logout(
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    provider: web::Path<ProviderId>,
    body: web::Form<Logout>,
) -> Result<HttpResponse, ApiError> {
    let context = request_context(&request);
    let key = format!("provider-logout/network/{}", context.network_prefix());
    if let Err(wait) = cloud.store.take_turn(&key, PER_NETWORK).await? {
        return Err(ApiError::wait(wait));
    }
    let row = cloud.store.enabled_provider(*provider).await?.ok_or(ApiError::NotFound)?;
    let provider = Provider::find(&cloud, row).await.map_err(|error| {
        tracing::warn!(provider = %provider, %error, "a provider of identities does not answer");
        ApiError::ProviderUnavailable
    })?;
    let id = provider.row.id;
    let checked = match verify(&provider, &body.logout_token) {
        // T-18: whoever makes up names of keys makes nobody ask the provider more often than once a minute.
        Err(InvalidToken::UnknownKey) => match provider.with_newer_keys().await {
            Ok(provider) => verify(&provider, &body.logout_token),
            Err(_) => return Err(ApiError::ProviderUnavailable),
        },
        checked => checked,
    };
    let SignedOut { subject, session, token_id } = checked.map_err(|error| {
        tracing::warn!(provider = %id, %error, "a provider's word about signing out was refused");
        ApiError::BadRequest("the logout token is not valid".to_owned())
    })?;
    let word = ProviderLogout::verified(context, id, subject, session);
    let hash: [u8; 32] = Sha256::digest(format!("logout/{id}/{token_id}")).into();
    let until = Timestamp::now().plus(Duration::seconds(MAX_AGE + 2 * SKEW));
    let done = cloud
        .store
        .audited(&word, Action::IdentitySignOut, async |w| {
            w.use_assertion(&hash, until).await?;
            w.end_provided_sessions().await
        })
        .await;
    match done {
        Ok(_) => Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).finish()),
        Err(StoreError::Exists) => Err(ApiError::BadRequest("the logout token was used before".to_owned())),
        Err(error) => Err(error.into()),
    }
}

fn verify(provider: &Provider<'_>, token: &str) -> Result<SignedOut, InvalidToken> {
    let row = &provider.row;
    logout_token::verify(token, &row.issuer, &row.client_id, provider.metadata.jwks(), OffsetDateTime::now_utc())
}
