//! A session ends, and with it what hangs on it: admissions to workspaces, ceremonies that are under way. Whoever holds a socket is
//! told.

use carrel_audit_log::json::Json;
use carrel_ids::{SessionId, UserId};
use uuid::Uuid;

use super::Carried;
use crate::{
    authz::{OwnAccess, Proof, Target},
    store::{
        StoreError, Writer,
        connect::{execute, on_tx},
    },
};

impl<P: Proof> Writer<'_, P> {
    /// Whoever it was of: nobody can go back to it from this browser, so what is left of it would serve a thief alone. The access token
    /// is shorter than its session, so either secret is enough.
    pub(super) async fn end_carried_sessions(&mut self, carried: Carried) -> Result<(), StoreError> {
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
    pub(in crate::store) async fn end_one_session(
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
    pub(in crate::store) async fn end_everything_of(
        &mut self,
        user: UserId,
        cause: &'static str,
    ) -> Result<(), StoreError> {
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
        self.end_emergencies_of(user).await?;
        execute!(
            self.tx,
            "UPDATE invitations SET revoked_at = $1 WHERE created_by = $2 AND revoked_at IS NULL AND used_at IS NULL",
            self.now,
            user.uuid()
        )?;
        Ok(())
    }

    /// Ends the person's sessions, except one.
    pub(in crate::store) async fn end_sessions_of(
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
}
