//! A person's own live sessions, as the list of their devices shows them.

use uuid::Uuid;

use crate::{
    authz::OwnAccess,
    store::{Store, StoreError, Timestamp, connect::on_db},
};

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
