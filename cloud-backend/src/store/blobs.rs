//! What the database knows of blobs, and how those that nothing names leave it.
//!
//! A blob may go when no version names it for a day. Its row goes first and leaves a removal behind, then the object. Whoever names
//! content looks, in the transaction and after naming the blob, for a removal ([`Writer::insert_version`]): with one the object may be
//! gone, and the naming is refused. A removal is taken back only when the object is seen to be there *after* it was gone, so it was
//! put there anew; or after a day, when no request that saw the old object is left. Whoever was refused waits for that, here, and is not
//! refused to anybody's eyes ([`Store::audited`]).
//!
//! [`Writer::insert_version`]: super::Writer

use std::time::Duration;

use super::{
    Store, StoreError, Timestamp,
    connect::{execute, on_db, on_tx},
};
use crate::{
    authz::LocalAdministrator,
    content::{BlobId, ContentStore},
};

/// How often, and after which pause, somebody who brings content looks whether its removal is over.
const LOOKS: u32 = 40;
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// One blob as the database knows it.
#[derive(Debug, Clone, Copy)]
pub struct BlobRow {
    pub id: BlobId,
    /// Bytes.
    pub size: i64,
    /// No version names it.
    pub unnamed: bool,
}

/// What is kept, by the database.
#[derive(Debug, Clone, Copy, Default, sqlx::FromRow)]
pub struct StoreFigures {
    pub versions: i64,
    /// Bytes of all versions: what people's files would take if nothing were stored once only.
    pub version_bytes: i64,
    /// Files without the version that they are said to have.
    pub files_without_version: i64,
    /// Versions whose size is not their blob's.
    pub sizes_that_differ: i64,
    /// Tops of what lies in the trash.
    pub trashed: i64,
}

fn ids(rows: &[Vec<u8>]) -> Vec<BlobId> {
    rows.iter().filter_map(|id| BlobId::from_slice(id)).collect()
}

