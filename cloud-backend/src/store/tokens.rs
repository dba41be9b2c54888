//! Personal access tokens and app passwords. Only the SHA-256 of a secret is stored: each has more than 112 bits of randomness.

use carrel_ids::{TokenId, UserId};
use ipnet::IpNet;
use time::Duration;
use uuid::Uuid;

use super::{
    NoticeKind, Store, StoreError, Timestamp, UserRow, Writer,
    answers::About,
    connect::{execute, on_db},
    users::{UserColumns, user_columns},
};
use crate::{
    audit::{Action, Outcome},
    authz::{Confirmed, LocalAdministrator, OwnAccess, Proof, RequestContext, SystemTask, Target},
};

/// How often a token's last use is written down.
const USED_EVERY: Duration = Duration::minutes(1);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    Personal,
    AppPassword,
}

impl TokenKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Personal => "personal",
            Self::AppPassword => "app_password",
        }
    }
}

/// A token that may be used now, and whose it is.
#[derive(Debug, Clone)]
pub struct TokenRow {
    pub id: TokenId,
    pub scopes: String,
    addresses: Option<String>,
    last_used_at: Option<Timestamp>,
    pub user: UserRow,
}

impl TokenRow {
    /// Whether the token is for this address. Without a list it is for all.
    #[must_use]
    pub fn may_come_from(&self, address: Option<&str>) -> bool {
        let Some(list) = &self.addresses else { return true };
        let address: Option<std::net::IpAddr> = address.and_then(|text| text.parse().ok());
        address.is_some_and(|address| {
            let address = address.to_canonical();
            list.split(' ').filter_map(|net| net.parse::<IpNet>().ok()).any(|net| net.contains(&address))
        })
    }
}

#[derive(sqlx::FromRow)]
struct TokenColumns {
    token_id: Uuid,
    scopes: String,
    addresses: Option<String>,
    last_used_at: Option<Timestamp>,
    #[sqlx(flatten)]
    user: UserColumns,
}

/// A token as its owner sees it: everything but the secret.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct TokenDetails {
    pub id: Uuid,
    pub kind: String,
    pub label: String,
    pub scopes: String,
    pub addresses: Option<String>,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub last_used_at: Option<Timestamp>,
    pub last_used_address: Option<String>,
}

/// A token to be made.
#[derive(Debug)]
pub struct NewToken<'a> {
    pub kind: TokenKind,
    pub label: &'a str,
    pub secret_hash: &'a [u8; 32],
    /// With spaces between.
    pub scopes: &'a str,
    /// Networks with spaces between; none for everywhere.
    pub addresses: Option<&'a str>,
    pub valid: Option<Duration>,
}

