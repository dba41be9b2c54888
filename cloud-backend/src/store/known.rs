//! Content that somebody can read already, and that may become another file without travelling again.

use super::{
    NewContent, Store, StoreError, Writer,
    connect::{on_db, on_tx},
};
use crate::{
    audit::Action,
    authz::{FileAccess, FileName, Write},
    store::Origin,
};
use carrel_ids::{NodeId, UserId};

/// A version with this content lies in a space that the person can see into, and neither its file nor anything above it is in the trash.
const READABLE: &str = "WITH RECURSIVE up (origin, parent_id, trashed_at) AS (
         SELECT n.id, n.parent_id, n.trashed_at
         FROM versions v JOIN nodes n ON n.id = v.node_id JOIN space_rights m ON m.space_id = n.space_id
         WHERE v.blob_id = $1 AND v.size = $2 AND m.user_id = $3 AND m.role_rank >= 2
         UNION SELECT up.origin, n.parent_id, n.trashed_at FROM nodes n JOIN up ON n.id = up.parent_id)
     SELECT EXISTS (SELECT 1 FROM up WHERE parent_id IS NULL AND origin NOT IN (SELECT origin FROM up WHERE trashed_at IS NOT NULL))";

impl Store {
    /// Whether the person behind the proof can read this content somewhere now.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) async fn can_read_content(
        &self,
        access: &FileAccess<Write>,
        content: &NewContent,
    ) -> Result<bool, StoreError> {
        Ok(on_db!(self, p => sqlx::query_scalar(READABLE).bind(content.blob.as_bytes().as_slice()).bind(content.size)
            .bind(access.user().map(UserId::uuid)).fetch_one(p).await)?)
    }

    /// Makes a file out of content that is there already; whether the person can read it is looked at in the same transaction (T-40).
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when they cannot; otherwise as [`Writer::create_file`].
    pub(crate) async fn create_from_known(
        &self,
        access: &FileAccess<Write>,
        name: &FileName,
        content: NewContent,
    ) -> Result<NodeId, StoreError> {
        self.audited(access, Action::FileCreate, async |w| {
            w.require_readable(&content).await?;
            let (node, _) = w.create_file(name, content, false, Origin::Upload).await?;
            w.detail("known", true);
            Ok(node)
        })
        .await
    }
}

impl Writer<'_, FileAccess<Write>> {
    async fn require_readable(&mut self, content: &NewContent) -> Result<(), StoreError> {
        let readable: bool = on_tx!(self.tx, c => sqlx::query_scalar(READABLE).bind(content.blob.as_bytes().as_slice())
            .bind(content.size).bind(self.proof.user().map(UserId::uuid)).fetch_one(c).await)?;
        if readable { Ok(()) } else { Err(StoreError::NotFound) }
    }
}
