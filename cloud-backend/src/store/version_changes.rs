//! What is done with versions besides making the next: bringing one back, naming it, taking it away, and keeping the one that lost.

use carrel_audit_log::json::Json;
use carrel_ids::{NodeId, SpaceId, VersionId};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    NewContent, Origin, Store, StoreError, Timestamp, Writer,
    connect::{execute, on_db, on_tx},
    files::FILE,
    tree_changes::expect_one,
};
use crate::{
    authz::{FileAccess, Purge, SystemTask, Write},
    content::BlobId,
};

/// Characters of a label at most.
pub const MAX_LABEL: usize = 100;

/// What became of content whose sender had not seen the version before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// The file holds just this already: nothing was lost and nothing had to be kept.
    Current,
    /// It lies beside the current one.
    Beside(VersionId),
}

/// A version as thinning looks at it.
#[derive(Debug, Clone, Copy)]
pub struct KeptVersion {
    pub id: VersionId,
    pub created_at: OffsetDateTime,
    /// Current, or with a label: it stays.
    pub stays: bool,
    pub conflict: bool,
}

#[derive(sqlx::FromRow)]
struct SourceColumns {
    blob_id: Vec<u8>,
    size: i64,
    sha256: Vec<u8>,
    current: Option<Uuid>,
}

impl Writer<'_, FileAccess<Write>> {
    /// Makes a new version with the content of `version`; that one itself, when the file has it now.
    ///
    /// # Errors
    /// [`StoreError::VersionChanged`] when `expected` is given and is not the current one; [`StoreError::NotFound`] when the file has
    /// no such version.
    pub async fn restore_version(
        &mut self,
        version: VersionId,
        expected: Option<VersionId>,
    ) -> Result<VersionId, StoreError> {
        self.live_change().await?;
        let source: SourceColumns = on_tx!(self.tx, c => sqlx::query_as(
            "SELECT v.blob_id, v.size, v.sha256, n.version_id AS current FROM versions v JOIN nodes n ON n.id = v.node_id
             WHERE v.id = $1 AND v.node_id = $2"
        ).bind(version.uuid()).bind(self.proof.node().uuid()).fetch_one(c).await)?;
        let current: VersionId = source.current.ok_or(StoreError::NotFound)?.into();
        if expected.is_some_and(|expected| expected != current) {
            return Err(StoreError::VersionChanged);
        }
        self.detail("from", version.to_string());
        if current == version {
            return Ok(version);
        }
        let content = NewContent {
            blob: BlobId::from_slice(&source.blob_id).ok_or(StoreError::NotFound)?,
            size: source.size,
            sha256: source.sha256.try_into().map_err(|_| StoreError::NotFound)?,
        };
        self.save_version(current, content, None, Origin::Restore).await
    }

    /// Names a version, or takes its name away.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the file has no such version.
    pub async fn label_version(&mut self, version: VersionId, label: Option<&str>) -> Result<(), StoreError> {
        self.live_change().await?;
        self.detail("version", version.to_string());
        self.personal("label", label.unwrap_or_default());
        expect_one(execute!(
            self.tx,
            "UPDATE versions SET label = $1 WHERE id = $2 AND node_id = $3",
            label,
            version.uuid(),
            self.proof.node().uuid()
        )?)
    }

    /// Keeps content whose sender had not seen the current version: as a version that is not current, once however often it is
    /// sent.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the file is gone or is a folder.
    pub async fn keep_beside(&mut self, content: NewContent) -> Result<Kept, StoreError> {
        let change = self.live_change().await?;
        let node = self.proof.node();
        let (current, parent): (Vec<u8>, Option<Uuid>) = on_tx!(self.tx, c => sqlx::query_as(
            "SELECT v.sha256, n.parent_id FROM nodes n JOIN versions v ON v.id = n.version_id WHERE n.id = $1 AND n.kind = $2"
        ).bind(node.uuid()).bind(FILE).fetch_one(c).await)?;
        self.detail("sha256", hex::encode(content.sha256));
        if current == content.sha256 {
            return Ok(Kept::Current);
        }
        let sent_before: Option<Uuid> = on_tx!(self.tx, c => sqlx::query_scalar(
            "SELECT id FROM versions WHERE node_id = $1 AND blob_id = $2 AND origin = 'conflict' AND created_by = $3 LIMIT 1"
        ).bind(node.uuid()).bind(content.blob.as_bytes().as_slice()).bind(self.proof.actor_uuid()).fetch_optional(c).await)?;
        if let Some(version) = sent_before {
            self.detail("version", VersionId::from(version).to_string());
            return Ok(Kept::Beside(version.into()));
        }
        let number: i64 = on_tx!(self.tx, c => sqlx::query_scalar("SELECT MAX(number) + 1 FROM versions WHERE node_id = $1")
            .bind(node.uuid()).fetch_one(c).await)?;
        let version = VersionId::new();
        self.insert_version(version, node, number, content, Origin::Conflict).await?;
        execute!(self.tx, "UPDATE nodes SET etag = $1 WHERE id = $2", change.0, node.uuid())?;
        self.touch_ancestors(parent, change, 0).await?;
        Ok(Kept::Beside(version))
    }
}

