//! The trash: putting nodes into it and bringing them back.

use carrel_ids::VersionId;
use uuid::Uuid;

use super::{
    StoreError, Writer,
    connect::{execute, on_tx},
    tree_changes::{expect_one, taken},
};
use crate::authz::{Delete, FileAccess};

/// What must still hold when a node goes to the trash.
#[derive(Debug, Clone, Copy)]
pub enum TrashIf {
    /// Whatever it is by now: a person who sees the folder decides.
    Always,
    /// The file has this version.
    Version(VersionId),
    /// The folder has nothing in it.
    Empty,
}

impl Writer<'_, FileAccess<Delete>> {
    /// Puts the proof's node and all below it into the trash.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a space's root; [`StoreError::VersionChanged`] when `condition` does not hold.
    pub async fn trash_node(&mut self, condition: TrashIf) -> Result<(), StoreError> {
        let change = self.live_change().await?;
        let parent = self.parent().await?;
        let (name, size, version): (String, i64, Option<Uuid>) = on_tx!(self.tx, c => sqlx::query_as("SELECT name, size, version_id FROM nodes WHERE id = $1")
            .bind(self.proof.uuid()).fetch_one(c).await)?;
        let holds = match condition {
            TrashIf::Always => true,
            TrashIf::Version(seen) => version == Some(seen.uuid()),
            TrashIf::Empty => version.is_none() && self.is_empty_folder().await?,
        };
        if !holds {
            return Err(StoreError::VersionChanged);
        }
        self.personal("name", name);
        let done = execute!(
            self.tx,
            "UPDATE nodes SET trashed_at = $1, trashed_by = $2, etag = $3 WHERE id = $4 AND trashed_at IS NULL",
            self.now,
            self.proof.actor_uuid(),
            change.0,
            self.proof.uuid()
        )?;
        expect_one(done)?;
        self.touch_ancestors(Some(parent), change, -size).await?;
        if version.is_none() && self.holds_workspace().await? {
            self.note_revocation().await?;
        }
        Ok(())
    }

    /// A workspace is bound to the proof's folder or to one below it.
    async fn holds_workspace(&mut self) -> Result<bool, StoreError> {
        Ok(on_tx!(self.tx, c => sqlx::query_scalar(
            "WITH RECURSIVE up (id, parent_id) AS (
                 SELECT n.id, n.parent_id FROM nodes n JOIN workspaces w ON w.folder_id = n.id WHERE w.space_id = $1 AND w.deleted_at IS NULL
                 UNION SELECT n.id, n.parent_id FROM nodes n JOIN up ON n.id = up.parent_id)
             SELECT EXISTS (SELECT 1 FROM up WHERE id = $2)"
        ).bind(self.proof.space_id().uuid()).bind(self.proof.uuid()).fetch_one(c).await)?)
    }

    /// Brings the proof's node back to where it was.
    ///
    /// # Errors
    /// [`StoreError::NameTaken`]; [`StoreError::NotFound`] when the folder that it was in is in the trash itself.
    pub async fn restore_node(&mut self) -> Result<(), StoreError> {
        let change = self.next_change().await?;
        let parent = self.parent().await?;
        self.require_live(parent).await?;
        let size: i64 = on_tx!(self.tx, c => sqlx::query_scalar("SELECT size FROM nodes WHERE id = $1").bind(self.proof.uuid()).fetch_one(c).await)?;
        let done = execute!(
            self.tx,
            "UPDATE nodes SET trashed_at = NULL, trashed_by = NULL, etag = $1 WHERE id = $2 AND trashed_at IS NOT NULL",
            change.0,
            self.proof.uuid()
        );
        expect_one(done.map_err(taken)?)?;
        self.touch_ancestors(Some(parent), change, size).await
    }
}
