//! All that is at and below a node, row by row: however much it is, it is never whole in memory.

use futures_util::TryStreamExt as _;

use super::{Store, StoreError, Timestamp, connect::on_db};
use crate::{
    authz::{FileAccess, Read},
    content::BlobId,
};

/// A file or folder, seen from above.
#[derive(Debug, Clone)]
pub(crate) struct TreeRow {
    /// Names from the node at the top, which stands first, with `/` between.
    pub(crate) path: String,
    pub(crate) executable: bool,
    pub(crate) changed_at: Timestamp,
    /// Of a file: its bytes, and how many.
    pub(crate) content: Option<(BlobId, i64)>,
}

#[derive(sqlx::FromRow)]
struct TreeColumns {
    path: String,
    executable: bool,
    changed_at: Timestamp,
    blob_id: Option<Vec<u8>>,
    size: Option<i64>,
}

impl Store {
    /// Hands the node and all below it to `each`, in one statement: the state of one moment. Folders come before what is in them.
    ///
    /// # Errors
    /// Those of `each`, which end it; [`StoreError`] when the database fails.
    pub(crate) async fn each_below<E: From<StoreError>>(
        &self,
        access: &FileAccess<Read>,
        mut each: impl AsyncFnMut(TreeRow) -> Result<(), E>,
    ) -> Result<(), E> {
        on_db!(self, p => {
            let mut rows = sqlx::query_as::<_, TreeColumns>(
                "WITH RECURSIVE down (id, path) AS (
                     SELECT id, name FROM nodes WHERE id = $1 AND trashed_at IS NULL
                     UNION ALL SELECT c.id, down.path || '/' || c.name FROM nodes c JOIN down ON c.parent_id = down.id WHERE c.trashed_at IS NULL)
                 SELECT down.path, n.executable, n.changed_at, v.blob_id, v.size
                 FROM down JOIN nodes n ON n.id = down.id LEFT JOIN versions v ON v.id = n.version_id"
            ).bind(access.node().uuid()).fetch(p);
            while let Some(row) = rows.try_next().await.map_err(StoreError::from)? {
                let content = row.blob_id.as_deref().and_then(BlobId::from_slice).zip(row.size);
                each(TreeRow { path: row.path, executable: row.executable, changed_at: row.changed_at, content }).await?;
            }
        });
        Ok(())
    }
}
