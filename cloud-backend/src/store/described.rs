//! What sync clients say of content, and ask to be known of it: its time and its checksums.

use carrel_ids::{NodeId, VersionId};

use super::{
    Store, StoreError, Writer,
    connect::{execute, on_db, on_tx},
};
use crate::authz::{FileAccess, Level, OwnAccess, Seeing, Write};

/// What is known of content beyond the content.
#[derive(Debug, Clone, Copy, Default)]
pub struct Described {
    /// Seconds since 1970, as the client said.
    pub mtime: Option<i64>,
    /// As they were computed here while the content came in.
    pub sums: Option<Sums>,
}

/// Checksums that sync clients compare. Neither proves anything: what content is, says its SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sums {
    pub sha1: [u8; 20],
    pub md5: [u8; 16],
}

impl Sums {
    pub(super) fn from_columns(sha1: Option<Vec<u8>>, md5: Option<Vec<u8>>) -> Option<Self> {
        Some(Self { sha1: sha1?.try_into().ok()?, md5: md5?.try_into().ok()? })
    }
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
        if let Some(sums) = &described.sums {
            execute!(
                self.tx,
                "UPDATE blobs SET sha1 = $1, md5 = $2 WHERE id = (SELECT blob_id FROM versions WHERE id = $3) AND sha1 IS NULL",
                sums.sha1.as_slice(),
                sums.md5.as_slice(),
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
    /// The node of this number, whoever may see it: a right to it has to be proved.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none.
    pub(crate) async fn node_of_number(&self, _: &OwnAccess, number: i64) -> Result<NodeId, StoreError> {
        let node: uuid::Uuid = on_db!(self, p => sqlx::query_scalar("SELECT id FROM nodes WHERE number = $1 AND trashed_at IS NULL")
            .bind(number).fetch_one(p).await)?;
        Ok(node.into())
    }

    /// The checksums of what the proof's file holds now, where they are known.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn sums<L: Seeing>(&self, access: &FileAccess<L>) -> Result<Option<Sums>, StoreError> {
        type Columns = (Option<Vec<u8>>, Option<Vec<u8>>);
        let sums: Option<Columns> = on_db!(self, p => sqlx::query_as(
            "SELECT b.sha1, b.md5 FROM nodes n JOIN versions v ON v.id = n.version_id JOIN blobs b ON b.id = v.blob_id WHERE n.id = $1"
        ).bind(access.node().uuid()).fetch_optional(p).await)?;
        Ok(sums.and_then(|(sha1, md5)| Sums::from_columns(sha1, md5)))
    }

    /// Keeps checksums that were computed of a version's content. No act: they say nothing new.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) async fn keep_sums<L: Seeing>(
        &self,
        access: &FileAccess<L>,
        version: VersionId,
        sums: &Sums,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        execute!(
            &mut tx,
            "UPDATE blobs SET sha1 = $1, md5 = $2 WHERE sha1 IS NULL AND id = (SELECT blob_id FROM versions WHERE id = $3 AND node_id = $4)",
            sums.sha1.as_slice(),
            sums.md5.as_slice(),
            version.uuid(),
            access.node().uuid()
        )?;
        tx.commit().await
    }
}
