//! Changes of a space's tree: making, saving, renaming and moving nodes.
//! Each takes the space's next change number first, which makes the writers of one space wait for each other.

use carrel_audit_log::json::Json;
use carrel_ids::{NodeId, VersionId};
use uuid::Uuid;

use super::{
    CurrentVersion, NewContent, NodeRow, StoreError, Writer,
    connect::{execute, on_tx},
    files::{Change, FILE, FOLDER},
    locks::Reach,
};
use crate::authz::{Add, Adding, FileAccess, FileName, Level, Proof as _, SpaceRole, Target, Write};

/// How a version came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    Upload,
    /// A client that keeps folders equal.
    Sync,
    Editor,
    Office,
    Workspace,
    /// An earlier version, brought back.
    Restore,
    Copy,
    Import,
    /// What somebody sent who had not seen the version before it: kept beside the current one.
    Conflict,
}

impl Origin {
    fn as_str(self) -> &'static str {
        match self {
            Self::Upload => "upload",
            Self::Sync => "sync",
            Self::Editor => "editor",
            Self::Office => "office",
            Self::Workspace => "workspace",
            Self::Restore => "restore",
            Self::Copy => "copy",
            Self::Import => "import",
            Self::Conflict => "conflict",
        }
    }
}

/// How many numbers are tried for a name that is taken, before one is made up that is free for certain.
const NUMBERS: u32 = 20;

impl Writer<'_, FileAccess<Add>> {
    /// The name, or one like it that is free in the proof's folder: whoever sees nothing of the folder does not hear what is taken. Nobody
    /// else takes it before the transaction ends.
    ///
    /// # Errors
    /// [`StoreError::SpaceArchived`]; [`StoreError::NotFound`] when the folder is gone.
    pub async fn free_name(&mut self, wanted: &FileName) -> Result<FileName, StoreError> {
        self.live_change().await?;
        if !self.is_taken(wanted).await? {
            return Ok(wanted.clone());
        }
        for number in 2..=NUMBERS {
            let name = wanted.with_remark(&number.to_string());
            if !self.is_taken(&name).await? {
                return Ok(name);
            }
        }
        Ok(wanted.with_remark(&NodeId::new().to_string()))
    }

    async fn is_taken(&mut self, name: &FileName) -> Result<bool, StoreError> {
        Ok(on_tx!(self.tx, c => sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM nodes WHERE parent_id = $1 AND name = $2 AND trashed_at IS NULL)"
        ).bind(self.proof.uuid()).bind(name.as_str()).fetch_one(c).await)?)
    }
}

impl<L: Adding> Writer<'_, FileAccess<L>> {
    /// Makes a folder in the proof's folder.
    ///
    /// # Errors
    /// [`StoreError::NameTaken`]; [`StoreError::SpaceArchived`]; [`StoreError::NotFound`] when the parent is gone or is no folder.
    pub async fn create_folder(&mut self, name: &FileName) -> Result<NodeId, StoreError> {
        let change = self.folder_change(0).await?;
        let id = self.insert_node(FOLDER, name, 0, None, change, false).await?;
        self.touch_ancestors(Some(self.proof.uuid()), change, 0).await?;
        Ok(id)
    }

    /// Makes a file with its first version in the proof's folder.
    ///
    /// # Errors
    /// As [`Writer::create_folder`], and [`StoreError::QuotaExceeded`].
    pub async fn create_file(
        &mut self,
        name: &FileName,
        content: NewContent,
        executable: bool,
        origin: Origin,
    ) -> Result<(NodeId, VersionId), StoreError> {
        self.make_file(name, content, executable, origin).await.map(|(id, version, _)| (id, version))
    }

    /// As [`Writer::create_file`]; gives the file as it is then, so that nobody has to read it back. `actor_name` is the acting person's.
    ///
    /// # Errors
    /// As [`Writer::create_file`].
    pub async fn create_file_shown(
        &mut self,
        name: &FileName,
        content: NewContent,
        executable: bool,
        origin: Origin,
        actor_name: &str,
    ) -> Result<NodeRow, StoreError> {
        let (id, version, change) = self.make_file(name, content, executable, origin).await?;
        Ok(NodeRow {
            id,
            space: self.proof.space_id(),
            parent: Some(self.proof.node()),
            is_folder: false,
            name: name.as_str().to_owned(),
            size: content.size,
            etag: change.0,
            executable,
            changed_at: self.now,
            changed_by: self.proof.user().map(|user| (user, actor_name.to_owned())),
            number: None,
            mtime: None,
            version: Some(CurrentVersion { id: version, number: 1, sha256: content.sha256.to_vec() }),
            sort_key: name.sort_key(),
        })
    }

    async fn make_file(
        &mut self,
        name: &FileName,
        content: NewContent,
        executable: bool,
        origin: Origin,
    ) -> Result<(NodeId, VersionId, Change), StoreError> {
        let change = self.folder_change(content.size).await?;
        let version = VersionId::new();
        let id = self.insert_node(FILE, name, content.size, Some(version), change, executable).await?;
        self.insert_version(version, id, 1, content, origin).await?;
        self.touch_ancestors(Some(self.proof.uuid()), change, content.size).await?;
        Ok((id, version, change))
    }
}

