//! Versions of a file and the blobs that hold them.

use carrel_ids::{UserId, VersionId};
use uuid::Uuid;

use super::{Store, StoreError, Timestamp, connect::on_db};
use crate::{
    authz::{FileAccess, Read, SandboxAccess},
    content::BlobId,
};

/// One saved content of a file.
#[derive(Debug, Clone)]
pub struct VersionRow {
    pub id: VersionId,
    pub number: i64,
    pub blob: BlobId,
    pub size: i64,
    pub sha256: Vec<u8>,
    pub origin: String,
    pub label: Option<String>,
    pub created_at: Timestamp,
    pub created_by: Option<(UserId, String)>,
    pub current: bool,
    /// The file's, as it is now.
    pub name: String,
}

#[derive(sqlx::FromRow)]
struct VersionColumns {
    id: Uuid,
    number: i64,
    blob_id: Vec<u8>,
    size: i64,
    sha256: Vec<u8>,
    origin: String,
    label: Option<String>,
    created_at: Timestamp,
    created_by: Option<Uuid>,
    created_by_name: Option<String>,
    is_current: bool,
    name: String,
}

macro_rules! version_select {
    ($rest:literal) => {
        concat!(
            "SELECT v.id, v.number, v.blob_id, v.size, v.sha256, v.origin, v.label, v.created_at, v.created_by, u.display_name AS created_by_name,
                    (n.version_id = v.id) AS is_current, n.name
             FROM versions v JOIN nodes n ON n.id = v.node_id LEFT JOIN users u ON u.id = v.created_by ",
            $rest
        )
    };
}

impl TryFrom<VersionColumns> for VersionRow {
    type Error = StoreError;
    fn try_from(row: VersionColumns) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.into(),
            number: row.number,
            blob: BlobId::from_slice(&row.blob_id).ok_or(StoreError::NotFound)?,
            size: row.size,
            sha256: row.sha256,
            origin: row.origin,
            label: row.label,
            created_at: row.created_at,
            created_by: row.created_by.zip(row.created_by_name).map(|(id, name)| (id.into(), name)),
            current: row.is_current,
            name: row.name,
        })
    }
}

impl Store {
    /// Newest first, below `before` when given.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn versions(
        &self,
        access: &FileAccess<Read>,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<VersionRow>, StoreError> {
        let rows: Vec<VersionColumns> = on_db!(self, p => sqlx::query_as(version_select!(
            "WHERE v.node_id = $1 AND v.number < $2 ORDER BY v.number DESC LIMIT $3"
        )).bind(access.node().uuid()).bind(before.unwrap_or(i64::MAX)).bind(limit).fetch_all(p).await)?;
        rows.into_iter().map(VersionRow::try_from).collect()
    }

    /// The version, if it is one of the proof's file.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it is not, and when the file was trashed since the proof was made.
    pub async fn version(&self, access: &FileAccess<Read>, version: VersionId) -> Result<VersionRow, StoreError> {
        let row: VersionColumns = on_db!(self, p => sqlx::query_as(version_select!("WHERE v.id = $1 AND v.node_id = $2 AND n.trashed_at IS NULL"))
            .bind(version.uuid()).bind(access.node().uuid()).fetch_one(p).await)?;
        row.try_into()
    }

    /// The version a file has now.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for folders, and when the file was trashed since the proof was made.
    pub async fn current_version(&self, access: &FileAccess<Read>) -> Result<VersionRow, StoreError> {
        let row: VersionColumns = on_db!(self, p => sqlx::query_as(version_select!("WHERE n.id = $1 AND v.id = n.version_id AND n.trashed_at IS NULL"))
            .bind(access.node().uuid()).fetch_one(p).await)?;
        row.try_into()
    }

    /// A version of a file in the sandbox's space; that the file is below its folder is the caller's to prove.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none.
    pub(crate) async fn node_of_version(
        &self,
        _: &SandboxAccess,
        version: VersionId,
    ) -> Result<carrel_ids::NodeId, StoreError> {
        let node: Uuid = on_db!(self, p => sqlx::query_scalar("SELECT node_id FROM versions WHERE id = $1")
            .bind(version.uuid()).fetch_one(p).await)?;
        Ok(node.into())
    }
}
