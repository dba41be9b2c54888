//! One's own personal access tokens and app passwords.

use actix_web::{HttpResponse, web};
use carrel_ids::TokenId;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use utoipa::ToSchema;

use super::parse_label;
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{Confirmed, OwnAccess, Permission},
    session::{
        SCOPES, Session,
        secrets::{APP_PASSWORD_PREFIX, PERSONAL_PREFIX, hash_secret, new_token},
    },
    store::{NewToken, TokenDetails, TokenKind},
};

const DEFAULT_DAYS: u16 = 90;
const MAX_DAYS: u16 = 365;
const MAX_ADDRESSES: usize = 20;

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Tokens {
    pub(crate) items: Vec<Token>,
}

/// Everything of a token but its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Token {
    id: TokenId,
    /// `personal` or `app_password`.
    kind: String,
    label: String,
    scopes: Vec<String>,
    /// Networks from which it works; empty for all.
    addresses: Vec<String>,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    expires_at: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339::option")]
    last_used_at: Option<OffsetDateTime>,
    last_used_address: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateToken {
    pub(crate) kind: TokenKind,
    /// What it is for.
    label: String,
    /// `files:read`, `files:write`.
    scopes: Vec<String>,
    /// How long it works: 1 to 365; 90 when absent, and for an app password without end when absent.
    days: Option<u16>,
    /// Networks from which it works, for example `192.0.2.0/24`; all when absent.
    #[serde(default)]
    addresses: Vec<String>,
}

/// A new token with its secret, which is in no other place.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CreatedToken {
    token: Token,
    secret: String,
}

impl Token {
    pub(crate) fn new(row: TokenDetails) -> Self {
        let words = |text: &str| text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
        Self {
            id: row.id.into(),
            kind: row.kind,
            label: row.label,
            scopes: words(&row.scopes),
            addresses: row.addresses.as_deref().map(words).unwrap_or_default(),
            created_at: row.created_at.time(),
            expires_at: row.expires_at.map(|at| at.time()),
            last_used_at: row.last_used_at.map(|at| at.time()),
            last_used_address: row.last_used_address,
        }
    }
}

/// What is asked for, checked.
pub(crate) struct ParsedToken<'a> {
    kind: TokenKind,
    label: &'a str,
    scopes: String,
    addresses: Option<String>,
    valid: Option<Duration>,
    pub(crate) secret: String,
    hash: [u8; 32],
}

impl CreateToken {
    pub(crate) fn parse(&self) -> Result<ParsedToken<'_>, ApiError> {
        if self.scopes.is_empty() || self.scopes.iter().any(|scope| !SCOPES.contains(&scope.as_str())) {
            return Err(ApiError::field(
                "scopes",
                "A scope is one of files:read, files:write; at least one is needed.",
            ));
        }
        if self.days.is_some_and(|days| days == 0 || days > MAX_DAYS) {
            return Err(ApiError::field("days", "A token works for 1 to 365 days."));
        }
        if self.addresses.len() > MAX_ADDRESSES {
            return Err(ApiError::field("addresses", "A token has up to 20 networks."));
        }
        let mut networks = Vec::with_capacity(self.addresses.len());
        for text in &self.addresses {
            match text.parse::<IpNet>().ok().or_else(|| text.parse::<std::net::IpAddr>().ok().map(IpNet::from)) {
                Some(network) => networks.push(network.trunc().to_string()),
                None => {
                    return Err(ApiError::field(
                        "addresses",
                        "A network is an address such as 192.0.2.7 or a range such as 192.0.2.0/24.",
                    ));
                }
            }
        }
        let days = match self.kind {
            TokenKind::Personal => Some(self.days.unwrap_or(DEFAULT_DAYS)),
            TokenKind::AppPassword => self.days,
        };
        let prefix = match self.kind {
            TokenKind::Personal => PERSONAL_PREFIX,
            TokenKind::AppPassword => APP_PASSWORD_PREFIX,
        };
        let secret = new_token(prefix).map_err(ApiError::internal)?;
        let mut scopes = self.scopes.clone();
        scopes.sort_unstable();
        scopes.dedup();
        Ok(ParsedToken {
            kind: self.kind,
            label: parse_label("label", &self.label)?,
            scopes: scopes.join(" "),
            addresses: (!networks.is_empty()).then(|| networks.join(" ")),
            valid: days.map(|days| Duration::days(i64::from(days))),
            hash: hash_secret(&secret),
            secret,
        })
    }
}

impl ParsedToken<'_> {
    pub(crate) fn as_new(&self) -> NewToken<'_> {
        NewToken {
            kind: self.kind,
            label: self.label,
            secret_hash: &self.hash,
            scopes: &self.scopes,
            addresses: self.addresses.as_deref(),
            valid: self.valid,
        }
    }

    /// The answer that shows the secret, once.
    pub(crate) fn answer(self, id: TokenId, rows: Vec<TokenDetails>) -> Result<HttpResponse, ApiError> {
        let row = rows.into_iter().find(|row| row.id == id.uuid()).ok_or(ApiError::NotFound)?;
        let body = CreatedToken { token: Token::new(row), secret: self.secret };
        Ok(HttpResponse::Created().insert_header(("cache-control", "no-store")).json(body))
    }
}

/// One's own tokens.
#[utoipa::path(get, path = "/api/v1/account/tokens", tag = "account", responses((status = 200, body = Tokens), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub(crate) async fn list_tokens(session: Session, cloud: web::Data<Cloud>) -> Result<HttpResponse, ApiError> {
    if !session.is_interactive() {
        return Err(ApiError::ScopeTooSmall);
    }
    let rows = cloud.store.own_tokens(&OwnAccess::of(&session)).await?;
    Ok(HttpResponse::Ok().json(Tokens { items: rows.into_iter().map(Token::new).collect() }))
}

/// Makes a token. A token cannot do this: it needs a person who showed a short while ago who they are.
#[utoipa::path(post, path = "/api/v1/account/tokens", tag = "account", request_body = CreateToken, responses(
    (status = 201, body = CreatedToken), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 422, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn create_token(
    session: Session,
    cloud: web::Data<Cloud>,
    body: web::Json<CreateToken>,
) -> Result<HttpResponse, ApiError> {
    let confirmed = Confirmed::require(&session)?;
    if !session.permissions().contain(Permission::TokenCreate) {
        return Err(ApiError::NotFound);
    }
    let token = body.parse()?;
    let action = match body.kind {
        TokenKind::Personal => Action::TokenCreate,
        TokenKind::AppPassword => Action::AppPasswordCreate,
    };
    let id = cloud.store.audited(&confirmed, action, async |w| w.create_token(&token.as_new()).await).await?;
    token.answer(id, cloud.store.own_tokens(&OwnAccess::of(&session)).await?)
}

/// Revokes a token: its next request is refused.
#[utoipa::path(delete, path = "/api/v1/account/tokens/{token_id}", tag = "account", params(("token_id" = TokenId, Path)), responses(
    (status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn revoke_token(
    session: Session,
    cloud: web::Data<Cloud>,
    id: web::Path<TokenId>,
) -> Result<HttpResponse, ApiError> {
    if !session.is_interactive() {
        return Err(ApiError::ScopeTooSmall);
    }
    let own = OwnAccess::of(&session);
    cloud.store.audited(&own, Action::TokenRevoke, async |w| w.revoke_token(*id).await).await?;
    Ok(HttpResponse::NoContent().finish())
}