impl Writer<'_, FileAccess<Purge>> {
    /// Takes an earlier version away for good.
    ///
    /// # Errors
    /// [`StoreError::CurrentVersion`]; [`StoreError::NotFound`] when the file has no such version.
    pub async fn delete_version(&mut self, version: VersionId) -> Result<(), StoreError> {
        self.live_change().await?;
        let node = self.proof.node().uuid();
        let (current, sha256): (Option<Uuid>, Vec<u8>) = on_tx!(self.tx, c => sqlx::query_as(
            "SELECT n.version_id, v.sha256 FROM nodes n JOIN versions v ON v.node_id = n.id WHERE n.id = $1 AND v.id = $2"
        ).bind(node).bind(version.uuid()).fetch_one(c).await)?;
        if current == Some(version.uuid()) {
            return Err(StoreError::CurrentVersion);
        }
        self.detail("version", version.to_string());
        self.detail("sha256", hex::encode(sha256));
        let bytes = self.drop_version(version.uuid()).await?;
        let space = self.proof.space_id();
        self.versions_removed(space, bytes).await
    }
}

impl Writer<'_, SystemTask> {
    /// Takes these versions of a file away, but for what became current or got a label meanwhile; how many went.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) async fn thin_versions(&mut self, node: NodeId, versions: &[VersionId]) -> Result<i64, StoreError> {
        let space: Uuid = on_tx!(self.tx, c => sqlx::query_scalar("SELECT space_id FROM nodes WHERE id = $1")
            .bind(node.uuid()).fetch_one(c).await)?;
        let space = SpaceId::from(space);
        self.lock_space(space).await?;
        let (mut gone, mut bytes) = (0, 0);
        for version in versions {
            let goes: bool = on_tx!(self.tx, c => sqlx::query_scalar(
                "SELECT EXISTS (SELECT 1 FROM versions v JOIN nodes n ON n.id = v.node_id
                                WHERE v.id = $1 AND n.id = $2 AND v.label IS NULL AND n.version_id <> v.id)"
            ).bind(version.uuid()).bind(node.uuid()).fetch_one(c).await)?;
            if goes {
                bytes += self.drop_version(version.uuid()).await?;
                gone += 1;
            }
        }
        self.detail("versions", Json::Integer(gone));
        self.versions_removed(space, bytes).await?;
        Ok(gone)
    }
}

impl Store {
    /// Up to `limit` files behind `after` that have more than one version.
    pub(crate) async fn files_with_versions(
        &self,
        after: Option<NodeId>,
        limit: i64,
    ) -> Result<Vec<NodeId>, StoreError> {
        let rows: Vec<Uuid> = on_db!(self, p => sqlx::query_scalar(
            "SELECT DISTINCT node_id FROM versions WHERE number > 1 AND node_id > $1 ORDER BY node_id LIMIT $2"
        ).bind(after.map_or(Uuid::nil(), NodeId::uuid)).bind(limit).fetch_all(p).await)?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Versions of a file that were made before `before`, the newest first, at most `limit` of the oldest ones.
    pub(crate) async fn versions_before(
        &self,
        node: NodeId,
        before: Timestamp,
        limit: i64,
    ) -> Result<Vec<KeptVersion>, StoreError> {
        let rows: Vec<(Uuid, Timestamp, bool, bool)> = on_db!(self, p => sqlx::query_as(
            "SELECT v.id, v.created_at, (v.label IS NOT NULL OR COALESCE(n.version_id = v.id, FALSE)) AS stays, (v.origin = 'conflict') AS conflict
             FROM versions v JOIN nodes n ON n.id = v.node_id WHERE v.node_id = $1 AND v.created_at < $2
             ORDER BY v.number LIMIT $3"
        ).bind(node.uuid()).bind(before).bind(limit).fetch_all(p).await)?;
        let mut versions: Vec<_> = rows
            .into_iter()
            .map(|(id, at, stays, conflict)| KeptVersion { id: id.into(), created_at: at.time(), stays, conflict })
            .collect();
        versions.sort_by_key(|version| std::cmp::Reverse(version.created_at));
        Ok(versions)
    }
}
