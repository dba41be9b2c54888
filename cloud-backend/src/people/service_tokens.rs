//! Tokens of other accounts: those of service accounts are made here, those of people are seen and revoked.

use actix_web::{HttpResponse, web};
use carrel_ids::{TokenId, UserId};
use serde::Deserialize;

use crate::{
    account::tokens::{CreateToken, CreatedToken, Token, Tokens},
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{PersonAccess, refuse_recovered},
    store::TokenKind,
};

/// Where a token of somebody stands.
#[derive(Debug, Deserialize)]
pub(crate) struct TokenPath {
    token_id: TokenId,
}

/// The tokens of an account.
#[utoipa::path(get, path = "/api/v1/admin/users/{user_id}/tokens", operation_id = "list_service_tokens", tag = "people", params(("user_id" = UserId, Path)), responses(
    (status = 200, body = Tokens), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn list_tokens(access: PersonAccess, cloud: web::Data<Cloud>) -> Result<HttpResponse, ApiError> {
    let rows = cloud.store.tokens_of(&access).await?;
    Ok(HttpResponse::Ok().json(Tokens { items: rows.into_iter().map(Token::new).collect() }))
}

/// Makes a token of a service account. For a person nobody can: 404.
#[utoipa::path(post, path = "/api/v1/admin/users/{user_id}/tokens", operation_id = "create_service_token", tag = "people", params(("user_id" = UserId, Path)), request_body = CreateToken, responses(
    (status = 201, body = CreatedToken), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 422, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn create_token(
    access: PersonAccess,
    cloud: web::Data<Cloud>,
    body: web::Json<CreateToken>,
) -> Result<HttpResponse, ApiError> {
    let token = body.parse()?;
    refuse_recovered(&cloud.store, &access, Action::TokenCreate).await?;
    let action = match body.kind {
        TokenKind::Personal => Action::TokenCreate,
        TokenKind::AppPassword => Action::AppPasswordCreate,
    };
    let new = token.as_new();
    let id = cloud.store.audited(&access, action, async |w| w.create_service_token(&new).await).await?;
    token.answer(id, cloud.store.tokens_of(&access).await?)
}

/// Revokes a token: its next request is refused.
#[utoipa::path(delete, path = "/api/v1/admin/users/{user_id}/tokens/{token_id}", operation_id = "revoke_service_token", tag = "people", params(("user_id" = UserId, Path), ("token_id" = TokenId, Path)), responses(
    (status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn revoke_token(
    access: PersonAccess,
    cloud: web::Data<Cloud>,
    path: web::Path<TokenPath>,
) -> Result<HttpResponse, ApiError> {
    cloud.store.audited(&access, Action::TokenRevoke, async |w| w.revoke_token(path.token_id).await).await?;
    Ok(HttpResponse::NoContent().finish())
}
