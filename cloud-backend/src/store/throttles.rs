//! Consecutive failures to show who one is (NIST SP 800-63B-4, 3.2.2): a few are free, then each costs twice the wait of the one
//! before. One statement on the database, so that it holds across replicas and restarts.

use sha2::{Digest, Sha256};
use time::Duration;

use super::{
    Store, StoreError, Timestamp,
    connect::{execute, on_tx},
};

/// Failures that cost no wait.
const FREE: i64 = 5;
/// The wait after the first failure that costs one; it doubles up to an hour.
const FIRST_WAIT: i64 = 30_000_000;
const LONGEST_WAIT: i64 = 3_600_000_000;

/// Whether a try is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Throttle {
    /// It is, and counts as a failure until the person shows who they are; the number of consecutive ones with this.
    Free(i64),
    /// It is not, for this long.
    Wait(Duration),
}

impl Store {
    /// Counts a try as a failure before it is looked at, so that guessing in parallel gains nothing. The key is stored hashed: it
    /// holds personal data.
    pub(crate) async fn charge_failure(&self, key: &str) -> Result<Throttle, StoreError> {
        let key: [u8; 32] = Sha256::digest(key.as_bytes()).into();
        let now = i64::try_from(Timestamp::now().time().unix_timestamp_nanos() / 1000).unwrap_or(i64::MAX / 2);
        let mut tx = self.begin().await?;
        // What is free is free since a minute ago: replicas and transactions do not agree on the moment to the microsecond.
        let failures: Option<i64> = on_tx!(&mut tx, c => sqlx::query_scalar(
            "INSERT INTO throttles AS t (key, failures, free_at) VALUES ($1, 1, $2 - 60000000)
             ON CONFLICT (key) DO UPDATE SET failures = t.failures + 1, free_at = CASE
                 WHEN t.failures + 1 < $3 THEN $2 - 60000000
                 WHEN t.failures + 1 >= $3 + 7 THEN $2 + $5
                 ELSE $2 + $4 * (CAST(1 AS BIGINT) << CAST(t.failures + 1 - $3 AS INTEGER)) END
             WHERE t.free_at <= $2
             RETURNING failures"
        ).bind(key.as_slice()).bind(now).bind(FREE).bind(FIRST_WAIT).bind(LONGEST_WAIT).fetch_optional(c).await)?;
        let throttle = if let Some(failures) = failures {
            Throttle::Free(failures)
        } else {
            let free_at: Option<i64> = on_tx!(&mut tx, c => sqlx::query_scalar("SELECT free_at FROM throttles WHERE key = $1")
                .bind(key.as_slice()).fetch_optional(c).await)?;
            Throttle::Wait(Duration::microseconds(free_at.unwrap_or(now).saturating_sub(now).max(0)))
        };
        tx.commit_aside().await?;
        Ok(throttle)
    }

    /// The person showed who they are.
    pub(crate) async fn forget_failures(&self, key: &str) -> Result<(), StoreError> {
        let key: [u8; 32] = Sha256::digest(key.as_bytes()).into();
        let mut tx = self.begin().await?;
        execute!(&mut tx, "DELETE FROM throttles WHERE key = $1", key.as_slice())?;
        tx.commit_aside().await
    }
}
