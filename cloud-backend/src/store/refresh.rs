//! Refreshing a session across replicas (security-facts 3.3): one update takes the token, so there is exactly one successor on any
//! number of replicas. Whoever comes too late by a little gets the same successor, which is stored sealed with the token that it was
//! exchanged for. A token that comes back later than that was copied: its session ends.

use carrel_ids::{SessionId, UserId};
use time::Duration;
use uuid::Uuid;

use super::{
    NoticeKind, Store, StoreError, Timestamp, Writer,
    connect::{Tx, execute, on_tx},
    sessions::{Lasting, asked_for_factor},
};
use crate::{
    audit::{Action, Outcome},
    authz::{RequestContext, SystemTask, Target},
    session::{lifetimes, secrets},
};

/// How long a lost answer or a second tab may present the same token again.
const GRACE: Duration = Duration::seconds(10);
/// How long the access token before the current one works: requests under way.
const PREVIOUS_ACCESS: Duration = Duration::seconds(60);

/// A session's two secrets, as they are handed out.
pub struct RefreshTokens {
    pub access: String,
    pub refresh: String,
}

impl std::fmt::Debug for RefreshTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RefreshTokens([redacted])")
    }
}

impl RefreshTokens {
    /// # Errors
    /// When the system gives no randomness.
    pub fn new() -> Result<Self, getrandom::Error> {
        Ok(Self { access: secrets::random_secret()?, refresh: secrets::new_token(secrets::REFRESH_PREFIX)? })
    }
    #[must_use]
    pub fn access_hash(&self) -> [u8; 32] {
        secrets::hash_secret(&self.access)
    }
    #[must_use]
    pub fn refresh_hash(&self) -> [u8; 32] {
        secrets::hash_secret(&self.refresh)
    }
}

/// What became of a refresh token.
#[derive(Debug)]
pub enum Refreshed {
    /// It was exchanged for the tokens that were offered.
    New { stay: bool },
    /// Somebody else exchanged it a moment ago: what they got, sealed with the presented token.
    Same { sealed: Vec<u8>, stay: bool },
    /// It had been used long ago: its session was ended.
    Reused,
    /// Nobody's, or of a session that is over.
    Unknown,
}

#[derive(sqlx::FromRow)]
struct TokenColumns {
    session_id: Uuid,
    user_id: Uuid,
    used_at: Option<Timestamp>,
    successor: Option<Vec<u8>>,
    successor_state: Option<String>,
    client: Option<String>,
    stay: bool,
    live: bool,
}

/// What is offered in exchange for a token, and its sealed copy.
#[derive(Debug)]
pub struct Offer<'a> {
    pub tokens: &'a RefreshTokens,
    pub sealed: &'a [u8],
}

impl Store {
    /// Exchanges a refresh token. Not an act: the entry in the log is the sign-in's; what is one is a copied token.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) async fn refresh(
        &self,
        token_hash: &[u8; 32],
        offer: Offer<'_>,
        context: &RequestContext,
    ) -> Result<Refreshed, StoreError> {
        let mut tx = self.begin().await?;
        let now = Timestamp::now();
        let taken: Option<(Uuid, Uuid)> = on_tx!(&mut tx, c => sqlx::query_as(
            "UPDATE refresh_tokens SET state = 'used', used_at = $1, successor = $2
             WHERE token_hash = $3 AND state = 'active' AND expires_at > $1 AND EXISTS (
                 SELECT 1 FROM sessions s JOIN users u ON u.id = s.user_id
                 WHERE s.id = session_id AND s.ended_at IS NULL AND s.expires_at > $1 AND u.state = 'active')
             RETURNING id, session_id"
        ).bind(now).bind(offer.sealed).bind(token_hash.as_slice()).fetch_optional(c).await)?;
        if let Some((parent, session)) = taken {
            let refreshed = exchange(&mut tx, now, parent, session, &offer, context).await?;
            tx.commit().await?;
            return Ok(refreshed);
        }
        let row: Option<TokenColumns> = on_tx!(&mut tx, c => sqlx::query_as(
            "SELECT t.session_id, s.user_id, t.used_at, t.successor, n.state AS successor_state, s.client, s.stay,
                    (s.ended_at IS NULL AND s.expires_at > $1 AND s.idle_until > $1 AND u.state = 'active') AS live
             FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id JOIN users u ON u.id = s.user_id
             LEFT JOIN refresh_tokens n ON n.parent_id = t.id
             WHERE t.token_hash = $2"
        ).bind(now).bind(token_hash.as_slice()).fetch_optional(c).await)?;
        tx.commit().await?;
        let Some(row) = row.filter(|row| row.live) else { return Ok(Refreshed::Unknown) };
        let Some(used_at) = row.used_at else { return Ok(Refreshed::Unknown) };
        let same = used_at.plus(GRACE) >= now
            && row.successor_state.as_deref() == Some("active")
            && row.client == context.client;
        match row.successor.filter(|_| same) {
            Some(sealed) => Ok(Refreshed::Same { sealed, stay: row.stay }),
            None => {
                self.end_copied(row.session_id.into(), row.user_id.into(), context).await?;
                Ok(Refreshed::Reused)
            }
        }
    }

    /// T-04: two parties hold tokens of this session, and nobody can say which is the person's.
    async fn end_copied(&self, session: SessionId, user: UserId, context: &RequestContext) -> Result<(), StoreError> {
        let task = SystemTask::for_request(Target::Session(session), context.clone());
        self.audited(&task, Action::SessionReuse, async |w| {
            w.set_outcome(Outcome::Denied);
            w.detail("user", user.to_string());
            w.end_copied_session(session, user).await
        })
        .await
    }
}

