//! Pictures of people: small, and the only bytes of people that stand in the database.

use carrel_ids::UserId;

use super::{
    Store, StoreError, Timestamp, Writer,
    connect::{execute, on_db},
};
use crate::authz::OwnAccess;

/// A picture.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PictureRow {
    pub media_type: String,
    pub content: Vec<u8>,
    pub changed_at: Timestamp,
}

impl Store {
    pub(crate) async fn picture(&self, user: UserId) -> Result<Option<PictureRow>, StoreError> {
        Ok(
            on_db!(self, p => sqlx::query_as("SELECT media_type, content, changed_at FROM user_pictures WHERE user_id = $1")
            .bind(user.uuid()).fetch_optional(p).await)?,
        )
    }

    pub(crate) async fn picture_changed_at(&self, user: UserId) -> Result<Option<Timestamp>, StoreError> {
        Ok(on_db!(self, p => sqlx::query_scalar("SELECT changed_at FROM user_pictures WHERE user_id = $1")
            .bind(user.uuid()).fetch_optional(p).await)?)
    }
}

impl Writer<'_, OwnAccess> {
    pub async fn put_picture(&mut self, media_type: &str, content: &[u8]) -> Result<(), StoreError> {
        let user = self.proof.user();
        execute!(
            self.tx,
            "INSERT INTO user_pictures (user_id, media_type, content, changed_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (user_id) DO UPDATE SET media_type = $2, content = $3, changed_at = $4",
            user.uuid(),
            media_type,
            content,
            self.now
        )?;
        Ok(())
    }

    pub async fn remove_picture(&mut self) -> Result<(), StoreError> {
        let user = self.proof.user();
        execute!(self.tx, "DELETE FROM user_pictures WHERE user_id = $1", user.uuid())?;
        Ok(())
    }
}
