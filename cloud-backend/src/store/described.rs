//! What sync clients say of content, and ask to be known of it: its time and its SHA-1.

use carrel_ids::{NodeId, VersionId};

use super::{
    Store, StoreError, Writer,
    connect::{execute, on_db, on_tx},
};
use crate::authz::{FileAccess, Level, Seeing, Write};

/// What is known of content beyond the content.
#[derive(Debug, Clone, Copy, Default)]
pub struct Described {
    /// Seconds since 1970, as the client said.
    pub mtime: Option<i64>,
    /// As it was computed here while the content came in.
    pub sha1: Option<[u8; 20]>,
}

impl<L: Level> Writer<'_, FileAccess<L>> {
    /// Keeps it with the version that the act has made.
    ///
    /// # Errors
    /// [`StoreError::Database`] when the database fails.
    pub async fn describe_version(&mut self, version: VersionId, described: &Described) -> Result<(), StoreError> {
        if let Some(mtime) = described.mtime {
            execute!(self.tx, "UPDATE versions SET mtime = $1 WHERE id = $2", mtime, version.uuid())?;
        }
        if let Some(sha1) = &described.sha1 {
            execute!(
                self.tx,
                "UPDATE blobs SET sha1 = $1 WHERE id = (SELECT blob_id FROM versions WHERE id = $2) AND sha1 IS NULL",
                sha1.as_slice(),
                version.uuid()
            )?;
        }
        Ok(())
    }

    /// The number of a node that the act has made or changed.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none.
    pub async fn node_number(&mut self, node: NodeId) -> Result<i64, StoreError> {
        Ok(on_tx!(self.tx, c => sqlx::query_scalar("SELECT number FROM nodes WHERE id = $1")
            .bind(node.uuid()).fetch_one(c).await)?)
    }
}

impl Writer<'_, FileAccess<Write>> {
    /// The proof's file is from this time, says a client; a folder's time is that of its last change.
    ///
    /// # Errors
    /// As for a change of properties.
    pub async fn set_mtime(&mut self, mtime: i64) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "UPDATE versions SET mtime = $1 WHERE id = (SELECT version_id FROM nodes WHERE id = $2)",
            mtime,
            self.proof.node().uuid()
        )?;
        Ok(())
    }
}

impl Store {
    /// The SHA-1 of what the proof's file holds now, where it is known.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn sha1<L: Seeing>(&self, access: &FileAccess<L>) -> Result<Option<Vec<u8>>, StoreError> {
        let sha1: Option<Option<Vec<u8>>> = on_db!(self, p => sqlx::query_scalar(
            "SELECT b.sha1 FROM nodes n JOIN versions v ON v.id = n.version_id JOIN blobs b ON b.id = v.blob_id WHERE n.id = $1"
        ).bind(access.node().uuid()).fetch_optional(p).await)?;
        Ok(sha1.flatten())
    }

    /// Keeps a SHA-1 that was computed of a version's content. No act: it says nothing new.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) async fn keep_sha1<L: Seeing>(
        &self,
        access: &FileAccess<L>,
        version: VersionId,
        sha1: &[u8; 20],
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        execute!(
            &mut tx,
            "UPDATE blobs SET sha1 = $1 WHERE sha1 IS NULL AND id = (SELECT blob_id FROM versions WHERE id = $2 AND node_id = $3)",
            sha1.as_slice(),
            version.uuid(),
            access.node().uuid()
        )?;
        tx.commit().await
    }
}
