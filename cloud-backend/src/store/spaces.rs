//! Spaces and who is a member of them.

use carrel_ids::{NodeId, SpaceId, UserId};
use uuid::Uuid;

use super::{Store, StoreError, connect::on_db};
use crate::authz::{NodeRight, OwnAccess, SpaceRole};

/// A space that a person is a member of.
#[derive(Debug, Clone)]
pub struct SpaceRow {
    pub id: SpaceId,
    pub personal: bool,
    pub name: String,
    pub root: NodeId,
    pub role: SpaceRole,
    pub size: i64,
}

#[derive(sqlx::FromRow)]
struct SpaceColumns {
    id: Uuid,
    kind: String,
    name: String,
    root_id: Uuid,
    role: String,
    size: i64,
}

#[derive(sqlx::FromRow)]
struct RightColumns {
    space_id: Uuid,
    role: String,
    is_own: bool,
}

impl Store {
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn spaces(&self, own: &OwnAccess) -> Result<Vec<SpaceRow>, StoreError> {
        let rows: Vec<SpaceColumns> = on_db!(self, p => sqlx::query_as(
            "SELECT s.id, s.kind, s.name, s.root_id, m.role, n.size
             FROM space_members m JOIN spaces s ON s.id = m.space_id JOIN nodes n ON n.id = s.root_id
             WHERE m.user_id = $1 ORDER BY s.kind, s.name, s.id"
        ).bind(own.user().uuid()).fetch_all(p).await)?;
        Ok(rows
            .into_iter()
            .filter_map(|row| {
                Some(SpaceRow {
                    id: row.id.into(),
                    personal: row.kind == "personal",
                    name: row.name,
                    root: row.root_id.into(),
                    role: SpaceRole::from_text(&row.role)?,
                    size: row.size,
                })
            })
            .collect())
    }

    /// The person's right to a node that neither lies in the trash nor below something that does.
    pub(crate) async fn right_to_node(&self, user: UserId, node: NodeId) -> Result<Option<NodeRight>, StoreError> {
        let row: Option<RightColumns> = on_db!(self, p => sqlx::query_as(
            "WITH RECURSIVE up (id, parent_id, space_id, trashed_at) AS (
                 SELECT id, parent_id, space_id, trashed_at FROM nodes WHERE id = $1
                 UNION ALL SELECT n.id, n.parent_id, n.space_id, n.trashed_at FROM nodes n JOIN up ON n.id = up.parent_id)
             SELECT s.id AS space_id, m.role, (s.kind = 'personal' AND s.owner_id = $2) AS is_own
             FROM nodes n JOIN spaces s ON s.id = n.space_id JOIN space_members m ON m.space_id = s.id AND m.user_id = $2
             WHERE n.id = $1 AND NOT EXISTS (SELECT 1 FROM up WHERE trashed_at IS NOT NULL)"
        ).bind(node.uuid()).bind(user.uuid()).fetch_optional(p).await)?;
        Ok(row.and_then(right))
    }

    /// The person's right to a node that was itself put into the trash.
    pub(crate) async fn right_to_trashed_node(
        &self,
        user: UserId,
        node: NodeId,
    ) -> Result<Option<NodeRight>, StoreError> {
        let row: Option<RightColumns> = on_db!(self, p => sqlx::query_as(
            "SELECT s.id AS space_id, m.role, (s.kind = 'personal' AND s.owner_id = $2) AS is_own
             FROM nodes n JOIN spaces s ON s.id = n.space_id JOIN space_members m ON m.space_id = s.id AND m.user_id = $2
             WHERE n.id = $1 AND n.trashed_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM purges p WHERE p.node_id = n.id)"
        ).bind(node.uuid()).bind(user.uuid()).fetch_optional(p).await)?;
        Ok(row.and_then(right))
    }
}

fn right(row: RightColumns) -> Option<NodeRight> {
    Some(NodeRight { space: row.space_id.into(), role: SpaceRole::from_text(&row.role)?, is_own_space: row.is_own })
}
