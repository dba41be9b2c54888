//! Limits that hold across replicas: the generic cell rate algorithm in one statement, on the database.

use sha2::{Digest, Sha256};
use time::Duration;

use super::{Store, StoreError, Timestamp, connect::on_tx};

/// `burst` at once, then one each `every`.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    pub every: Duration,
    pub burst: i64,
}

impl Store {
    /// Takes one turn of `key`; how long to wait when there is none. The key is stored hashed: it holds personal data.
    pub(crate) async fn take_turn(&self, key: &str, limit: Limit) -> Result<Result<(), Duration>, StoreError> {
        let key: [u8; 32] = Sha256::digest(key.as_bytes()).into();
        let now = micros(Timestamp::now());
        let every = i64::try_from(limit.every.whole_microseconds()).unwrap_or(i64::MAX / 1024);
        let mut tx = self.begin().await?;
        let tat: Option<i64> = on_tx!(&mut tx, c => sqlx::query_scalar(
            "INSERT INTO rate_limits AS r (key, tat) VALUES ($1, $2 + $3)
             ON CONFLICT (key) DO UPDATE SET tat = (CASE WHEN r.tat > $2 THEN r.tat ELSE $2 END) + $3
             WHERE (CASE WHEN r.tat > $2 THEN r.tat ELSE $2 END) + $3 <= $2 + $4
             RETURNING tat"
        ).bind(key.as_slice()).bind(now).bind(every).bind(every.saturating_mul(limit.burst)).fetch_optional(c).await)?;
        let wait = if tat.is_some() {
            None
        } else {
            let tat: i64 = on_tx!(&mut tx, c => sqlx::query_scalar("SELECT tat FROM rate_limits WHERE key = $1").bind(key.as_slice()).fetch_one(c).await)?;
            Some(Duration::microseconds(tat + every - every.saturating_mul(limit.burst) - now))
        };
        tx.commit_aside().await?;
        Ok(wait.map_or(Ok(()), Err))
    }

    /// Gives the turns of `key` back, after it proved to be no attack.
    pub(crate) async fn refund_turns(&self, key: &str) -> Result<(), StoreError> {
        let key: [u8; 32] = Sha256::digest(key.as_bytes()).into();
        let mut tx = self.begin().await?;
        super::connect::execute!(&mut tx, "DELETE FROM rate_limits WHERE key = $1", key.as_slice())?;
        tx.commit_aside().await
    }
}

fn micros(at: Timestamp) -> i64 {
    i64::try_from(at.time().unix_timestamp_nanos() / 1000).unwrap_or(i64::MAX / 2)
}
