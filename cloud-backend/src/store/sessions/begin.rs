//! A session begins: by a sign-in, an invitation or the set-up. What the browser had before ends with it.

use carrel_ids::{ProviderId, SessionId, UserId};
use uuid::Uuid;

use super::{FactorUse, Lifetimes, SessionMethod};
use crate::{
    authz::{Factor, Proof, SignInAttempt},
    store::{
        NoticeKind, RefreshTokens, StoreError, Writer,
        connect::{execute, on_tx},
    },
};

/// A session to be made.
#[derive(Debug)]
pub struct NewSession<'a> {
    pub tokens: &'a RefreshTokens,
    pub method: SessionMethod,
    pub factor: Factor,
    /// Chosen by the person: the device is theirs alone, and the session outlives a pause.
    pub stay: bool,
    pub lifetimes: Lifetimes,
    /// The person has signed in on this device before.
    pub known_device: bool,
    /// The provider that said who the person is, and its name for their session there.
    pub provider: Option<(ProviderId, Option<&'a str>)>,
    pub carried: Carried,
}

/// Hashes of what the browser still carries of a session that began before: it ends where the new one begins.
#[derive(Debug, Clone, Copy)]
pub struct Carried {
    pub access: Option<[u8; 32]>,
    pub refresh: Option<[u8; 32]>,
}

impl<P: Proof> Writer<'_, P> {
    pub(in crate::store) async fn insert_session(
        &mut self,
        user: UserId,
        session: &NewSession<'_>,
    ) -> Result<SessionId, StoreError> {
        self.end_carried_sessions(session.carried).await?;
        let id = SessionId::new();
        let (until, idle) = (self.now.plus(session.lifetimes.absolute), self.now.plus(session.lifetimes.idle));
        let context = &self.proof.actor().context;
        execute!(
            self.tx,
            "INSERT INTO sessions (id, user_id, token_hash, access_until, created_at, last_seen_at, expires_at, idle_until, stay,
                 method, factor, address, client, confirmed_until, provider_id, provider_session)
             VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
            id.uuid(),
            user.uuid(),
            session.tokens.access_hash().as_slice(),
            self.now.plus(session.lifetimes.access),
            self.now,
            until,
            idle,
            session.stay,
            session.method.as_str(),
            session.factor.as_str(),
            context.address.as_deref(),
            context.client.as_deref(),
            self.now.plus(session.lifetimes.confirmed),
            session.provider.map(|(id, _)| id.uuid()),
            session.provider.and_then(|(_, name)| name)
        )?;
        execute!(
            self.tx,
            "INSERT INTO refresh_tokens (id, session_id, token_hash, state, issued_at, expires_at) VALUES ($1, $2, $3, 'active', $4, $5)",
            Uuid::now_v7(),
            id.uuid(),
            session.tokens.refresh_hash().as_slice(),
            self.now,
            idle.min(until)
        )?;
        self.detail("session", id.to_string());
        self.detail("method", session.method.as_str());
        self.detail("factor", session.factor.as_str());
        Ok(id)
    }
}

impl Writer<'_, SignInAttempt> {
    /// A session of the person who showed who they are: by `password_hash` if that was the first factor, and by `factor`.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the attempt did not succeed, the person was disabled or has another password by now (T-22),
    /// or the factor is used up.
    pub async fn create_session(
        &mut self,
        password_hash: Option<&str>,
        factor: &FactorUse,
        session: &NewSession<'_>,
    ) -> Result<SessionId, StoreError> {
        let user = self.proof.actor().user().ok_or(StoreError::NotFound)?;
        // An update, so that a reset at the same time waits for this transaction or this one for it.
        let holds = execute!(
            self.tx,
            "UPDATE users SET state = state WHERE id = $1 AND state = 'active' AND kind = 'person' AND ($2 IS NULL OR password_hash = $2)",
            user.uuid(),
            password_hash
        )?;
        if holds != 1 {
            return Err(StoreError::NotFound);
        }
        self.use_factor(user, factor).await?;
        if matches!(factor, FactorUse::Recovery { .. }) {
            self.note_recovered(user).await?;
            self.notify(user, NoticeKind::RecoveryCodeUsed).await?;
        }
        if !session.known_device && self.has_signed_in_before(user).await? {
            self.notify(user, NoticeKind::SignedInNewDevice).await?;
        }
        self.insert_session(user, session).await
    }

    async fn has_signed_in_before(&mut self, user: UserId) -> Result<bool, StoreError> {
        Ok(on_tx!(self.tx, c => sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM sessions WHERE user_id = $1)")
            .bind(user.uuid()).fetch_one(c).await)?)
    }

    /// Replaces a hash that was made with other parameters than today's, if the password is still the same.
    pub async fn rehash(&mut self, user: UserId, old: &str, new: &str) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "UPDATE users SET password_hash = $1 WHERE id = $2 AND password_hash = $3",
            new,
            user.uuid(),
            old
        )?;
        Ok(())
    }
}
