//! The trash: putting nodes into it and bringing them back.

use carrel_ids::{NodeId, VersionId};
use uuid::Uuid;

use super::{
    StoreError, Writer,
    connect::{execute, on_tx},
    locks::Reach,
    tree_changes::{expect_one, taken},
};
use crate::authz::{Delete, FileAccess, FileName, Level, Write};

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
        self.require_unlocked(self.proof.uuid(), Reach::Tree).await?;
        self.personal("name", name);
        let from = self.path_of(parent).await?;
        let done = execute!(
            self.tx,
            "UPDATE nodes SET trashed_at = $1, trashed_by = $2, trashed_from = $3, etag = $4 WHERE id = $5 AND trashed_at IS NULL",
            self.now,
            self.proof.actor_uuid(),
            from,
            change.0,
            self.proof.uuid()
        )?;
        expect_one(done)?;
        self.touch_ancestors(Some(parent), change, -size).await?;
        if version.is_none() && self.holds_workspace(self.proof.uuid()).await? {
            self.note_revocation().await?;
        }
        Ok(())
    }

    /// Brings the proof's node back to where it was, or into `target`; under `name`, if one is given.
    ///
    /// # Errors
    /// [`StoreError::NameTaken`]; [`StoreError::FolderGone`] when it has no place to return to and no `target` is given;
    /// [`StoreError::NotFound`] when somebody else brought it back, or the target lies in another space or in the trash.
    pub async fn restore_node(
        &mut self,
        target: Option<&FileAccess<Write>>,
        name: Option<&FileName>,
    ) -> Result<(), StoreError> {
        let change = self.next_change().await?;
        let parent = match target {
            Some(target) if target.space_id() != self.proof.space_id() => return Err(StoreError::NotFound),
            Some(target) => target.uuid(),
            None => self.place_to_return_to().await?,
        };
        self.require_live(parent).await?;
        self.require_unlocked(parent, Reach::Node).await?;
        self.require_folder(parent).await?;
        let (old_name, size): (String, i64) = on_tx!(self.tx, c => sqlx::query_as("SELECT name, size FROM nodes WHERE id = $1")
            .bind(self.proof.uuid()).fetch_one(c).await)?;
        self.personal("name", name.map_or(old_name.as_str(), FileName::as_str));
        self.detail("to", NodeId::from(parent).to_string());
        let done = execute!(
            self.tx,
            "UPDATE nodes SET trashed_at = NULL, trashed_by = NULL, trashed_from = NULL, parent_id = $1,
                 name = COALESCE($2, name), sort_key = COALESCE($3, sort_key), etag = $4
             WHERE id = $5 AND trashed_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM purges p WHERE p.node_id = nodes.id)",
            parent,
            name.map(FileName::as_str),
            name.map(FileName::sort_key),
            change.0,
            self.proof.uuid()
        );
        expect_one(done.map_err(taken)?)?;
        self.touch_ancestors(Some(parent), change, size).await
    }

    /// The folder that the proof's node was in, if it is still one that people see.
    async fn place_to_return_to(&mut self) -> Result<Uuid, StoreError> {
        let parent: Option<Option<Uuid>> = on_tx!(self.tx, c => sqlx::query_scalar(
            "SELECT parent_id FROM nodes WHERE id = $1 AND trashed_at IS NOT NULL"
        ).bind(self.proof.uuid()).fetch_optional(c).await)?;
        let parent = parent.ok_or(StoreError::NotFound)?.ok_or(StoreError::FolderGone)?;
        let hidden: bool = on_tx!(self.tx, c => sqlx::query_scalar(
            "WITH RECURSIVE up (id, parent_id, trashed_at) AS (
                 SELECT id, parent_id, trashed_at FROM nodes WHERE id = $1
                 UNION ALL SELECT n.id, n.parent_id, n.trashed_at FROM nodes n JOIN up ON n.id = up.parent_id)
             SELECT EXISTS (SELECT 1 FROM up WHERE trashed_at IS NOT NULL)"
        ).bind(parent).fetch_one(c).await)?;
        if hidden { Err(StoreError::FolderGone) } else { Ok(parent) }
    }
}

impl<L: Level> Writer<'_, FileAccess<L>> {
    /// The names from the space's top, which has none, down to this folder.
    pub(super) async fn path_of(&mut self, folder: Uuid) -> Result<String, StoreError> {
        let names: Vec<String> = on_tx!(self.tx, c => sqlx::query_scalar(
            "WITH RECURSIVE up (id, parent_id, name, depth) AS (
                 SELECT id, parent_id, name, 0 FROM nodes WHERE id = $1
                 UNION ALL SELECT n.id, n.parent_id, n.name, up.depth + 1 FROM nodes n JOIN up ON n.id = up.parent_id)
             SELECT name FROM up WHERE parent_id IS NOT NULL ORDER BY depth DESC"
        ).bind(folder).fetch_all(c).await)?;
        Ok(names.join("/"))
    }
}

impl Writer<'_, FileAccess<Write>> {
    /// Puts into the trash what stands where the act puts something else, in the same transaction: nothing is ever without both.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it is gone, is in another space or is a space's root; [`StoreError::Locked`].
    pub async fn replace_node(&mut self, replaced: &FileAccess<Delete>) -> Result<(), StoreError> {
        let change = self.next_change().await?;
        let node = replaced.uuid();
        self.require_live(node).await?;
        let (parent, size, version): (Option<Uuid>, i64, Option<Uuid>) = on_tx!(self.tx, c => sqlx::query_as(
            "SELECT parent_id, size, version_id FROM nodes WHERE id = $1"
        ).bind(node).fetch_one(c).await)?;
        let parent = parent.ok_or(StoreError::NotFound)?;
        self.require_unlocked(node, Reach::Tree).await?;
        let from = self.path_of(parent).await?;
        let done = execute!(
            self.tx,
            "UPDATE nodes SET trashed_at = $1, trashed_by = $2, trashed_from = $3, etag = $4 WHERE id = $5 AND trashed_at IS NULL",
            self.now,
            self.proof.actor_uuid(),
            from,
            change.0,
            node
        )?;
        expect_one(done)?;
        self.detail("replaced", replaced.node().to_string());
        self.touch_ancestors(Some(parent), change, -size).await?;
        if version.is_none() && self.holds_workspace(node).await? {
            self.note_revocation().await?;
        }
        Ok(())
    }
}

impl<L: Level> Writer<'_, FileAccess<L>> {
    /// A workspace is bound to the folder or to one below it.
    async fn holds_workspace(&mut self, folder: Uuid) -> Result<bool, StoreError> {
        Ok(on_tx!(self.tx, c => sqlx::query_scalar(
            "WITH RECURSIVE up (id, parent_id) AS (
                 SELECT n.id, n.parent_id FROM nodes n JOIN workspaces w ON w.folder_id = n.id WHERE w.space_id = $1 AND w.deleted_at IS NULL
                 UNION SELECT n.id, n.parent_id FROM nodes n JOIN up ON n.id = up.parent_id)
             SELECT EXISTS (SELECT 1 FROM up WHERE id = $2)"
        ).bind(self.proof.space_id().uuid()).bind(folder).fetch_one(c).await)?)
    }
}
