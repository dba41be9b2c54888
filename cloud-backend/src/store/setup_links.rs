//! The link by which the first administrator is made.

use carrel_ids::UserId;
use time::Duration;

use super::{
    NewSession, NewUser, Store, StoreError, Timestamp, Writer,
    connect::{execute, on_db, on_tx},
};
use crate::authz::{FirstAdministrator, SystemTask};

impl Store {
    /// The hash of the link that is valid now.
    pub(crate) async fn setup_link(&self) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(
            on_db!(self, p => sqlx::query_scalar("SELECT token_hash FROM setup_links WHERE used_at IS NULL AND expires_at > $1")
            .bind(Timestamp::now()).fetch_optional(p).await)?,
        )
    }
}

impl Writer<'_, SystemTask> {
    /// Replaces the link for the first administrator.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when there is a user.
    pub async fn put_setup_link(&mut self, token_hash: &[u8; 32], valid: Duration) -> Result<(), StoreError> {
        let exists: bool =
            on_tx!(self.tx, c => sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM users)").fetch_one(c).await)?;
        if exists {
            return Err(StoreError::Exists);
        }
        execute!(self.tx, "DELETE FROM setup_links")?;
        execute!(
            self.tx,
            "INSERT INTO setup_links (token_hash, created_at, expires_at) VALUES ($1, $2, $3)",
            token_hash.as_slice(),
            self.now,
            self.now.plus(valid)
        )?;
        Ok(())
    }
}

impl Writer<'_, FirstAdministrator> {
    /// Uses the link up, and makes the person and their session: nobody becomes the first administrator without it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the link is unknown, expired or used, or when somebody was quicker.
    pub async fn complete_setup(
        &mut self,
        link_hash: &[u8; 32],
        user: &NewUser<'_>,
        session: &NewSession<'_>,
    ) -> Result<UserId, StoreError> {
        let used = execute!(
            self.tx,
            "UPDATE setup_links SET used_at = $1 WHERE token_hash = $2 AND used_at IS NULL AND expires_at > $1
             AND NOT EXISTS (SELECT 1 FROM users)",
            self.now,
            link_hash.as_slice()
        )?;
        if used != 1 {
            return Err(StoreError::NotFound);
        }
        let user = self.insert_user(user).await?;
        self.insert_session(user, session).await?;
        Ok(user)
    }
}
