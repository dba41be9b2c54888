//! Nodes: reading them, and every change that a space's tree can see.

use carrel_ids::{NodeId, SpaceId, UserId, VersionId};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Store, StoreError, Timestamp, answers::About, connect::on_db};
use crate::{
    authz::{FileAccess, Level, Read, SandboxAccess, Seeing},
    content::BlobId,
};

/// A file or folder as it is now.
#[derive(Debug, Clone)]
pub struct NodeRow {
    pub id: NodeId,
    pub space: SpaceId,
    pub parent: Option<NodeId>,
    pub is_folder: bool,
    pub name: String,
    pub size: i64,
    /// Changes whenever the node or anything below it changes.
    pub etag: i64,
    pub executable: bool,
    pub changed_at: Timestamp,
    pub changed_by: Option<(UserId, String)>,
    /// Its number in this instance, never given twice: what sync clients know it by. None of a file that the transaction has only made.
    pub number: Option<i64>,
    /// When a client says that the content is from, in seconds since 1970.
    pub mtime: Option<i64>,
    /// Current version of a file.
    pub version: Option<CurrentVersion>,
    pub(super) sort_key: String,
}

/// What a file holds now.
#[derive(Debug, Clone)]
pub struct CurrentVersion {
    pub id: VersionId,
    pub number: i64,
    pub sha256: Vec<u8>,
}

/// Content that is on the disk already and may become a version.
#[derive(Debug, Clone, Copy)]
pub struct NewContent {
    pub blob: BlobId,
    pub size: i64,
    pub sha256: [u8; 32],
}

/// One folder on the way from the space's root to a node.
#[derive(Debug, Clone)]
pub struct PathStep {
    pub id: NodeId,
    pub name: String,
}

#[derive(sqlx::FromRow)]
pub(super) struct NodeColumns {
    id: Uuid,
    space_id: Uuid,
    parent_id: Option<Uuid>,
    kind: i16,
    name: String,
    sort_key: String,
    size: i64,
    etag: i64,
    executable: bool,
    changed_at: Timestamp,
    changed_by: Option<Uuid>,
    changed_by_name: Option<String>,
    version_id: Option<Uuid>,
    version_number: Option<i64>,
    sha256: Option<Vec<u8>>,
    number: i64,
    mtime: Option<i64>,
}

macro_rules! node_select {
    ($rest:literal) => {
        node_select!("", $rest)
    };
    ($before:literal, $rest:literal) => {
        concat!(
            $before,
            "SELECT n.id, n.space_id, n.parent_id, n.kind, n.name, n.sort_key, n.size, n.etag, n.executable, n.changed_at, n.changed_by,
                    u.display_name AS changed_by_name, n.version_id, v.number AS version_number, v.sha256, n.number, v.mtime
             FROM nodes n LEFT JOIN users u ON u.id = n.changed_by LEFT JOIN versions v ON v.id = n.version_id ",
            $rest
        )
    };
}
pub(super) use node_select;
/// A time that a client gave, where it is one.
pub(super) fn modified(mtime: Option<i64>, changed_at: Timestamp) -> OffsetDateTime {
    mtime.and_then(|mtime| OffsetDateTime::from_unix_timestamp(mtime).ok()).unwrap_or(changed_at.time())
}

pub(super) const FOLDER: i16 = 0;
pub(super) const FILE: i16 = 1;

impl From<NodeColumns> for NodeRow {
    fn from(row: NodeColumns) -> Self {
        let version = match (row.version_id, row.version_number, row.sha256) {
            (Some(id), Some(number), Some(sha256)) => Some(CurrentVersion { id: id.into(), number, sha256 }),
            _ => None,
        };
        Self {
            id: row.id.into(),
            space: row.space_id.into(),
            parent: row.parent_id.map(Into::into),
            is_folder: row.kind == FOLDER,
            name: row.name,
            size: row.size,
            etag: row.etag,
            executable: row.executable,
            changed_at: row.changed_at,
            changed_by: row.changed_by.zip(row.changed_by_name).map(|(id, name)| (id.into(), name)),
            number: Some(row.number),
            mtime: row.mtime,
            version,
            sort_key: row.sort_key,
        }
    }
}

