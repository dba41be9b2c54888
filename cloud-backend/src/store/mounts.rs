//! The tree that sync clients see of one person: their own space, and in its top folder each team space that they may read.

use carrel_ids::{NodeId, SpaceId};
use uuid::Uuid;

use super::{Store, StoreError, connect::on_db};
use crate::authz::{OwnAccess, SpaceRole};

/// A team space as a folder of somebody's tree.
#[derive(Debug, Clone)]
pub struct MountRow {
    pub space: SpaceId,
    pub root: NodeId,
    pub name: String,
    /// The person's own space has something of this name in its top folder.
    pub name_taken: bool,
    pub role: SpaceRole,
    pub archived: bool,
    /// Of the space's top folder.
    pub number: i64,
    pub etag: i64,
    pub size: i64,
}

#[derive(sqlx::FromRow)]
struct Columns {
    id: Uuid,
    root_id: Uuid,
    name: String,
    is_taken: bool,
    role_rank: i32,
    is_archived: bool,
    number: i64,
    etag: i64,
    size: i64,
}

impl Store {
    /// The team spaces that the person may read, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn mounts(&self, own: &OwnAccess) -> Result<Vec<MountRow>, StoreError> {
        let rows: Vec<Columns> = on_db!(self, p => sqlx::query_as(
            "SELECT s.id, s.root_id, s.name, r.role_rank, (s.archived_at IS NOT NULL) AS is_archived, n.number, n.etag, n.size,
                 EXISTS (SELECT 1 FROM spaces o JOIN nodes c ON c.parent_id = o.root_id
                         WHERE o.kind = 'personal' AND o.owner_id = $1 AND c.name = s.name AND c.trashed_at IS NULL) AS is_taken
             FROM (SELECT space_id, MAX(role_rank) AS role_rank FROM space_rights WHERE user_id = $1 GROUP BY space_id) r
             JOIN spaces s ON s.id = r.space_id JOIN nodes n ON n.id = s.root_id
             WHERE s.kind = 'team' AND r.role_rank >= $2 ORDER BY s.id"
        ).bind(own.user().uuid()).bind(SpaceRole::Viewer.rank()).fetch_all(p).await)?;
        let mount = |row: Columns| {
            Some(MountRow {
                space: row.id.into(),
                root: row.root_id.into(),
                name: row.name,
                name_taken: row.is_taken,
                role: SpaceRole::from_rank(row.role_rank)?,
                archived: row.is_archived,
                number: row.number,
                etag: row.etag,
                size: row.size,
            })
        };
        Ok(rows.into_iter().filter_map(mount).collect())
    }
}