impl Writer<'_, SystemTask> {
    async fn end_copied_session(&mut self, session: SessionId, user: UserId) -> Result<(), StoreError> {
        if self.end_one_session(session, Some(user), "reuse").await? {
            self.notify(user, NoticeKind::SessionReused).await?;
        }
        Ok(())
    }
}

/// What the session of a taken token is at this moment.
#[derive(sqlx::FromRow)]
struct ExchangedColumns {
    #[sqlx(flatten)]
    lasting: Lasting,
    stay: bool,
    asked_for_factor: bool,
}

async fn exchange(
    tx: &mut Tx,
    now: Timestamp,
    parent: Uuid,
    session: Uuid,
    offer: &Offer<'_>,
    context: &RequestContext,
) -> Result<Refreshed, StoreError> {
    // Behind the row, so that a change of roles that shortens the session is not taken back.
    execute!(tx, "UPDATE sessions SET stay = stay WHERE id = $1", session)?;
    let row: ExchangedColumns = on_tx!(tx, c => sqlx::query_as(concat!(
        "SELECT s.created_at, s.last_seen_at, s.expires_at, s.stay, ", asked_for_factor!(), " AS asked_for_factor
         FROM sessions s WHERE s.id = $2"
    )).bind(now).bind(session).fetch_one(c).await)?;
    let stay = row.stay && !row.asked_for_factor;
    let (expires_at, idle_until) = row.lasting.ends(stay);
    if idle_until <= now {
        execute!(tx, "UPDATE sessions SET stay = $1, expires_at = $2 WHERE id = $3", stay, idle_until, session)?;
        return Ok(Refreshed::Unknown);
    }
    let lasting = lifetimes::of(stay);
    let idle = now.plus(lasting.idle).min(expires_at);
    execute!(
        tx,
        "INSERT INTO refresh_tokens (id, session_id, parent_id, token_hash, state, issued_at, expires_at) VALUES ($1, $2, $3, $4, 'active', $5, $6)",
        Uuid::now_v7(),
        session,
        parent,
        offer.tokens.refresh_hash().as_slice(),
        now,
        idle
    )?;
    execute!(
        tx,
        "UPDATE sessions SET previous_hash = token_hash, previous_until = $1, token_hash = $2, access_until = $3, idle_until = $4,
             last_seen_at = $5, address = COALESCE($6, address), client = $7, stay = $8, expires_at = $9 WHERE id = $10",
        now.plus(PREVIOUS_ACCESS),
        offer.tokens.access_hash().as_slice(),
        now.plus(lasting.access).min(expires_at),
        idle,
        now,
        context.address.as_deref(),
        context.client.as_deref(),
        stay,
        expires_at,
        session
    )?;
    Ok(Refreshed::New { stay })
}