impl Writer<'_, FileAccess<Write>> {
    /// Gives the proof's file a new version, if its current one is `expected`.
    ///
    /// # Errors
    /// [`StoreError::VersionChanged`] when it is another; [`StoreError::QuotaExceeded`]; [`StoreError::NotFound`] when the file is gone
    /// or is a folder.
    pub async fn save_version(
        &mut self,
        expected: VersionId,
        content: NewContent,
        executable: Option<bool>,
        origin: Origin,
    ) -> Result<VersionId, StoreError> {
        let change = self.live_change().await?;
        let node = self.proof.node();
        let current: Option<(Option<Uuid>, i64, Option<Uuid>)> = on_tx!(self.tx, c => sqlx::query_as(
            "SELECT version_id, size, parent_id FROM nodes WHERE id = $1 AND kind = $2 AND trashed_at IS NULL"
        ).bind(node.uuid()).bind(FILE).fetch_optional(c).await)?;
        let (version, old_size, parent) = current.ok_or(StoreError::NotFound)?;
        if version != Some(expected.uuid()) {
            return Err(StoreError::VersionChanged);
        }
        self.require_unlocked(node.uuid(), Reach::Node).await?;
        let number: i64 = on_tx!(self.tx, c => sqlx::query_scalar("SELECT MAX(number) + 1 FROM versions WHERE node_id = $1")
            .bind(node.uuid()).fetch_one(c).await)?;
        self.charge(content.size).await?;
        let version = VersionId::new();
        self.insert_version(version, node, number, content, origin).await?;
        execute!(
            self.tx,
            "UPDATE nodes SET version_id = $1, size = $2, etag = $3, changed_at = $4, changed_by = $5, executable = COALESCE($6, executable) WHERE id = $7",
            version.uuid(),
            content.size,
            change.0,
            self.now,
            self.proof.actor_uuid(),
            executable,
            node.uuid()
        )?;
        self.touch_ancestors(parent, change, content.size - old_size).await?;
        self.detail("before", expected.to_string());
        Ok(version)
    }

    /// # Errors
    /// [`StoreError::NameTaken`]; [`StoreError::NotFound`] for a space's root.
    pub async fn rename_node(&mut self, name: &FileName) -> Result<(), StoreError> {
        let change = self.live_change().await?;
        let parent = self.parent().await?;
        self.require_unlocked(self.proof.uuid(), Reach::Tree).await?;
        let before: String = on_tx!(self.tx, c => sqlx::query_scalar("SELECT name FROM nodes WHERE id = $1").bind(self.proof.uuid()).fetch_one(c).await)?;
        self.personal("name_before", before);
        self.personal("name", name.as_str());
        let done = execute!(
            self.tx,
            "UPDATE nodes SET name = $1, sort_key = $2, etag = $3, changed_at = $4, changed_by = $5 WHERE id = $6 AND trashed_at IS NULL",
            name.as_str(),
            name.sort_key(),
            change.0,
            self.now,
            self.proof.actor_uuid(),
            self.proof.uuid()
        );
        expect_one(done.map_err(taken)?)?;
        self.touch_ancestors(Some(parent), change, 0).await
    }

    /// Moves the proof's node into the folder of another proof, in the same space.
    ///
    /// # Errors
    /// [`StoreError::InsideItself`], [`StoreError::NameTaken`]; [`StoreError::NotFound`] for a space's root, another space, or
    /// a target that is no folder.
    pub async fn move_node(&mut self, target: &FileAccess<Write>, name: Option<&FileName>) -> Result<(), StoreError> {
        if target.space_id() != self.proof.space_id() {
            return Err(StoreError::NotFound);
        }
        let change = self.live_change().await?;
        let from = self.parent().await?;
        self.require_folder(target.node().uuid()).await?;
        self.require_live(target.node().uuid()).await?;
        let inside: bool = on_tx!(self.tx, c => sqlx::query_scalar(
            "WITH RECURSIVE up (id, parent_id) AS (
                 SELECT id, parent_id FROM nodes WHERE id = $1
                 UNION ALL SELECT n.id, n.parent_id FROM nodes n JOIN up ON n.id = up.parent_id)
             SELECT EXISTS (SELECT 1 FROM up WHERE id = $2)"
        ).bind(target.node().uuid()).bind(self.proof.uuid()).fetch_one(c).await)?;
        if inside {
            return Err(StoreError::InsideItself);
        }
        self.require_unlocked(self.proof.uuid(), Reach::Tree).await?;
        self.require_unlocked(target.node().uuid(), Reach::Node).await?;
        let (old_name, size): (String, i64) = on_tx!(self.tx, c => sqlx::query_as("SELECT name, size FROM nodes WHERE id = $1")
            .bind(self.proof.uuid()).fetch_one(c).await)?;
        self.detail("from", from.to_string());
        self.detail("to", target.node().to_string());
        self.personal("name", name.map_or(old_name.as_str(), FileName::as_str));
        let done = execute!(
            self.tx,
            "UPDATE nodes SET parent_id = $1, name = COALESCE($2, name), sort_key = COALESCE($3, sort_key), etag = $4, changed_at = $5, changed_by = $6
             WHERE id = $7 AND trashed_at IS NULL",
            target.node().uuid(),
            name.map(FileName::as_str),
            name.map(FileName::sort_key),
            change.0,
            self.now,
            self.proof.actor_uuid(),
            self.proof.uuid()
        );
        expect_one(done.map_err(taken)?)?;
        self.touch_ancestors(Some(from), change, -size).await?;
        self.touch_ancestors(Some(target.node().uuid()), change, size).await
    }
}

