//! Sessions: what proves that somebody has signed in, until it ends.

use carrel_ids::{SessionId, UserId};
use time::Duration;
use uuid::Uuid;

use super::{
    Store, StoreError, Timestamp, UserRow, Writer,
    connect::{execute, on_db},
};
use crate::authz::{LocalAdministrator, OwnAccess, Proof as _, SignInAttempt, Target};

/// A live session and whose it is.
#[derive(Debug, Clone)]
pub struct SessionRow {
    pub id: SessionId,
    pub expires_at: Timestamp,
    pub user: UserRow,
}

impl Store {
    /// The live session with this token hash; none when it ended, expired, or its person was disabled.
    pub(crate) async fn session_by_token(&self, token_hash: &[u8; 32]) -> Result<Option<SessionRow>, StoreError> {
        let found: Option<(Uuid, Uuid, Timestamp)> = on_db!(self, p => sqlx::query_as(
            "SELECT id, user_id, expires_at FROM sessions WHERE token_hash = $1 AND ended_at IS NULL AND expires_at > $2"
        ).bind(token_hash.as_slice()).bind(Timestamp::now()).fetch_optional(p).await)?;
        self.session_row(found).await
    }

    pub(crate) async fn session_by_id(&self, session: SessionId) -> Result<Option<SessionRow>, StoreError> {
        let found: Option<(Uuid, Uuid, Timestamp)> = on_db!(self, p => sqlx::query_as(
            "SELECT id, user_id, expires_at FROM sessions WHERE id = $1 AND ended_at IS NULL AND expires_at > $2"
        ).bind(session.uuid()).bind(Timestamp::now()).fetch_optional(p).await)?;
        self.session_row(found).await
    }

    async fn session_row(&self, found: Option<(Uuid, Uuid, Timestamp)>) -> Result<Option<SessionRow>, StoreError> {
        let Some((id, user, expires_at)) = found else { return Ok(None) };
        Ok(self.active_user(user.into()).await?.map(|user| SessionRow { id: id.into(), expires_at, user }))
    }
}

impl<P> Writer<'_, P> {
    pub(super) async fn insert_session(
        &mut self,
        user: UserId,
        token_hash: &[u8; 32],
        valid: Duration,
    ) -> Result<SessionId, StoreError> {
        let id = SessionId::new();
        execute!(
            self.tx,
            "INSERT INTO sessions (id, user_id, token_hash, created_at, last_seen_at, expires_at) VALUES ($1, $2, $3, $4, $4, $5)",
            id.uuid(),
            user.uuid(),
            token_hash.as_slice(),
            self.now,
            self.now.plus(valid)
        )?;
        Ok(id)
    }
}

impl Writer<'_, SignInAttempt> {
    /// A session of the person whose password was verified against `password_hash`.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the attempt did not succeed, or the person was disabled or has another password by now (T-22).
    pub async fn create_session(
        &mut self,
        password_hash: &str,
        token_hash: &[u8; 32],
        valid: Duration,
    ) -> Result<SessionId, StoreError> {
        let user = self.proof.actor().user().ok_or(StoreError::NotFound)?;
        // An update, so that a reset at the same time waits for this transaction or this one for it.
        let holds = execute!(
            self.tx,
            "UPDATE users SET state = state WHERE id = $1 AND state = 'active' AND password_hash = $2",
            user.uuid(),
            password_hash
        )?;
        if holds != 1 {
            return Err(StoreError::NotFound);
        }
        let id = self.insert_session(user, token_hash, valid).await?;
        self.detail("session", id.to_string());
        Ok(id)
    }
}

impl Writer<'_, OwnAccess> {
    pub async fn end_session(&mut self, session: SessionId) -> Result<(), StoreError> {
        self.set_target(Target::Session(session));
        let user = self.proof.user();
        execute!(
            self.tx,
            "UPDATE sessions SET ended_at = $1 WHERE id = $2 AND user_id = $3 AND ended_at IS NULL",
            self.now,
            session.uuid(),
            user.uuid()
        )?;
        execute!(
            self.tx,
            "UPDATE ide_sessions SET ended_at = $1 WHERE session_id = $2 AND ended_at IS NULL",
            self.now,
            session.uuid()
        )?;
        self.note_revocation().await
    }
}

impl Writer<'_, LocalAdministrator> {
    /// Ends what is open in the person's name: sessions and tokens.
    pub(super) async fn end_sessions(&mut self, user: UserId) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "UPDATE sessions SET ended_at = $1 WHERE user_id = $2 AND ended_at IS NULL",
            self.now,
            user.uuid()
        )?;
        execute!(
            self.tx,
            "UPDATE tokens SET revoked_at = $1 WHERE user_id = $2 AND revoked_at IS NULL",
            self.now,
            user.uuid()
        )?;
        self.note_revocation().await
    }
}
