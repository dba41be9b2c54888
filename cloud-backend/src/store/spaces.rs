//! Spaces, and what people may do in them. A person's role is the greatest of their own and those of their groups: every look-up of a right
//! asks the view `space_rights`.

use carrel_ids::{NodeId, SpaceId, UserId};
use uuid::Uuid;

use super::{Store, StoreError, Timestamp, answers::About, connect::on_db};
use crate::authz::{NodeRight, OwnAccess, SpaceAccess, SpaceLevel, SpaceRight, SpaceRole};

/// A space that a person is a member of.
#[derive(Debug, Clone)]
pub struct SpaceRow {
    pub id: SpaceId,
    pub personal: bool,
    /// It is the person's own personal space.
    pub own: bool,
    pub name: String,
    pub description: String,
    pub root: NodeId,
    pub role: SpaceRole,
    /// Bytes of the current files.
    pub size: i64,
    /// Bytes of every version that is kept, also in the trash.
    pub used: i64,
    /// How many bytes it may hold: its own quota, or else the instance's.
    pub quota: Option<i64>,
    pub archived_at: Option<Timestamp>,
    pub keep_versions: Option<i64>,
    pub keep_trash_days: Option<i64>,
    /// People and groups.
    pub members: i64,
}

#[derive(sqlx::FromRow)]
struct SpaceColumns {
    id: Uuid,
    kind: String,
    is_own: bool,
    name: String,
    description: String,
    root_id: Uuid,
    role_rank: i32,
    size: i64,
    used: i64,
    quota: Option<i64>,
    archived_at: Option<Timestamp>,
    keep_versions: Option<i64>,
    keep_trash_days: Option<i64>,
    members: i64,
}

#[derive(sqlx::FromRow)]
struct RightColumns {
    space_id: Uuid,
    role_rank: Option<i32>,
    is_own: bool,
    is_archived: bool,
    used: i64,
    quota: Option<i64>,
}

/// `$2` is the person.
macro_rules! right_columns {
    () => {
        "SELECT s.id AS space_id, (SELECT MAX(r.role_rank) FROM space_rights r WHERE r.space_id = s.id AND r.user_id = $2) AS role_rank,
             (s.kind = 'personal' AND s.owner_id = $2) AS is_own, (s.archived_at IS NOT NULL) AS is_archived, s.used, s.quota
         FROM nodes n JOIN spaces s ON s.id = n.space_id "
    };
}

impl Store {
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn spaces(&self, own: &OwnAccess) -> Result<Vec<SpaceRow>, StoreError> {
        self.spaces_of(own.user(), None).await
    }

    /// The proof's space.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the person was removed from it since the proof was made.
    pub async fn space<L: SpaceLevel>(&self, access: &SpaceAccess<L>) -> Result<SpaceRow, StoreError> {
        self.spaces_of(access.user(), Some(access.space_id())).await?.pop().ok_or(StoreError::NotFound)
    }

    async fn spaces_of(&self, user: UserId, only: Option<SpaceId>) -> Result<Vec<SpaceRow>, StoreError> {
        let rows: Vec<SpaceColumns> = on_db!(self, p => sqlx::query_as(
            "SELECT s.id, s.kind, (s.kind = 'personal' AND s.owner_id = $1) AS is_own, s.name, s.description, s.root_id, r.role_rank, n.size,
                 s.used, s.quota, s.archived_at, s.keep_versions, s.keep_trash_days,
                 (SELECT COUNT(*) FROM space_members m WHERE m.space_id = s.id) + (SELECT COUNT(*) FROM space_groups g WHERE g.space_id = s.id) AS members
             FROM (SELECT space_id, MAX(role_rank) AS role_rank FROM space_rights WHERE user_id = $1 GROUP BY space_id) r
             JOIN spaces s ON s.id = r.space_id JOIN nodes n ON n.id = s.root_id
             WHERE $2 IS NULL OR s.id = $2 ORDER BY s.kind, s.name, s.id"
        ).bind(user.uuid()).bind(only.map(SpaceId::uuid)).fetch_all(p).await)?;
        Ok(rows.into_iter().filter_map(|row| row.into_row(self.default_quota())).collect())
    }

    /// The person's right to a space, in whatever state it is.
    pub(crate) async fn right_to_space(&self, user: UserId, space: SpaceId) -> Result<Option<SpaceRight>, StoreError> {
        let row: Option<(Option<i32>, bool)> = on_db!(self, p => sqlx::query_as(
            "SELECT (SELECT MAX(r.role_rank) FROM space_rights r WHERE r.space_id = s.id AND r.user_id = $1), (s.kind = 'personal')
             FROM spaces s WHERE s.id = $2"
        ).bind(user.uuid()).bind(space.uuid()).fetch_optional(p).await)?;
        Ok(row.and_then(|(rank, personal)| Some(SpaceRight { role: SpaceRole::from_rank(rank?)?, personal })))
    }

    /// The person's right to a node that neither lies in the trash nor below something that does.
    pub(crate) async fn right_to_node(&self, user: UserId, node: NodeId) -> Result<Option<NodeRight>, StoreError> {
        let ask = async {
            let row: Option<RightColumns> = on_db!(self, p => sqlx::query_as(concat!(
                "WITH RECURSIVE up (id, parent_id, space_id, trashed_at) AS (
                     SELECT id, parent_id, space_id, trashed_at FROM nodes WHERE id = $1
                     UNION ALL SELECT n.id, n.parent_id, n.space_id, n.trashed_at FROM nodes n JOIN up ON n.id = up.parent_id) ",
                right_columns!(),
                "WHERE n.id = $1 AND NOT EXISTS (SELECT 1 FROM up WHERE trashed_at IS NOT NULL)"
            )).bind(node.uuid()).bind(user.uuid()).fetch_optional(p).await)?;
            Ok(row.and_then(|row| row.into_right(self.default_quota())))
        };
        self.answers().get(&self.answers().rights, About::Files, &(user, node), ask).await
    }

    /// The person's right to a node that was itself put into the trash.
    pub(crate) async fn right_to_trashed_node(
        &self,
        user: UserId,
        node: NodeId,
    ) -> Result<Option<NodeRight>, StoreError> {
        let row: Option<RightColumns> = on_db!(self, p => sqlx::query_as(concat!(
            right_columns!(), "WHERE n.id = $1 AND n.trashed_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM purges p WHERE p.node_id = n.id)"
        )).bind(node.uuid()).bind(user.uuid()).fetch_optional(p).await)?;
        Ok(row.and_then(|row| row.into_right(self.default_quota())))
    }
}

impl SpaceColumns {
    fn into_row(self, default_quota: Option<i64>) -> Option<SpaceRow> {
        Some(SpaceRow {
            id: self.id.into(),
            personal: self.kind == "personal",
            own: self.is_own,
            name: self.name,
            description: self.description,
            root: self.root_id.into(),
            role: SpaceRole::from_rank(self.role_rank)?,
            size: self.size,
            used: self.used,
            quota: self.quota.or(default_quota),
            archived_at: self.archived_at,
            keep_versions: self.keep_versions,
            keep_trash_days: self.keep_trash_days,
            members: self.members,
        })
    }
}

impl RightColumns {
    fn into_right(self, default_quota: Option<i64>) -> Option<NodeRight> {
        Some(NodeRight {
            space: self.space_id.into(),
            role: SpaceRole::from_rank(self.role_rank?)?,
            is_own_space: self.is_own,
            archived: self.is_archived,
            room: self.quota.or(default_quota).map(|quota| quota.saturating_sub(self.used).max(0)),
        })
    }
}