/// What became of a node since the proof was made.
struct Standing {
    /// It is there, and whoever acts still has the right.
    live: bool,
    is_folder: bool,
    /// Something in the space is locked: this may be, too.
    locks_in_space: bool,
}

impl<L: Level> Writer<'_, FileAccess<L>> {
    pub(super) async fn next_change(&mut self) -> Result<Change, StoreError> {
        self.next_change_with(0).await
    }

    /// The next change of the space, which puts `bytes` more into it.
    async fn next_change_with(&mut self, bytes: i64) -> Result<Change, StoreError> {
        let limit = self.default_quota.unwrap_or(i64::MAX);
        let (change, archived, room): (i64, bool, i64) = on_tx!(self.tx, c => sqlx::query_as(
            "UPDATE spaces SET change = change + 1, used = used + $2 WHERE id = $1
             RETURNING change, (archived_at IS NOT NULL), COALESCE(quota, $3) - used"
        ).bind(self.proof.space_id().uuid()).bind(bytes).bind(limit).fetch_one(c).await)?;
        if archived {
            return Err(StoreError::SpaceArchived);
        }
        // What an act that fails has counted is taken back with it.
        if bytes > 0 && room < 0 {
            return Err(StoreError::QuotaExceeded { free: room.saturating_add(bytes).max(0), needed: bytes });
        }
        Ok(Change(change))
    }

    /// The next change of a tree, which puts something of `bytes` into the proof's folder: it is there, nothing locks it, and
    /// the space has room.
    async fn folder_change(&mut self, bytes: i64) -> Result<Change, StoreError> {
        let change = self.next_change_with(bytes).await?;
        let standing = self.standing(self.proof.uuid()).await?;
        if !standing.live || !standing.is_folder {
            return Err(StoreError::NotFound);
        }
        if standing.locks_in_space {
            self.require_unlocked(self.proof.uuid(), Reach::Node).await?;
        }
        Ok(change)
    }

    /// The next change of a tree in which the proof still holds. A right is proved before the bytes of an upload travel, and
    /// that takes its time.
    pub(super) async fn live_change(&mut self) -> Result<Change, StoreError> {
        let change = self.next_change().await?;
        self.require_live(self.proof.uuid()).await?;
        Ok(change)
    }

    /// T-40: the node is still there, nothing above it went to the trash, and whoever acts still has the proof's right. Behind the
    /// space's change number, so that nobody can change the tree or is half-way through it.
    pub(super) async fn require_live(&mut self, node: Uuid) -> Result<(), StoreError> {
        if self.standing(node).await?.live { Ok(()) } else { Err(StoreError::NotFound) }
    }

    async fn standing(&mut self, node: Uuid) -> Result<Standing, StoreError> {
        let (live, rank, is_folder, locks_in_space): (bool, Option<i32>, bool, bool) = on_tx!(self.tx, c => sqlx::query_as(
            "WITH RECURSIVE up (id, parent_id, trashed_at) AS (
                 SELECT id, parent_id, trashed_at FROM nodes WHERE id = $1 AND space_id = $2
                 UNION ALL SELECT n.id, n.parent_id, n.trashed_at FROM nodes n JOIN up ON n.id = up.parent_id)
             SELECT EXISTS (SELECT 1 FROM up) AND NOT EXISTS (SELECT 1 FROM up WHERE trashed_at IS NOT NULL),
                (SELECT MAX(r.role_rank) FROM space_rights r JOIN users u ON u.id = r.user_id
                 WHERE r.space_id = $2 AND r.user_id = $3 AND u.state = 'active'),
                EXISTS (SELECT 1 FROM nodes WHERE id = $1 AND kind = $4), EXISTS (SELECT 1 FROM locks WHERE space_id = $2 AND expires_at > $5)"
        ).bind(node).bind(self.proof.space_id().uuid()).bind(self.proof.actor_uuid()).bind(FOLDER).bind(self.now).fetch_one(c).await)?;
        let may = rank.and_then(SpaceRole::from_rank).is_some_and(L::allows);
        Ok(Standing { live: live && may, is_folder, locks_in_space })
    }

    pub(super) async fn parent(&mut self) -> Result<Uuid, StoreError> {
        let parent: Option<Uuid> = on_tx!(self.tx, c => sqlx::query_scalar("SELECT parent_id FROM nodes WHERE id = $1")
            .bind(self.proof.uuid()).fetch_one(c).await)?;
        parent.ok_or(StoreError::NotFound)
    }

    pub(super) async fn is_empty_folder(&mut self) -> Result<bool, StoreError> {
        Ok(on_tx!(self.tx, c => sqlx::query_scalar(
            "SELECT NOT EXISTS (SELECT 1 FROM nodes WHERE parent_id = $1 AND trashed_at IS NULL)"
        ).bind(self.proof.uuid()).fetch_one(c).await)?)
    }

    pub(super) async fn require_folder(&mut self, node: Uuid) -> Result<(), StoreError> {
        let found: bool = on_tx!(self.tx, c => sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM nodes WHERE id = $1 AND kind = $2 AND trashed_at IS NULL)"
        ).bind(node).bind(FOLDER).fetch_one(c).await)?;
        if found { Ok(()) } else { Err(StoreError::NotFound) }
    }

    async fn insert_node(
        &mut self,
        kind: i16,
        name: &FileName,
        size: i64,
        version: Option<VersionId>,
        change: Change,
        executable: bool,
    ) -> Result<NodeId, StoreError> {
        let id = NodeId::new();
        let done = execute!(
            self.tx,
            "INSERT INTO nodes (id, space_id, parent_id, kind, name, sort_key, size, etag, executable, created_at, changed_at, changed_by, version_id)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, $12)",
            id.uuid(),
            self.proof.space_id().uuid(),
            self.proof.uuid(),
            kind,
            name.as_str(),
            name.sort_key(),
            size,
            change.0,
            executable,
            self.now,
            self.proof.actor_uuid(),
            version.map(VersionId::uuid)
        );
        done.map_err(taken)?;
        self.set_target(Target::Node(id));
        self.detail("parent", self.proof.node().to_string());
        self.personal("name", name.as_str());
        Ok(id)
    }

    /// Its bytes are counted into the space already.
    ///
    /// # Errors
    /// [`StoreError::ContentGone`] when the collector has taken the content since it was stored.
    pub(super) async fn insert_version(
        &mut self,
        id: VersionId,
        node: NodeId,
        number: i64,
        content: NewContent,
        origin: Origin,
    ) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "INSERT INTO blobs (id, size, created_at) VALUES ($1, $2, $3)
             ON CONFLICT (id) DO UPDATE SET orphaned_at = NULL WHERE blobs.orphaned_at IS NOT NULL",
            content.blob.as_bytes().as_slice(),
            content.size,
            self.now
        )?;
        // A statement of its own, so that it sees the collector for whose commit the one before may have waited (`blobs.rs`).
        let named = execute!(
            self.tx,
            "INSERT INTO versions (id, node_id, number, blob_id, size, sha256, origin, created_at, created_by, created_via, request_id)
             SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 WHERE NOT EXISTS (SELECT 1 FROM blob_removals r WHERE r.blob_id = $4)",
            id.uuid(),
            node.uuid(),
            number,
            content.blob.as_bytes().as_slice(),
            content.size,
            content.sha256.as_slice(),
            origin.as_str(),
            self.now,
            self.proof.actor_uuid(),
            self.proof.actor().session,
            self.proof.actor().context.request.uuid()
        )?;
        if named != 1 {
            return Err(StoreError::ContentGone(content.blob));
        }
        self.detail("version", id.to_string());
        self.detail("sha256", hex::encode(content.sha256));
        self.detail("size", Json::Integer(content.size));
        Ok(())
    }

    /// The folder and all above it get the change's number and the difference in size.
    pub(super) async fn touch_ancestors(
        &mut self,
        folder: Option<Uuid>,
        change: Change,
        size: i64,
    ) -> Result<(), StoreError> {
        let Some(folder) = folder else { return Ok(()) };
        execute!(
            self.tx,
            "WITH RECURSIVE up (id, parent_id) AS (
                 SELECT id, parent_id FROM nodes WHERE id = $1
                 UNION ALL SELECT n.id, n.parent_id FROM nodes n JOIN up ON n.id = up.parent_id)
             UPDATE nodes SET etag = $2, size = size + $3 WHERE id IN (SELECT id FROM up)",
            folder,
            change.0,
            size
        )?;
        Ok(())
    }
}

pub(super) fn taken(error: sqlx::Error) -> StoreError {
    match StoreError::from(error) {
        StoreError::Exists => StoreError::NameTaken,
        other => other,
    }
}

pub(super) fn expect_one(changed: u64) -> Result<(), StoreError> {
    if changed == 1 { Ok(()) } else { Err(StoreError::NotFound) }
}
