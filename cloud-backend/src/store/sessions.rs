//! Sessions: one sign-in on one device, until it ends. The access token's hash stands in the session's row; the one before it works
//! a little longer, for requests that were under way when it was exchanged.

mod lasting;

use carrel_audit_log::json::Json;
use carrel_ids::{PasskeyId, ProviderId, SessionId, UserId};
use time::Duration;
use uuid::Uuid;

use super::{
    NoticeKind, Store, StoreError, Timestamp, UserRow, Writer,
    connect::{execute, on_db, on_tx},
    refresh::RefreshTokens,
    users::{UserColumns, user_columns},
};
use crate::authz::{Factor, OwnAccess, Proof, SignInAttempt, Target};

pub(super) use lasting::{Lasting, asked_for_factor};

/// How a person began a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SessionMethod {
    Password,
    Passkey,
    /// Another server said who they are.
    Provider,
    /// A link let them in for the first time.
    Invitation,
}

impl SessionMethod {
    fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Passkey => "passkey",
            Self::Provider => "provider",
            Self::Invitation => "invitation",
        }
    }
    pub(super) fn from_text(text: &str) -> Self {
        [Self::Passkey, Self::Provider, Self::Invitation]
            .into_iter()
            .find(|m| m.as_str() == text)
            .unwrap_or(Self::Password)
    }
}

/// What is used up when a person shows a second factor.
#[derive(Debug, Clone)]
pub enum FactorUse {
    None,
    /// The time step of the code: it is taken once.
    Totp {
        step: i64,
    },
    /// The first group of the code.
    Recovery {
        prefix: String,
    },
    /// The credential as it is after the use.
    Passkey {
        id: PasskeyId,
        credential: String,
        counter: i64,
    },
}

impl FactorUse {
    #[must_use]
    pub fn factor(&self) -> Factor {
        match self {
            Self::None => Factor::None,
            Self::Totp { .. } => Factor::Totp,
            Self::Recovery { .. } => Factor::Recovery,
            Self::Passkey { .. } => Factor::Passkey,
        }
    }
}

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

/// How long the parts of a session last.
#[derive(Debug, Clone, Copy)]
pub struct Lifetimes {
    pub access: Duration,
    pub idle: Duration,
    pub absolute: Duration,
    /// How long a sign-in counts as fresh.
    pub confirmed: Duration,
}

/// A live session and whose it is.
#[derive(Debug, Clone)]
pub struct SessionRow {
    pub id: SessionId,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub method: SessionMethod,
    pub factor: Factor,
    pub stay: bool,
    pub confirmed_until: Timestamp,
    pub elevated_until: Option<Timestamp>,
    pub elevation_hash: Option<Vec<u8>>,
    pub user: UserRow,
}

#[derive(sqlx::FromRow)]
struct SessionColumns {
    session_id: Uuid,
    created_at: Timestamp,
    expires_at: Timestamp,
    method: String,
    factor: String,
    stay: bool,
    confirmed_until: Timestamp,
    elevated_until: Option<Timestamp>,
    elevation_hash: Option<Vec<u8>>,
    #[sqlx(flatten)]
    user: UserColumns,
}

impl From<SessionColumns> for SessionRow {
    fn from(row: SessionColumns) -> Self {
        Self {
            id: row.session_id.into(),
            created_at: row.created_at,
            expires_at: row.expires_at,
            method: SessionMethod::from_text(&row.method),
            factor: Factor::from_text(&row.factor),
            stay: row.stay,
            confirmed_until: row.confirmed_until,
            elevated_until: row.elevated_until,
            elevation_hash: row.elevation_hash,
            user: row.user.into(),
        }
    }
}

/// Live sessions of active people, with all that a request needs to know: one statement per request. `$1` is the moment.
macro_rules! live_session {
    ($which:literal) => {
        concat!(
            "SELECT s.id AS session_id, s.created_at, s.expires_at, s.method, s.factor, s.stay, s.confirmed_until, s.elevated_until,
                    s.elevation_hash, ",
            user_columns!(),
            " FROM sessions s JOIN users u ON u.id = s.user_id
             WHERE s.ended_at IS NULL AND s.expires_at > $1 AND s.idle_until > $1 AND u.state = 'active' AND ",
            $which
        )
    };
}

impl Store {
    /// The live session with this access token; none when it ended, expired, or its person was disabled.
    pub(crate) async fn session_by_token(&self, token_hash: &[u8; 32]) -> Result<Option<SessionRow>, StoreError> {
        let found: Option<SessionColumns> = on_db!(self, p => sqlx::query_as(
            live_session!("((s.token_hash = $2 AND s.access_until > $1) OR (s.previous_hash = $2 AND s.previous_until > $1))")
        ).bind(Timestamp::now()).bind(token_hash.as_slice()).fetch_optional(p).await)?;
        Ok(found.map(SessionRow::from))
    }

