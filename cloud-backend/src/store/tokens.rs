//! Personal access tokens and app passwords. Only the SHA-256 of a secret is stored: each has more than 112 bits of randomness.

use carrel_ids::TokenId;
use time::Duration;
use uuid::Uuid;

use super::{
    Store, StoreError, Timestamp, UserRow, Writer,
    connect::{execute, on_db},
};
use crate::authz::{LocalAdministrator, Target};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    pub user: UserRow,
}

impl Store {
    /// The live token with this hash.
    pub(crate) async fn token_by_secret(
        &self,
        kind: TokenKind,
        secret_hash: &[u8; 32],
    ) -> Result<Option<TokenRow>, StoreError> {
        let row: Option<(Uuid, Uuid, String)> = on_db!(self, p => sqlx::query_as(
            "SELECT id, user_id, scopes FROM tokens
             WHERE secret_hash = $1 AND kind = $2 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $3)"
        ).bind(secret_hash.as_slice()).bind(kind.as_str()).bind(Timestamp::now()).fetch_optional(p).await)?;
        let Some((id, user, scopes)) = row else { return Ok(None) };
        Ok(self.active_user(user.into()).await?.map(|user| TokenRow { id: id.into(), scopes, user }))
    }
}

impl Writer<'_, LocalAdministrator> {
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such user.
    pub async fn create_token(
        &mut self,
        user: &str,
        kind: TokenKind,
        label: &str,
        secret_hash: &[u8; 32],
        scopes: &str,
        valid: Option<Duration>,
    ) -> Result<TokenId, StoreError> {
        let owner = self.user_id(user).await?;
        let id = TokenId::new();
        execute!(
            self.tx,
            "INSERT INTO tokens (id, user_id, kind, label, secret_hash, scopes, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            id.uuid(),
            owner.uuid(),
            kind.as_str(),
            label,
            secret_hash.as_slice(),
            scopes,
            self.now,
            valid.map(|valid| self.now.plus(valid))
        )?;
        self.set_target(Target::Token(id));
        self.detail("user", owner.to_string());
        self.detail("scopes", scopes);
        self.personal("label", label);
        Ok(id)
    }
}
