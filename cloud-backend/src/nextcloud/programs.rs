//! The person's side of a program that asks to be let in: what it is, and the word that lets it in.

use actix_web::{HttpResponse, web};
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::{Served, login::PURPOSE};
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{Confirmed, OwnAccess, Permission},
    session::{
        Session,
        secrets::{APP_PASSWORD_PREFIX, hash_secret, new_token},
    },
    store::{NewToken, TokenKind},
};

/// What a program that mirrors folders needs.
const SCOPES: &str = "files:read files:write";

/// A program that waits to be let in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WaitingProgram {
    /// What it calls itself, unproved.
    client: String,
    /// From where it asked.
    address: Option<String>,
    #[serde(with = "time::serde::rfc3339")]
    asked_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
}

/// What waits with the secret of this link, for the person who is to decide.
#[utoipa::path(get, path = "/api/v1/account/programs/{program_token}", tag = "account", params(("program_token" = String, Path)), responses(
    (status = 200, body = WaitingProgram), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn show_program(
    session: Session,
    _: Served,
    cloud: web::Data<Cloud>,
    path: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    if !session.is_interactive() {
        return Err(ApiError::ScopeTooSmall);
    }
    let row = cloud.store.flow(&OwnAccess::of(&session), &hash_secret(&path)).await?;
    Ok(HttpResponse::Ok().insert_header(("cache-control", "no-store")).json(WaitingProgram {
        client: row.client,
        address: row.address,
        asked_at: row.created_at.time(),
        expires_at: row.expires_at.time(),
    }))
}

/// Lets it in: it gets an app password for one's files. As for every app password, only a person who showed a short while ago who they
/// are can do this.
#[utoipa::path(post, path = "/api/v1/account/programs/{program_token}", tag = "account", params(("program_token" = String, Path)), responses(
    (status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn admit_program(
    session: Session,
    _: Served,
    cloud: web::Data<Cloud>,
    path: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let confirmed = Confirmed::require(&session)?;
    if !session.permissions().contain(Permission::TokenCreate) {
        return Err(ApiError::NotFound);
    }
    let flow = hash_secret(&path);
    let label = cloud.store.flow(&OwnAccess::of(&session), &flow).await?.client;
    let secret = new_token(APP_PASSWORD_PREFIX).map_err(ApiError::internal)?;
    let sealed = cloud.at_rest.seal(PURPOSE, secret.as_bytes()).map_err(ApiError::internal)?;
    let token = NewToken {
        kind: TokenKind::AppPassword,
        label: &label,
        secret_hash: &hash_secret(&secret),
        scopes: SCOPES,
        addresses: None,
        valid: None,
    };
    cloud
        .store
        .audited(&confirmed, Action::AppPasswordCreate, async |w| w.grant_flow(&flow, &token, &sealed).await)
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