    pub(crate) async fn session_by_id(&self, session: SessionId) -> Result<Option<SessionRow>, StoreError> {
        let found: Option<SessionColumns> = on_db!(self, p => sqlx::query_as(live_session!("s.id = $2"))
            .bind(Timestamp::now()).bind(session.uuid()).fetch_optional(p).await)?;
        Ok(found.map(SessionRow::from))
    }
}

impl<P: Proof> Writer<'_, P> {
    pub(super) async fn insert_session(
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

    /// Whoever it was of: nobody can go back to it from this browser, so what is left of it would serve a thief alone. The access token
    /// is shorter than its session, so either secret is enough.
    async fn end_carried_sessions(&mut self, carried: Carried) -> Result<(), StoreError> {
        let carried: Vec<Uuid> = on_tx!(self.tx, c => sqlx::query_scalar(
            "SELECT id FROM sessions WHERE ended_at IS NULL AND expires_at > $1 AND idle_until > $1 AND id IN
                 (SELECT id FROM sessions WHERE token_hash = $2 UNION SELECT id FROM sessions WHERE previous_hash = $2
                  UNION SELECT session_id FROM refresh_tokens WHERE token_hash = $3)"
        ).bind(self.now).bind(carried.access.map(Vec::from)).bind(carried.refresh.map(Vec::from)).fetch_all(c).await)?;
        for session in &carried {
            self.end_one_session((*session).into(), None, "replaced").await?;
        }
        if !carried.is_empty() {
            self.detail("replaced", Json::List(carried.iter().map(|session| session.to_string().into()).collect()));
        }
        Ok(())
    }

    /// Ends a session with what hangs on it, of this person or of anybody; false when there is none that goes on.
    pub(super) async fn end_one_session(
        &mut self,
        session: SessionId,
        of: Option<UserId>,
        cause: &'static str,
    ) -> Result<bool, StoreError> {
        let ended = execute!(
            self.tx,
            "UPDATE sessions SET ended_at = $1, ended_cause = $2 WHERE id = $3 AND ($4 IS NULL OR user_id = $4) AND ended_at IS NULL",
            self.now,
            cause,
            session.uuid(),
            of.map(UserId::uuid)
        )?;
        if ended != 1 {
            return Ok(false);
        }
        execute!(
            self.tx,
            "UPDATE ide_sessions SET ended_at = $1 WHERE session_id = $2 AND ended_at IS NULL",
            self.now,
            session.uuid()
        )?;
        self.note_revocation().await?;
        Ok(true)
    }

    /// Ends what is open in the person's name: sessions, tokens, links; whoever holds a socket of theirs is told.
    pub(super) async fn end_everything_of(&mut self, user: UserId, cause: &'static str) -> Result<(), StoreError> {
        self.end_sessions_of(user, None, cause).await?;
        execute!(
            self.tx,
            "UPDATE tokens SET revoked_at = $1 WHERE user_id = $2 AND revoked_at IS NULL",
            self.now,
            user.uuid()
        )?;
        execute!(self.tx, "DELETE FROM password_resets WHERE user_id = $1", user.uuid())?;
        execute!(
            self.tx,
            "UPDATE role_requests SET state = 'withdrawn', decided_at = $1 WHERE user_id = $2 AND state = 'pending'",
            self.now,
            user.uuid()
        )?;
        execute!(
            self.tx,
            "UPDATE invitations SET revoked_at = $1 WHERE created_by = $2 AND revoked_at IS NULL AND used_at IS NULL",
            self.now,
            user.uuid()
        )?;
        Ok(())
    }

    /// Ends the person's sessions, except one.
    pub(super) async fn end_sessions_of(
        &mut self,
        user: UserId,
        except: Option<SessionId>,
        cause: &'static str,
    ) -> Result<u64, StoreError> {
        let except = except.map_or(Uuid::nil(), SessionId::uuid);
        let ended = execute!(
            self.tx,
            "UPDATE sessions SET ended_at = $1, ended_cause = $2 WHERE user_id = $3 AND ended_at IS NULL AND id <> $4",
            self.now,
            cause,
            user.uuid(),
            except
        )?;
        execute!(
            self.tx,
            "UPDATE ide_sessions SET ended_at = $1 WHERE ended_at IS NULL AND session_id <> $3
             AND session_id IN (SELECT id FROM sessions WHERE user_id = $2)",
            self.now,
            user.uuid(),
            except
        )?;
        execute!(self.tx, "DELETE FROM ceremonies WHERE user_id = $1", user.uuid())?;
        self.note_revocation().await?;
        Ok(ended)
    }

    /// Uses the factor up.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it is used already, or gone.
    pub(super) async fn use_factor(&mut self, user: UserId, factor: &FactorUse) -> Result<(), StoreError> {
        let used = match factor {
            FactorUse::None => 1,
            FactorUse::Totp { step } => execute!(
                self.tx,
                "UPDATE totp_factors SET last_step = $1 WHERE user_id = $2 AND last_step < $1 AND confirmed_at IS NOT NULL",
                *step,
                user.uuid()
            )?,
            FactorUse::Recovery { prefix } => execute!(
                self.tx,
                "UPDATE recovery_codes SET used_at = $1 WHERE user_id = $2 AND prefix = $3 AND used_at IS NULL",
                self.now,
                user.uuid(),
                prefix.as_str()
            )?,
            // Behind the counter that was checked, so that no other replica turns it back.
            FactorUse::Passkey { id, credential, counter } => execute!(
                self.tx,
                "UPDATE passkeys SET credential = $1, counter = $2, last_used_at = $3
                 WHERE id = $4 AND user_id = $5 AND (counter < $2 OR (counter = 0 AND $2 = 0))",
                credential.as_str(),
                *counter,
                self.now,
                id.uuid(),
                user.uuid()
            )?,
        };
        if used == 1 { Ok(()) } else { Err(StoreError::NotFound) }
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

impl Writer<'_, OwnAccess> {
    /// # Errors
    /// [`StoreError::NotFound`] when it is not a live session of the person.
    pub async fn end_session(&mut self, session: SessionId, cause: &'static str) -> Result<(), StoreError> {
        self.set_target(Target::Session(session));
        let user = self.proof.user();
        if self.end_one_session(session, Some(user), cause).await? { Ok(()) } else { Err(StoreError::NotFound) }
    }

    /// Ends all sessions of the person but this one; how many they were.
    pub async fn end_other_sessions(&mut self, session: SessionId) -> Result<u64, StoreError> {
        let user = self.proof.user();
        let ended = self.end_sessions_of(user, Some(session), "ended").await?;
        self.detail("ended", Json::Integer(i64::try_from(ended).unwrap_or(i64::MAX)));
        Ok(ended)
    }

    /// The person showed a second factor anew: for a while the session may do what is dangerous.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the factor is used up, or the session is over.
    pub async fn elevate(
        &mut self,
        session: SessionId,
        factor: &FactorUse,
        elevation_hash: &[u8; 32],
        valid: Duration,
    ) -> Result<Timestamp, StoreError> {
        self.set_target(Target::Session(session));
        let user = self.proof.user();
        self.use_factor(user, factor).await?;
        let until = self.now.plus(valid);
        self.detail("factor", factor.factor().as_str());
        let done = execute!(
            self.tx,
            "UPDATE sessions SET elevation_hash = $1, elevated_until = $2, confirmed_until = $2,
                 factor = CASE WHEN factor IN ('none', 'recovery') OR $3 = 'passkey' THEN $3 ELSE factor END
             WHERE id = $4 AND user_id = $5 AND ended_at IS NULL",
            elevation_hash.as_slice(),
            until,
            factor.factor().as_str(),
            session.uuid(),
            user.uuid()
        )?;
        if done == 1 { Ok(until) } else { Err(StoreError::NotFound) }
    }

    pub async fn drop_elevation(&mut self, session: SessionId) -> Result<(), StoreError> {
        self.set_target(Target::Session(session));
        let user = self.proof.user();
        execute!(
            self.tx,
            "UPDATE sessions SET elevation_hash = NULL, elevated_until = NULL WHERE id = $1 AND user_id = $2",
            session.uuid(),
            user.uuid()
        )?;
        Ok(())
    }

    /// The person showed their password anew.
    pub async fn confirm(&mut self, session: SessionId, valid: Duration) -> Result<Timestamp, StoreError> {
        self.set_target(Target::Session(session));
        let (user, until) = (self.proof.user(), self.now.plus(valid));
        execute!(
            self.tx,
            "UPDATE sessions SET confirmed_until = $1 WHERE id = $2 AND user_id = $3 AND ended_at IS NULL",
            until,
            session.uuid(),
            user.uuid()
        )?;
        Ok(until)
    }
}

/// A session as its owner sees it in the list of devices.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DeviceRow {
    pub id: Uuid,
    pub method: String,
    pub factor: String,
    pub stay: bool,
    pub address: Option<String>,
    pub client: Option<String>,
    pub created_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub expires_at: Timestamp,
}

impl Store {
    /// The person's live sessions, the one that was used last first.
    pub(crate) async fn devices(&self, own: &OwnAccess) -> Result<Vec<DeviceRow>, StoreError> {
        Ok(on_db!(self, p => sqlx::query_as(
            "SELECT id, method, factor, stay, address, client, created_at, last_seen_at, expires_at FROM sessions
             WHERE user_id = $1 AND ended_at IS NULL AND expires_at > $2 AND idle_until > $2 ORDER BY last_seen_at DESC, id LIMIT 200"
        ).bind(own.user().uuid()).bind(Timestamp::now()).fetch_all(p).await)?)
    }
}
