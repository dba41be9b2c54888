//! Deleting for good. Whoever asks for it hides a node at once and for everybody; its rows and all below it go in steps of bounded
//! size, each a transaction, so that a folder of any size holds up nobody and fits into memory. Content is let go of here and
//! collected by `blobs.rs`.

use carrel_audit_log::json::Json;
use carrel_ids::{NodeId, SpaceId};
use uuid::Uuid;

use super::{
    Store, StoreError, Timestamp, Writer,
    connect::{execute, on_db, on_tx},
    tree_changes::expect_one,
};
use crate::authz::{FileAccess, Purge, SystemTask};

/// Nodes that one step deletes, and children that it takes from folders, at most.
const NODES_A_STEP: i64 = 500;
/// Versions that one step deletes at most.
const VERSIONS_A_STEP: i64 = 1000;
/// Things in the trash that one call hides at most.
const TOPS_A_CALL: i64 = 500;

/// The nodes that a step is about: `$1` is the space, `$2` how many.
macro_rules! batch {
    () => {
        "(SELECT p.node_id FROM purges p WHERE p.space_id = $1 ORDER BY p.asked_at, p.node_id LIMIT $2)"
    };
}
/// The versions that a step deletes: `$3` is how many.
macro_rules! batch_versions {
    () => {
        concat!("(SELECT v.id FROM versions v WHERE v.node_id IN ", batch!(), " ORDER BY v.node_id, v.number LIMIT $3)")
    };
}

impl Writer<'_, FileAccess<Purge>> {
    /// Hides the proof's node, which lies in the trash, from everybody; `purge_step` deletes it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it was brought back a moment ago, or somebody else was quicker.
    pub async fn purge_node(&mut self) -> Result<(), StoreError> {
        // Whoever brings it back takes this number, too: one of the two comes first.
        self.next_change().await?;
        let name: String = on_tx!(self.tx, c => sqlx::query_scalar("SELECT name FROM nodes WHERE id = $1")
            .bind(self.proof.node().uuid()).fetch_one(c).await)?;
        self.personal("name", name);
        let (node, space) = (self.proof.node(), self.proof.space_id());
        // Whatever the clock of the process that put it there said.
        let any = self.now.plus(time::Duration::days(1));
        self.hide(node, space, any).await
    }

    /// Hides what lies in the trash of the proof's space, the oldest first and not all at once; how much it was.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the right ended a moment ago.
    pub async fn purge_trash(&mut self) -> Result<u64, StoreError> {
        self.live_change().await?;
        let hidden = execute!(
            self.tx,
            "INSERT INTO purges (node_id, space_id, asked_at)
             SELECT n.id, n.space_id, $2 FROM nodes n WHERE n.space_id = $1 AND n.trashed_at IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM purges p WHERE p.node_id = n.id)
             ORDER BY n.trashed_at, n.id LIMIT $3",
            self.proof.space_id().uuid(),
            self.now,
            TOPS_A_CALL
        )?;
        self.detail("nodes", count(hidden));
        Ok(hidden)
    }
}

