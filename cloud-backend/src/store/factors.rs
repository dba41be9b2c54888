//! Codes of authenticator apps and recovery codes, and what factors a person has at all.

use carrel_ids::UserId;

use super::{
    NoticeKind, Store, StoreError, Timestamp, Writer,
    connect::{execute, on_db, on_tx},
};
use crate::authz::{Confirmed, Factor, FactorPolicy, Rights};

/// What a person has to show besides a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Factors {
    pub passkeys: i64,
    pub totp: bool,
    /// Recovery codes that are not used.
    pub recovery_codes: i64,
}

/// An authenticator app of a person.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct TotpRow {
    pub secret: Vec<u8>,
    pub last_step: i64,
    pub created_at: Timestamp,
    pub confirmed_at: Option<Timestamp>,
}

macro_rules! factors_of {
    () => {
        "SELECT (SELECT COUNT(*) FROM passkeys WHERE user_id = $1) AS passkeys,
                EXISTS (SELECT 1 FROM totp_factors WHERE user_id = $1 AND confirmed_at IS NOT NULL) AS totp,
                (SELECT COUNT(*) FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL) AS recovery_codes"
    };
}

impl Store {
    pub(crate) async fn factors(&self, user: UserId) -> Result<Factors, StoreError> {
        Ok(on_db!(self, p => sqlx::query_as(factors_of!()).bind(user.uuid()).fetch_one(p).await)?)
    }

    pub(crate) async fn totp_factor(&self, user: UserId) -> Result<Option<TotpRow>, StoreError> {
        Ok(on_db!(self, p => sqlx::query_as(
            "SELECT secret, last_step, created_at, confirmed_at FROM totp_factors WHERE user_id = $1"
        ).bind(user.uuid()).fetch_optional(p).await)?)
    }

    /// The hash of the unused code with this first group.
    pub(crate) async fn recovery_code(&self, user: UserId, prefix: &str) -> Result<Option<String>, StoreError> {
        Ok(on_db!(self, p => sqlx::query_scalar(
            "SELECT code_hash FROM recovery_codes WHERE user_id = $1 AND prefix = $2 AND used_at IS NULL"
        ).bind(user.uuid()).bind(prefix).fetch_optional(p).await)?)
    }
}

impl Writer<'_, Confirmed> {
    /// Begins with an app: it counts when its first code was shown.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when there is one that counts.
    pub async fn begin_totp(&mut self, sealed_secret: &[u8]) -> Result<(), StoreError> {
        let user = self.proof.user();
        let done = execute!(
            self.tx,
            "INSERT INTO totp_factors AS t (user_id, secret, last_step, created_at) VALUES ($1, $2, 0, $3)
             ON CONFLICT (user_id) DO UPDATE SET secret = $2, last_step = 0, created_at = $3 WHERE t.confirmed_at IS NULL",
            user.uuid(),
            sealed_secret,
            self.now
        )?;
        if done == 1 { Ok(()) } else { Err(StoreError::Exists) }
    }

    /// # Errors
    /// [`StoreError::NotFound`] when nothing was begun, or the step is used.
    pub async fn confirm_totp(&mut self, step: i64) -> Result<(), StoreError> {
        let user = self.proof.user();
        let done = execute!(
            self.tx,
            "UPDATE totp_factors SET confirmed_at = $1, last_step = $2 WHERE user_id = $3 AND confirmed_at IS NULL AND last_step < $2",
            self.now,
            step,
            user.uuid()
        )?;
        if done != 1 {
            return Err(StoreError::NotFound);
        }
        self.session_showed(Factor::Totp).await?;
        self.notify(user, NoticeKind::TotpAdded).await
    }

    /// # Errors
    /// [`StoreError::NotFound`] when there is none; [`StoreError::LastFactor`] when a role asks for one and it is the last.
    pub async fn remove_totp(&mut self) -> Result<(), StoreError> {
        let user = self.proof.user();
        let gone =
            execute!(self.tx, "DELETE FROM totp_factors WHERE user_id = $1 AND confirmed_at IS NOT NULL", user.uuid())?;
        if gone != 1 {
            return Err(StoreError::NotFound);
        }
        self.require_factors_of_policy().await?;
        let this = self.proof.session();
        self.end_sessions_of(user, Some(this), "factor_removed").await?;
        self.notify(user, NoticeKind::TotpRemoved).await
    }

    /// Replaces all recovery codes: first group and hash of each.
    pub async fn replace_recovery_codes(&mut self, codes: &[(String, String)]) -> Result<(), StoreError> {
        let user = self.proof.user();
        execute!(self.tx, "DELETE FROM recovery_codes WHERE user_id = $1", user.uuid())?;
        for (prefix, hash) in codes {
            execute!(
                self.tx,
                "INSERT INTO recovery_codes (user_id, prefix, code_hash) VALUES ($1, $2, $3)",
                user.uuid(),
                prefix.as_str(),
                hash.as_str()
            )?;
        }
        self.notify(user, NoticeKind::RecoveryCodesMade).await
    }

    /// The session has shown the factor that was just set up.
    pub(super) async fn session_showed(&mut self, factor: Factor) -> Result<(), StoreError> {
        let session = self.proof.session();
        execute!(
            self.tx,
            "UPDATE sessions SET factor = $1 WHERE id = $2 AND (factor IN ('none', 'recovery') OR $1 = 'passkey')",
            factor.as_str(),
            session.uuid()
        )?;
        Ok(())
    }

    /// What is left is what the person's roles ask for.
    ///
    /// # Errors
    /// [`StoreError::LastFactor`] when it is not.
    pub(super) async fn require_factors_of_policy(&mut self) -> Result<(), StoreError> {
        let user = self.proof.user();
        let left: Factors = on_tx!(self.tx, c => sqlx::query_as(factors_of!()).bind(user.uuid()).fetch_one(c).await)?;
        let words: Option<String> = on_tx!(self.tx, c => sqlx::query_scalar(
            "SELECT string_agg('!' || r.second_factor, ' ') FROM role_members m JOIN roles r ON r.id = m.role_id
             WHERE m.user_id = $1 AND (m.expires_at IS NULL OR m.expires_at > $2)"
        ).bind(user.uuid()).bind(self.now).fetch_one(c).await)?;
        let met = match Rights::from_words(words.as_deref().unwrap_or("")).policy {
            FactorPolicy::None => true,
            FactorPolicy::Any => left.totp || left.passkeys > 0,
            FactorPolicy::Passkey => left.passkeys > 0,
        };
        if !(left.totp || left.passkeys > 0) {
            // Codes that stand in for a factor mean nothing without one.
            execute!(self.tx, "DELETE FROM recovery_codes WHERE user_id = $1", user.uuid())?;
        }
        if met { Ok(()) } else { Err(StoreError::LastFactor) }
    }
}
