//! Rows that nothing needs any more.

use time::Duration;

use super::{Store, StoreError, Timestamp, connect::execute, recovery::APART};

/// How long the end of a session is remembered.
const KEEP_ENDED: Duration = Duration::days(1);
/// How long failures to sign in are remembered.
const KEEP_FAILURES: Duration = Duration::days(365);
/// How long a notice that was seen can be read again.
const KEEP_NOTICES: Duration = Duration::days(180);

impl Store {
    /// Deletes used-up limits, tickets that expired, and sessions that ended. Not an act: all of it is worthless already.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) async fn prune(&self) -> Result<u64, StoreError> {
        let now = Timestamp::now();
        let ended = now.minus(KEEP_ENDED);
        let old = now.minus(KEEP_NOTICES);
        let micros = i64::try_from(now.time().unix_timestamp_nanos() / 1000).unwrap_or(0);
        let mut tx = self.begin().await?;
        let mut gone = execute!(&mut tx, "DELETE FROM rate_limits WHERE tat < $1", micros)?;
        // Consecutive failures stay consecutive however slowly somebody guesses.
        let long_ago = micros.saturating_sub(i64::try_from(KEEP_FAILURES.whole_microseconds()).unwrap_or(i64::MAX));
        gone += execute!(&mut tx, "DELETE FROM throttles WHERE free_at < $1", long_ago)?;
        gone += execute!(&mut tx, "DELETE FROM login_flows WHERE expires_at < $1", now)?;
        gone += execute!(&mut tx, "DELETE FROM ceremonies WHERE expires_at < $1", now)?;
        gone += execute!(&mut tx, "DELETE FROM password_resets WHERE expires_at < $1", now)?;
        gone += execute!(&mut tx, "DELETE FROM account_resets WHERE reset_at < $1", now.minus(APART))?;
        gone += execute!(&mut tx, "DELETE FROM role_members WHERE expires_at < $1", now)?;
        execute!(
            &mut tx,
            "UPDATE role_requests SET state = 'expired' WHERE state = 'pending' AND expires_at < $1",
            now
        )?;
        gone += execute!(&mut tx, "DELETE FROM used_assertions WHERE expires_at < $1", now)?;
        gone += execute!(&mut tx, "DELETE FROM locks WHERE expires_at < $1", now)?;
        gone += execute!(&mut tx, "DELETE FROM notices WHERE seen_at < $1", old)?;
        gone += execute!(&mut tx, "DELETE FROM refresh_tokens WHERE expires_at < $1", ended)?;
        gone += execute!(&mut tx, "DELETE FROM workspace_tickets WHERE expires_at < $1", now)?;
        gone += execute!(
            &mut tx,
            "DELETE FROM ide_sessions WHERE ended_at < $1 OR session_id IN (SELECT id FROM sessions WHERE ended_at < $1 OR expires_at < $1)",
            ended
        )?;
        // A sandbox keeps the session in which it was started.
        gone += execute!(
            &mut tx,
            "DELETE FROM sessions WHERE (ended_at < $1 OR expires_at < $1)
             AND NOT EXISTS (SELECT 1 FROM sandboxes b WHERE b.session_id = sessions.id)
             AND NOT EXISTS (SELECT 1 FROM workspace_tickets t WHERE t.session_id = sessions.id)",
            ended
        )?;
        tx.commit().await?;
        Ok(gone)
    }
}