impl Writer<'_, SystemTask> {
    /// Hides a node of this space that was put into the trash before `since`.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it was brought back a moment ago.
    pub(crate) async fn purge_expired(
        &mut self,
        node: NodeId,
        space: SpaceId,
        since: Timestamp,
    ) -> Result<(), StoreError> {
        self.lock_space(space).await?;
        self.hide(node, space, since).await
    }

    /// Deletes a part of what is hidden in this space.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails; nothing of the step happened then.
    pub(crate) async fn purge_step(&mut self, space: SpaceId) -> Result<(), StoreError> {
        self.lock_space(space).await?;
        let of = space.uuid();
        // What was put into the trash by itself stays there, without a place to return to.
        execute!(
            self.tx,
            concat!(
                "UPDATE nodes SET parent_id = NULL WHERE id IN (SELECT c.id FROM nodes c WHERE c.trashed_at IS NOT NULL AND c.parent_id IN ",
                batch!(),
                " LIMIT $2)"
            ),
            of,
            NODES_A_STEP
        )?;
        let moved = execute!(
            self.tx,
            concat!(
                "UPDATE nodes SET parent_id = NULL, trashed_at = $3 WHERE id IN (SELECT c.id FROM nodes c WHERE c.trashed_at IS NULL AND c.parent_id IN ",
                batch!(),
                " LIMIT $2)"
            ),
            of,
            NODES_A_STEP,
            self.now
        )?;
        self.let_workspaces_go(of).await?;
        let (versions, bytes): (i64, i64) = on_tx!(self.tx, c => sqlx::query_as(concat!(
            "SELECT COUNT(*), CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM versions WHERE id IN ", batch_versions!()
        )).bind(of).bind(NODES_A_STEP).bind(VERSIONS_A_STEP).fetch_one(c).await)?;
        execute!(
            self.tx,
            concat!(
                "UPDATE blobs SET orphaned_at = $4 WHERE id IN (SELECT blob_id FROM versions WHERE id IN ",
                batch_versions!(),
                ")"
            ),
            of,
            NODES_A_STEP,
            VERSIONS_A_STEP,
            self.now
        )?;
        execute!(
            self.tx,
            concat!("DELETE FROM versions WHERE id IN ", batch_versions!()),
            of,
            NODES_A_STEP,
            VERSIONS_A_STEP
        )?;
        let nodes = execute!(
            self.tx,
            concat!(
                "DELETE FROM nodes WHERE id IN ",
                batch!(),
                " AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.node_id = nodes.id) AND NOT EXISTS (SELECT 1 FROM nodes c WHERE c.parent_id = nodes.id)"
            ),
            of,
            NODES_A_STEP
        )?;
        // Behind the deletion, so that the batch was the same in all statements.
        if moved > 0 {
            execute!(
                self.tx,
                "INSERT INTO purges (node_id, space_id, asked_at)
                 SELECT n.id, n.space_id, $2 FROM nodes n WHERE n.space_id = $1 AND n.trashed_at = $2 AND n.parent_id IS NULL
                    AND NOT EXISTS (SELECT 1 FROM purges p WHERE p.node_id = n.id) AND n.trashed_by IS NULL",
                of,
                self.now
            )?;
        }
        self.detail("nodes", count(nodes));
        self.detail("versions", Json::Integer(versions));
        self.versions_removed(space, bytes).await
    }

    /// A workspace whose folder is gone is deleted, if it was not; its row has to name a folder, and the space's top is always there.
    async fn let_workspaces_go(&mut self, space: Uuid) -> Result<(), StoreError> {
        let bound: Vec<Uuid> = on_tx!(self.tx, c => sqlx::query_scalar(concat!(
            "SELECT w.id FROM workspaces w WHERE w.space_id = $1 AND w.folder_id IN ", batch!()
        )).bind(space).bind(NODES_A_STEP).fetch_all(c).await)?;
        for workspace in &bound {
            execute!(
                self.tx,
                "UPDATE ide_sessions SET ended_at = $1 WHERE workspace_id = $2 AND ended_at IS NULL",
                self.now,
                workspace
            )?;
            execute!(self.tx, "DELETE FROM workspace_bases WHERE workspace_id = $1", workspace)?;
            execute!(
                self.tx,
                "UPDATE workspaces SET deleted_at = COALESCE(deleted_at, $1), folder_id = (SELECT s.root_id FROM spaces s WHERE s.id = workspaces.space_id)
                 WHERE id = $2",
                self.now,
                workspace
            )?;
        }
        if !bound.is_empty() {
            self.detail("workspaces", count(u64::try_from(bound.len()).unwrap_or(u64::MAX)));
            self.note_revocation().await?;
        }
        Ok(())
    }

    /// Writers of this space wait until this transaction ends.
    pub(super) async fn lock_space(&mut self, space: SpaceId) -> Result<(), StoreError> {
        expect_one(execute!(self.tx, "UPDATE spaces SET change = change WHERE id = $1", space.uuid())?)
    }
}

impl<P> Writer<'_, P> {
    async fn hide(&mut self, node: NodeId, space: SpaceId, since: Timestamp) -> Result<(), StoreError> {
        let hidden = execute!(
            self.tx,
            "INSERT INTO purges (node_id, space_id, asked_at)
             SELECT n.id, n.space_id, $4 FROM nodes n WHERE n.id = $1 AND n.space_id = $2 AND n.trashed_at <= $3
                AND NOT EXISTS (SELECT 1 FROM purges p WHERE p.node_id = n.id)",
            node.uuid(),
            space.uuid(),
            since,
            self.now
        )?;
        expect_one(hidden)
    }

    /// Takes one version away and lets go of its content; its size.
    pub(super) async fn drop_version(&mut self, version: Uuid) -> Result<i64, StoreError> {
        execute!(
            self.tx,
            "UPDATE blobs SET orphaned_at = $1 WHERE id IN (SELECT blob_id FROM versions WHERE id = $2)",
            self.now,
            version
        )?;
        Ok(on_tx!(self.tx, c => sqlx::query_scalar("DELETE FROM versions WHERE id = $1 RETURNING size")
            .bind(version).fetch_one(c).await)?)
    }

    /// The one place that hears of versions that are kept no more: `bytes` is the sum of their sizes in this space. Everything that
    /// deletes versions ends here.
    pub(super) async fn versions_removed(&mut self, space: SpaceId, bytes: i64) -> Result<(), StoreError> {
        self.detail("space", space.to_string());
        self.detail("released", Json::Integer(bytes));
        self.charge_space(space, -bytes).await
    }
}

impl Store {
    /// A space in which something is hidden and not deleted yet.
    pub(crate) async fn space_to_purge(&self) -> Result<Option<SpaceId>, StoreError> {
        let space: Option<Uuid> = on_db!(self, p => sqlx::query_scalar(
            "SELECT space_id FROM purges ORDER BY space_id, asked_at, node_id LIMIT 1"
        ).fetch_optional(p).await)?;
        Ok(space.map(Into::into))
    }

    /// Something is hidden in this space and not deleted yet.
    pub(crate) async fn has_purges(&self, space: SpaceId) -> Result<bool, StoreError> {
        Ok(on_db!(self, p => sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM purges WHERE space_id = $1)")
            .bind(space.uuid()).fetch_one(p).await)?)
    }
}

fn count(rows: u64) -> Json {
    Json::Integer(i64::try_from(rows).unwrap_or(i64::MAX))
}