impl NodeRow {
    /// When its content is from: as a client said, else when it came.
    #[must_use]
    pub fn modified(&self) -> OffsetDateTime {
        modified(self.mtime, self.changed_at)
    }
}

impl Store {
    /// # Errors
    /// [`StoreError::NotFound`] when the node was trashed since the proof was made.
    pub async fn node<L: Seeing>(&self, access: &FileAccess<L>) -> Result<NodeRow, StoreError> {
        let ask = async {
            let row: Option<NodeColumns> = on_db!(self, p => sqlx::query_as(node_select!("WHERE n.id = $1 AND n.trashed_at IS NULL"))
                .bind(access.node().uuid()).fetch_optional(p).await)?;
            Ok(row.map(NodeRow::from))
        };
        let row = self.answers().get(&self.answers().nodes, About::Files, &access.node(), ask).await?;
        row.ok_or(StoreError::NotFound)
    }

    /// The folders above the node, the space's root first.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn ancestors(&self, access: &FileAccess<Read>) -> Result<Vec<PathStep>, StoreError> {
        let rows: Vec<(Uuid, String)> = on_db!(self, p => sqlx::query_as(
            "WITH RECURSIVE up (id, parent_id, name, depth) AS (
                 SELECT id, parent_id, name, 0 FROM nodes WHERE id = $1
                 UNION ALL SELECT n.id, n.parent_id, n.name, up.depth + 1 FROM nodes n JOIN up ON n.id = up.parent_id)
             SELECT id, name FROM up WHERE depth > 0 ORDER BY depth DESC"
        ).bind(access.node().uuid()).fetch_all(p).await)?;
        Ok(rows.into_iter().map(|(id, name)| PathStep { id: id.into(), name }).collect())
    }

    /// The child of this name, if there is one.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn child<L: Seeing>(&self, access: &FileAccess<L>, name: &str) -> Result<Option<NodeRow>, StoreError> {
        let row: Option<NodeColumns> = on_db!(self, p => sqlx::query_as(node_select!(
            "WHERE n.parent_id = $1 AND n.name = $2 AND n.trashed_at IS NULL"
        )).bind(access.node().uuid()).bind(name).fetch_optional(p).await)?;
        Ok(row.map(Into::into))
    }

    /// `node` is `top` or lies below it, and nothing on the way is in the trash.
    pub(crate) async fn is_at_or_below(&self, node: NodeId, top: NodeId) -> Result<bool, StoreError> {
        Ok(on_db!(self, p => sqlx::query_scalar(
            "WITH RECURSIVE up (id, parent_id) AS (
                 SELECT id, parent_id FROM nodes WHERE id = $1 AND trashed_at IS NULL
                 UNION ALL SELECT n.id, n.parent_id FROM nodes n JOIN up ON n.id = up.parent_id WHERE n.trashed_at IS NULL)
             SELECT EXISTS (SELECT 1 FROM up WHERE id = $2)"
        ).bind(node.uuid()).bind(top.uuid()).fetch_one(p).await)?)
    }

    /// Everything below a sandbox's folder, parents before their children: one statement, however deep the tree is.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn tree(&self, access: &SandboxAccess) -> Result<Vec<NodeRow>, StoreError> {
        let rows: Vec<NodeColumns> = on_db!(self, p => sqlx::query_as(node_select!(
            "WITH RECURSIVE down (id, depth) AS (
                 SELECT id, 0 FROM nodes WHERE id = $1
                 UNION ALL SELECT c.id, down.depth + 1 FROM nodes c JOIN down ON c.parent_id = down.id WHERE c.trashed_at IS NULL) ",
            "JOIN down ON down.id = n.id WHERE down.depth > 0 ORDER BY down.depth, n.kind, n.sort_key, n.id"
        )).bind(access.folder().uuid()).fetch_all(p).await)?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}

/// A change of one space's tree; the number is the new etag of what changed and of all above it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Change(pub(super) i64);

impl<L: Level> FileAccess<L> {
    pub(super) fn uuid(&self) -> Uuid {
        self.node().uuid()
    }
    pub(super) fn actor_uuid(&self) -> Option<Uuid> {
        self.user().map(UserId::uuid)
    }
}