impl Store {
    /// The live token with this hash.
    pub(crate) async fn token_by_secret(
        &self,
        kind: TokenKind,
        secret_hash: &[u8; 32],
    ) -> Result<Option<TokenRow>, StoreError> {
        let ask = async {
            let row: Option<TokenColumns> = on_db!(self, p => sqlx::query_as(concat!(
                "SELECT t.id AS token_id, t.scopes, t.addresses, t.last_used_at, ", user_columns!(),
                " FROM tokens t JOIN users u ON u.id = t.user_id
                 WHERE t.secret_hash = $2 AND t.kind = $3 AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > $1)
                   AND u.state = 'active'"
            )).bind(Timestamp::now()).bind(secret_hash.as_slice()).bind(kind.as_str()).fetch_optional(p).await)?;
            Ok(row.map(|row| TokenRow {
                id: row.token_id.into(),
                scopes: row.scopes,
                addresses: row.addresses,
                last_used_at: row.last_used_at,
                user: row.user.into(),
            }))
        };
        self.answers().get(&self.answers().tokens, About::People, &(kind, *secret_hash), ask).await
    }

    /// Notes when and from where a token was used, at most every minute.
    pub(crate) async fn token_used(&self, token: &TokenRow, context: &RequestContext) -> Result<(), StoreError> {
        let now = Timestamp::now();
        if token.last_used_at.is_some_and(|at| at.plus(USED_EVERY) > now) {
            return Ok(());
        }
        let mut tx = self.begin().await?;
        execute!(
            &mut tx,
            "UPDATE tokens SET last_used_at = $1, last_used_address = $2 WHERE id = $3",
            now,
            context.address.as_deref(),
            token.id.uuid()
        )?;
        tx.commit().await
    }

    /// A token was shown from an address that it is not for: it may be stolen.
    pub(crate) async fn record_token_refusal(
        &self,
        token: &TokenRow,
        context: RequestContext,
    ) -> Result<(), StoreError> {
        let task = SystemTask::for_request(Target::Token(token.id), context);
        self.audited(&task, Action::TokenUse, async |w| {
            w.set_outcome(Outcome::Denied);
            w.detail("user", token.user.id.to_string());
            Ok(())
        })
        .await
    }

    /// The person's tokens that are not revoked, the newest first; expired ones too.
    pub(crate) async fn own_tokens(&self, own: &OwnAccess) -> Result<Vec<TokenDetails>, StoreError> {
        self.tokens_of_user(own.user()).await
    }

    pub(super) async fn tokens_of_user(&self, user: UserId) -> Result<Vec<TokenDetails>, StoreError> {
        Ok(on_db!(self, p => sqlx::query_as(
            "SELECT id, kind, label, scopes, addresses, created_at, expires_at, last_used_at, last_used_address FROM tokens
             WHERE user_id = $1 AND revoked_at IS NULL ORDER BY created_at DESC, id DESC LIMIT 500"
        ).bind(user.uuid()).fetch_all(p).await)?)
    }
}

impl<P: Proof> Writer<'_, P> {
    pub(super) async fn insert_token(&mut self, owner: UserId, token: &NewToken<'_>) -> Result<TokenId, StoreError> {
        let (id, by) = (TokenId::new(), self.acting_user());
        execute!(
            self.tx,
            "INSERT INTO tokens (id, user_id, kind, label, secret_hash, scopes, addresses, created_at, expires_at, created_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            id.uuid(),
            owner.uuid(),
            token.kind.as_str(),
            token.label,
            token.secret_hash.as_slice(),
            token.scopes,
            token.addresses,
            self.now,
            token.valid.map(|valid| self.now.plus(valid)),
            by.map(UserId::uuid)
        )?;
        self.set_target(Target::Token(id));
        self.detail("user", owner.to_string());
        self.detail("scopes", token.scopes);
        self.personal("label", token.label);
        Ok(id)
    }

    pub(super) async fn revoke_token_of(&mut self, owner: UserId, token: TokenId) -> Result<(), StoreError> {
        self.set_target(Target::Token(token));
        let done = execute!(
            self.tx,
            "UPDATE tokens SET revoked_at = $1 WHERE id = $2 AND user_id = $3 AND revoked_at IS NULL",
            self.now,
            token.uuid(),
            owner.uuid()
        )?;
        if done != 1 {
            return Err(StoreError::NotFound);
        }
        self.note_revocation().await
    }
}

impl Writer<'_, Confirmed> {
    pub async fn create_token(&mut self, token: &NewToken<'_>) -> Result<TokenId, StoreError> {
        let user = self.proof.user();
        self.notify(user, NoticeKind::TokenCreated).await?;
        self.insert_token(user, token).await
    }
}

impl Writer<'_, OwnAccess> {
    /// # Errors
    /// [`StoreError::NotFound`] when it is none of the person's.
    pub async fn revoke_token(&mut self, token: TokenId) -> Result<(), StoreError> {
        let user = self.proof.user();
        self.revoke_token_of(user, token).await
    }
}

impl Writer<'_, LocalAdministrator> {
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such user.
    pub async fn create_token_of(&mut self, user: &str, token: &NewToken<'_>) -> Result<TokenId, StoreError> {
        let owner = self.user_id(user).await?;
        self.insert_token(owner, token).await
    }
}
