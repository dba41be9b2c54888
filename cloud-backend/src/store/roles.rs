//! Roles and who has them.

use carrel_ids::RoleId;
use uuid::Uuid;

use super::{Store, StoreError, Timestamp, connect::on_db};
use crate::authz::OwnAccess;

/// A role that somebody has.
#[derive(Debug, Clone)]
pub struct HeldRole {
    pub id: RoleId,
    /// Of a system role.
    pub code: Option<String>,
    pub name: String,
    /// For a time only.
    pub expires_at: Option<Timestamp>,
}

impl Store {
    /// What roles the person has at this moment.
    pub(crate) async fn own_roles(&self, own: &OwnAccess) -> Result<Vec<HeldRole>, StoreError> {
        let rows: Vec<(Uuid, Option<String>, String, Option<Timestamp>)> = on_db!(self, p => sqlx::query_as(
            "SELECT r.id, r.code, r.name, m.expires_at FROM role_members m JOIN roles r ON r.id = m.role_id
             WHERE m.user_id = $1 AND (m.expires_at IS NULL OR m.expires_at > $2) ORDER BY r.id"
        ).bind(own.user().uuid()).bind(Timestamp::now()).fetch_all(p).await)?;
        Ok(rows
            .into_iter()
            .map(|(id, code, name, expires_at)| HeldRole { id: id.into(), code, name, expires_at })
            .collect())
    }
}
