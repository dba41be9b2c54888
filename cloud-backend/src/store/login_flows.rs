//! Programs that ask to be let in and wait while a person decides in the browser. Both sides know a secret each, of which only hashes are
//! here; the app password waits sealed until the program fetches it, once.

use time::Duration;

use super::{
    NewToken, Store, StoreError, Timestamp, Writer,
    connect::{execute, on_db, on_tx},
};
use crate::authz::{Confirmed, OwnAccess};

/// How long the person has.
pub(crate) const WAITS: Duration = Duration::minutes(20);
/// How many programs may wait at once, of whomever: beginning to wait needs no right.
const MOST: i64 = 10_000;
/// How many from one address.
const MOST_OF_ADDRESS: i64 = 100;

/// A program begins to wait.
#[derive(Debug)]
pub(crate) struct NewFlow<'a> {
    pub(crate) poll_hash: &'a [u8; 32],
    pub(crate) flow_hash: &'a [u8; 32],
    /// What the program calls itself.
    pub(crate) client: &'a str,
    pub(crate) address: Option<&'a str>,
}

/// A program that waits.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct FlowRow {
    pub(crate) client: String,
    pub(crate) address: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

impl Store {
    /// Whether there was room for it. Nobody answers for it, so it is no act; letting it in is one.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) async fn begin_flow(&self, flow: &NewFlow<'_>) -> Result<bool, StoreError> {
        let now = Timestamp::now();
        let mut tx = self.begin().await?;
        let begun = execute!(
            &mut tx,
            "INSERT INTO login_flows (poll_hash, flow_hash, client, address, created_at, expires_at)
             SELECT $1, $2, $3, $4, $5, $6 WHERE (SELECT COUNT(*) FROM login_flows) < $7
                AND (SELECT COUNT(*) FROM login_flows WHERE address = $4 AND expires_at > $5) < $8",
            flow.poll_hash.as_slice(),
            flow.flow_hash.as_slice(),
            flow.client,
            flow.address,
            now,
            now.plus(WAITS),
            MOST,
            MOST_OF_ADDRESS
        )?;
        tx.commit().await?;
        Ok(begun == 1)
    }

    /// The program that waits with this secret, if nobody has decided yet.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none, or its time is over.
    pub(crate) async fn flow(&self, _: &OwnAccess, flow_hash: &[u8; 32]) -> Result<FlowRow, StoreError> {
        Ok(on_db!(self, p => sqlx::query_as(
            "SELECT client, address, created_at, expires_at FROM login_flows WHERE flow_hash = $1 AND user_id IS NULL AND expires_at > $2"
        ).bind(flow_hash.as_slice()).bind(Timestamp::now()).fetch_one(p).await)?)
    }

    /// Hands the app password out to the program that waited for it, once: whose name it goes with, and the sealed secret.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) async fn fetch_flow(&self, poll_hash: &[u8; 32]) -> Result<Option<(String, Vec<u8>)>, StoreError> {
        let waits: bool = on_db!(self, p => sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM login_flows WHERE poll_hash = $1 AND sealed IS NOT NULL AND expires_at > $2)"
        ).bind(poll_hash.as_slice()).bind(Timestamp::now()).fetch_one(p).await)?;
        if !waits {
            return Ok(None);
        }
        let mut tx = self.begin().await?;
        let row: Option<(String, Vec<u8>)> = on_tx!(&mut tx, c => sqlx::query_as(
            "DELETE FROM login_flows WHERE poll_hash = $1 AND sealed IS NOT NULL
             RETURNING (SELECT u.name FROM users u WHERE u.id = login_flows.user_id), sealed"
        ).bind(poll_hash.as_slice()).fetch_optional(c).await)?;
        tx.commit().await?;
        Ok(row)
    }
}

impl Writer<'_, Confirmed> {
    /// Lets the program in: it gets the token when it asks next.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when nothing waits with this secret, or it was decided already.
    pub(crate) async fn grant_flow(
        &mut self,
        flow_hash: &[u8; 32],
        token: &NewToken<'_>,
        sealed: &[u8],
    ) -> Result<(), StoreError> {
        let user = self.proof.user();
        let granted = execute!(
            self.tx,
            "UPDATE login_flows SET user_id = $1, sealed = $2 WHERE flow_hash = $3 AND user_id IS NULL AND expires_at > $4",
            user.uuid(),
            sealed,
            flow_hash.as_slice(),
            self.now
        )?;
        super::tree_changes::expect_one(granted)?;
        self.create_token(token).await?;
        Ok(())
    }
}
