//! What lies in the trash, to be looked at: the tops of what was put there, never what is below them.

use carrel_ids::{NodeId, SpaceId, UserId};
use uuid::Uuid;

use super::{
    NodeRow, Store, StoreError, Timestamp,
    connect::on_db,
    files::{NodeColumns, node_select},
};
use crate::authz::{FileAccess, Read};

/// Something that was put into the trash.
#[derive(Debug, Clone)]
pub struct TrashedRow {
    pub node: NodeRow,
    pub trashed_at: Timestamp,
    pub trashed_by: Option<(UserId, String)>,
    /// Path of its folder at that time, without the space's top; empty for the top itself.
    pub from: String,
}

/// Where a listing goes on.
#[derive(Debug, Clone, Copy)]
pub struct TrashCursor {
    pub trashed_at: Timestamp,
    pub id: NodeId,
}

#[derive(sqlx::FromRow)]
struct TrashedColumns {
    #[sqlx(flatten)]
    node: NodeColumns,
    trashed_at: Timestamp,
    trashed_by: Option<Uuid>,
    trashed_by_name: Option<String>,
    trashed_from: Option<String>,
}

impl From<TrashedColumns> for TrashedRow {
    fn from(row: TrashedColumns) -> Self {
        Self {
            node: row.node.into(),
            trashed_at: row.trashed_at,
            trashed_by: row.trashed_by.zip(row.trashed_by_name).map(|(id, name)| (id.into(), name)),
            from: row.trashed_from.unwrap_or_default(),
        }
    }
}

impl TrashedRow {
    #[must_use]
    pub fn cursor(&self) -> TrashCursor {
        TrashCursor { trashed_at: self.trashed_at, id: self.node.id }
    }
}

impl Store {
    /// Up to `limit` things in the trash of the proof's space behind the cursor, the newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn trash(
        &self,
        access: &FileAccess<Read>,
        after: Option<TrashCursor>,
        limit: i64,
    ) -> Result<Vec<TrashedRow>, StoreError> {
        // Nothing is put into the trash later than tomorrow.
        let far = Timestamp::now().plus(time::Duration::days(1));
        let (at, id) = after.map_or((far, Uuid::max()), |cursor| (cursor.trashed_at, cursor.id.uuid()));
        let rows: Vec<TrashedColumns> = on_db!(self, p => sqlx::query_as(concat!(
            "SELECT t.*, x.trashed_at, x.trashed_by, w.display_name AS trashed_by_name, x.trashed_from FROM (",
            node_select!(
                "WHERE n.space_id = $1 AND n.trashed_at IS NOT NULL AND (n.trashed_at, n.id) < ($2, $3)
                    AND NOT EXISTS (SELECT 1 FROM purges p WHERE p.node_id = n.id)
                 ORDER BY n.trashed_at DESC, n.id DESC LIMIT $4"
            ),
            ") t JOIN nodes x ON x.id = t.id LEFT JOIN users w ON w.id = x.trashed_by ORDER BY x.trashed_at DESC, x.id DESC"
        )).bind(access.space_id().uuid()).bind(at).bind(id).bind(limit).fetch_all(p).await)?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Up to `limit` things, of all spaces, that were put into the trash before `since`: the oldest first.
    pub(crate) async fn trashed_before(
        &self,
        since: Timestamp,
        limit: i64,
    ) -> Result<Vec<(NodeId, SpaceId)>, StoreError> {
        let rows: Vec<(Uuid, Uuid)> = on_db!(self, p => sqlx::query_as(
            "SELECT n.id, n.space_id FROM nodes n WHERE n.trashed_at < $1 AND NOT EXISTS (SELECT 1 FROM purges p WHERE p.node_id = n.id)
             ORDER BY n.trashed_at LIMIT $2"
        ).bind(since).bind(limit).fetch_all(p).await)?;
        Ok(rows.into_iter().map(|(node, space)| (node.into(), space.into())).collect())
    }

    /// The folder at a space's top.
    pub(crate) async fn top_of(&self, space: SpaceId) -> Result<Option<NodeId>, StoreError> {
        let top: Option<Uuid> = on_db!(self, p => sqlx::query_scalar("SELECT root_id FROM spaces WHERE id = $1")
            .bind(space.uuid()).fetch_optional(p).await)?;
        Ok(top.map(Into::into))
    }
}
