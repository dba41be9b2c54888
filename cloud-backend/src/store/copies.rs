//! Copies of files and of whole folders: rows only, no byte moves. A copy starts with the version that its source has now, and
//! with the properties that clients put on it; locks, earlier versions and what lies in the trash stay behind.

use carrel_audit_log::json::Json;
use carrel_ids::{NodeId, VersionId};
use uuid::Uuid;

use super::{
    StoreError, Writer,
    connect::{execute, on_tx},
    files::{Change, FOLDER},
    locks::Reach,
    tree_changes::taken,
};
use crate::authz::{Delete, FileAccess, FileName, Read, Target, Write};

/// Nodes of one copy: it is one transaction, for which the writers of the space wait.
const MAX_NODES: i64 = 50_000;
/// Rows that are read at a time.
const PAGE: i64 = 500;

#[derive(sqlx::FromRow)]
struct Source {
    id: Uuid,
    kind: i16,
    name: String,
    sort_key: String,
    size: i64,
    executable: bool,
    version_id: Option<Uuid>,
}

impl Writer<'_, FileAccess<Write>> {
    /// Copies `source` into the proof's folder, which may be in another space. `whole`: with all that is below it. `replaced` stands
    /// where the copy goes, and goes to the trash.
    ///
    /// # Errors
    /// [`StoreError::InsideItself`], [`StoreError::NameTaken`], [`StoreError::Locked`], [`StoreError::CopyTooLarge`];
    /// [`StoreError::NotFound`] when either is gone.
    pub async fn copy_node(
        &mut self,
        source: &FileAccess<Read>,
        name: &FileName,
        whole: bool,
        replaced: Option<&FileAccess<Delete>>,
    ) -> Result<NodeId, StoreError> {
        let other = source.space_id();
        // Nobody changes the source meanwhile. Always the lower id first, so that two copies cannot wait for each other.
        if other.uuid() < self.proof.space_id().uuid() {
            self.hold_still(other.uuid()).await?;
        }
        let change = self.live_change().await?;
        if other.uuid() > self.proof.space_id().uuid() {
            self.hold_still(other.uuid()).await?;
        }
        if let Some(replaced) = replaced {
            self.replace_node(replaced).await?;
        }
        let target = self.proof.uuid();
        self.require_folder(target).await?;
        self.require_unlocked(target, Reach::Node).await?;
        let top: Option<Source> = on_tx!(self.tx, c => sqlx::query_as(
            "WITH RECURSIVE up (id, parent_id, trashed_at) AS (
                 SELECT id, parent_id, trashed_at FROM nodes WHERE id = $1
                 UNION ALL SELECT n.id, n.parent_id, n.trashed_at FROM nodes n JOIN up ON n.id = up.parent_id)
             SELECT id, kind, name, sort_key, size, executable, version_id FROM nodes
             WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM up WHERE trashed_at IS NOT NULL)"
        ).bind(source.uuid()).fetch_optional(c).await)?;
        let top = top.ok_or(StoreError::NotFound)?;
        let inside: bool = on_tx!(self.tx, c => sqlx::query_scalar(
            "WITH RECURSIVE up (id, parent_id) AS (
                 SELECT id, parent_id FROM nodes WHERE id = $1
                 UNION ALL SELECT n.id, n.parent_id FROM nodes n JOIN up ON n.id = up.parent_id)
             SELECT EXISTS (SELECT 1 FROM up WHERE id = $2)"
        ).bind(target).bind(top.id).fetch_one(c).await)?;
        if inside && whole {
            return Err(StoreError::InsideItself);
        }
        let size = if top.kind == FOLDER && !whole { 0 } else { top.size };
        // What the copy holds counts as what is brought from elsewhere does.
        self.charge(size).await?;
        let named = Source { name: name.as_str().to_owned(), sort_key: name.sort_key(), size, ..top };
        let id = self.copy_one(&named, target, change).await?;
        let mut copied = 1;
        // Folders whose children are to be copied, with their copies.
        let mut open = if named.kind == FOLDER && whole { vec![(named.id, id)] } else { Vec::new() };
        while let Some((from, to)) = open.pop() {
            let mut last = Uuid::nil();
            loop {
                let page: Vec<Source> = on_tx!(self.tx, c => sqlx::query_as(
                    "SELECT id, kind, name, sort_key, size, executable, version_id FROM nodes
                     WHERE parent_id = $1 AND trashed_at IS NULL AND id > $2 ORDER BY id LIMIT $3"
                ).bind(from).bind(last).bind(PAGE).fetch_all(c).await)?;
                let Some(end) = page.last() else { break };
                last = end.id;
                copied += i64::try_from(page.len()).unwrap_or(PAGE);
                if copied > MAX_NODES {
                    return Err(StoreError::CopyTooLarge);
                }
                for node in page {
                    let copy = self.copy_one(&node, to.uuid(), change).await?;
                    if node.kind == FOLDER {
                        open.push((node.id, copy));
                    }
                }
            }
        }
        self.touch_ancestors(Some(target), change, size).await?;
        self.set_target(Target::Node(id));
        self.detail("from", source.node().to_string());
        self.detail("to", self.proof.node().to_string());
        self.detail("nodes", Json::Integer(copied));
        self.detail("size", Json::Integer(size));
        self.personal("name", name.as_str());
        Ok(id)
    }

    /// Makes the writers of another space wait until this transaction is over.
    async fn hold_still(&mut self, space: Uuid) -> Result<(), StoreError> {
        execute!(self.tx, "UPDATE spaces SET change = change WHERE id = $1", space)?;
        Ok(())
    }

    async fn copy_one(&mut self, source: &Source, parent: Uuid, change: Change) -> Result<NodeId, StoreError> {
        let id = NodeId::new();
        let version = source.version_id.map(|_| VersionId::new().uuid());
        let done = execute!(
            self.tx,
            "INSERT INTO nodes (id, space_id, parent_id, kind, name, sort_key, size, etag, version_id, executable, created_at, changed_at, changed_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12)",
            id.uuid(),
            self.proof.space_id().uuid(),
            parent,
            source.kind,
            source.name.as_str(),
            source.sort_key.as_str(),
            source.size,
            change.0,
            version,
            source.executable,
            self.now,
            self.proof.actor_uuid()
        );
        done.map_err(taken)?;
        if let Some(version) = version {
            execute!(
                self.tx,
                "INSERT INTO versions (id, node_id, number, blob_id, size, sha256, origin, created_at, created_by, mtime)
                 SELECT $1, $2, 1, blob_id, size, sha256, origin, $3, $4, mtime FROM versions WHERE id = $5",
                version,
                id.uuid(),
                self.now,
                self.proof.actor_uuid(),
                source.version_id
            )?;
        }
        execute!(
            self.tx,
            "INSERT INTO node_properties (node_id, namespace, name, value)
             SELECT $1, namespace, name, value FROM node_properties WHERE node_id = $2",
            id.uuid(),
            source.id
        )?;
        Ok(id)
    }
}