impl Store {
    /// Takes the rows of up to `limit` blobs that nothing names since `before`, and leaves removals. Not an act: the act was to delete
    /// what named them.
    pub(crate) async fn take_orphans(&self, before: Timestamp, limit: i64) -> Result<Vec<BlobId>, StoreError> {
        let now = Timestamp::now();
        let mut tx = self.begin().await?;
        // The mark says "perhaps": it was set without looking who else names the blob.
        execute!(
            &mut tx,
            "UPDATE blobs SET orphaned_at = NULL WHERE id IN (SELECT id FROM blobs WHERE orphaned_at < $1 ORDER BY orphaned_at LIMIT $2)
                AND EXISTS (SELECT 1 FROM versions v WHERE v.blob_id = blobs.id)",
            before,
            limit
        )?;
        // The mark is looked at twice: the second look is at the row as it is once its lock is had.
        let taken: Vec<Vec<u8>> = on_tx!(&mut tx, c => sqlx::query_scalar(
            "DELETE FROM blobs WHERE id IN (SELECT id FROM blobs WHERE orphaned_at < $1 ORDER BY orphaned_at LIMIT $2)
                AND orphaned_at < $1 AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.blob_id = blobs.id) RETURNING id"
        ).bind(before).bind(limit).fetch_all(c).await)?;
        for blob in &taken {
            execute!(
                &mut tx,
                "INSERT INTO blob_removals (blob_id, asked_at) VALUES ($1, $2) ON CONFLICT (blob_id) DO UPDATE SET asked_at = $2, gone_at = NULL",
                blob.as_slice(),
                now
            )?;
        }
        tx.commit_aside().await?;
        Ok(ids(&taken))
    }

    /// Removals whose object was not seen to go: asked for before `before` by somebody who is gone, most likely.
    pub(crate) async fn removals_left(&self, before: Timestamp, limit: i64) -> Result<Vec<BlobId>, StoreError> {
        let rows: Vec<Vec<u8>> = on_db!(self, p => sqlx::query_scalar(
            "SELECT blob_id FROM blob_removals WHERE gone_at IS NULL AND asked_at < $1 LIMIT $2"
        ).bind(before).bind(limit).fetch_all(p).await)?;
        Ok(ids(&rows))
    }

    /// The object is gone.
    pub(crate) async fn removal_done(&self, blob: BlobId) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        execute!(
            &mut tx,
            "UPDATE blob_removals SET gone_at = $1 WHERE blob_id = $2",
            Timestamp::now(),
            blob.as_bytes().as_slice()
        )?;
        tx.commit_aside().await
    }

    /// Whether a removal of the blob is known, and whether its object was gone.
    async fn removal(&self, blob: BlobId) -> Result<Option<bool>, StoreError> {
        Ok(on_db!(self, p => sqlx::query_scalar("SELECT gone_at IS NOT NULL FROM blob_removals WHERE blob_id = $1")
            .bind(blob.as_bytes().as_slice()).fetch_optional(p).await)?)
    }

    /// Where content is, for those who name it. Once, at the start.
    pub(crate) fn set_content(&self, content: &ContentStore) {
        self.inner.content.get_or_init(|| content.clone());
    }

    /// Waits while the collector takes a blob's object; true when it is there again and may be named.
    pub(super) async fn content_is_back(&self, blob: BlobId) -> Result<bool, StoreError> {
        let Some(content) = self.inner.content.get() else { return Ok(false) };
        for _ in 0..LOOKS {
            match self.removal(blob).await? {
                None => return Ok(true),
                Some(false) => tokio::time::sleep(LOOK_EVERY).await,
                // The object was gone and is there again, so it was put there anew.
                Some(true) => {
                    return match content.exists(blob).await {
                        Ok(true) => self.forget_removal(blob).await.map(|()| true),
                        Ok(false) => Ok(false),
                        Err(error) => {
                            tracing::warn!(%error, "the store does not say whether an object is there");
                            Ok(false)
                        }
                    };
                }
            }
        }
        Ok(false)
    }

    /// The object was gone and is there anew: the blob may be named again.
    async fn forget_removal(&self, blob: BlobId) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        execute!(
            &mut tx,
            "DELETE FROM blob_removals WHERE blob_id = $1 AND gone_at IS NOT NULL",
            blob.as_bytes().as_slice()
        )?;
        tx.commit_aside().await
    }

    /// Forgets removals whose objects were gone before `before`.
    pub(crate) async fn forget_removals(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let gone = execute!(&mut tx, "DELETE FROM blob_removals WHERE gone_at < $1", before)?;
        tx.commit_aside().await?;
        Ok(gone)
    }

    /// An object of which the database knows nothing becomes a blob that nothing names: the collector takes it in a day, unless
    /// somebody names it until then. True when it was unknown.
    pub(crate) async fn adopt(&self, blob: BlobId, size: i64) -> Result<bool, StoreError> {
        let now = Timestamp::now();
        let mut tx = self.begin().await?;
        let adopted = execute!(
            &mut tx,
            "INSERT INTO blobs (id, size, created_at, orphaned_at) SELECT $1, $2, $3, $3
             WHERE NOT EXISTS (SELECT 1 FROM blob_removals r WHERE r.blob_id = $1) ON CONFLICT (id) DO NOTHING",
            blob.as_bytes().as_slice(),
            size,
            now
        )?;
        tx.commit_aside().await?;
        Ok(adopted == 1)
    }

    pub(crate) async fn knows_blob(&self, blob: BlobId) -> Result<bool, StoreError> {
        Ok(on_db!(self, p => sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM blobs WHERE id = $1)")
            .bind(blob.as_bytes().as_slice()).fetch_one(p).await)?)
    }

    /// Up to `limit` blobs whose identifiers come behind `after` (from the first one without) and begin with `prefix`, in order.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn blobs(
        &self,
        _: &LocalAdministrator,
        prefix: u8,
        after: Option<BlobId>,
        limit: i64,
    ) -> Result<Vec<BlobRow>, StoreError> {
        let first = after.map_or_else(|| vec![prefix], |blob| blob.as_bytes().to_vec());
        // Identifiers have 32 bytes: what begins with the prefix comes before this.
        let mut end = vec![0xff_u8; 33];
        end[0] = prefix;
        let rows: Vec<(Vec<u8>, i64, bool)> = on_db!(self, p => sqlx::query_as(
            "SELECT b.id, b.size, NOT EXISTS (SELECT 1 FROM versions v WHERE v.blob_id = b.id) AS unnamed
             FROM blobs b WHERE b.id > $1 AND b.id < $2 ORDER BY b.id LIMIT $3"
        ).bind(first).bind(end).bind(limit).fetch_all(p).await)?;
        Ok(rows
            .into_iter()
            .filter_map(|(id, size, unnamed)| Some(BlobRow { id: BlobId::from_slice(&id)?, size, unnamed }))
            .collect())
    }

    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn store_figures(&self, _: &LocalAdministrator) -> Result<StoreFigures, StoreError> {
        Ok(on_db!(self, p => sqlx::query_as(
            "SELECT (SELECT COUNT(*) FROM versions) AS versions,
                    (SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM versions) AS version_bytes,
                    (SELECT COUNT(*) FROM nodes n WHERE n.kind = 1 AND NOT EXISTS
                        (SELECT 1 FROM versions v WHERE v.id = n.version_id AND v.node_id = n.id)) AS files_without_version,
                    (SELECT COUNT(*) FROM versions v JOIN blobs b ON b.id = v.blob_id WHERE b.size <> v.size) AS sizes_that_differ,
                    (SELECT COUNT(*) FROM nodes n WHERE n.trashed_at IS NOT NULL) AS trashed"
        ).fetch_one(p).await)?)
    }
}
