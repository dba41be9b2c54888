//! Locks on nodes (RFC 4918, 6 and 7). Every change of a tree asks [`Writer::require_unlocked`] in its own transaction, whatever
//! protocol it came by; a lock that has expired is none, whether its row is still there or not.

use carrel_ids::{LockId, NodeId, UserId};
use uuid::Uuid;

use super::{
    Store, StoreError, Timestamp, Writer,
    connect::{execute, on_db, on_tx},
};
use crate::authz::{FileAccess, FileName, Level, Read, Write};

/// Locks that one person may hold at once.
const MAX_OF_ONE: i64 = 1000;

/// What a change reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// The node's own content or properties, or which children it has.
    Node,
    /// The node goes from where it is, with all below it: its parent loses a child, and locks on what goes end (RFC 4918, 7.7).
    Tree,
}

/// A lock, seen from a node.
#[derive(Debug, Clone)]
pub struct LockRow {
    pub id: LockId,
    pub node: NodeId,
    pub exclusive: bool,
    /// Also all below its node.
    pub deep: bool,
    pub holder: (UserId, String),
    /// How the client calls its owner, as an XML element; may be empty.
    pub owner: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    /// How many folders above the node that was asked about it stands; none when it is on one of its children.
    pub above: Option<usize>,
}

/// A lock that is wanted.
#[derive(Debug, Clone)]
pub struct NewLock {
    pub id: LockId,
    pub exclusive: bool,
    pub deep: bool,
    pub owner: String,
    pub lasts: time::Duration,
}

#[derive(sqlx::FromRow)]
struct LockColumns {
    id: Uuid,
    node_id: Uuid,
    exclusive: bool,
    deep: bool,
    user_id: Uuid,
    display_name: String,
    owner: String,
    created_at: Timestamp,
    expires_at: Timestamp,
    above: i32,
}

/// A lock that a change meets.
#[derive(Debug, sqlx::FromRow)]
struct Met {
    id: Uuid,
    node_id: Uuid,
    user_id: Uuid,
    exclusive: bool,
    deep: bool,
    /// It stands on the node itself or below it.
    within: bool,
}

impl Store {
    /// The locks that hold for the proof's node, and with `children` those that stand on its children.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn locks_around(&self, access: &FileAccess<Read>, children: bool) -> Result<Vec<LockRow>, StoreError> {
        let rows: Vec<LockColumns> = on_db!(self, p => sqlx::query_as(
            "WITH RECURSIVE up (id, parent_id, depth) AS (
                 SELECT id, parent_id, 0 FROM nodes WHERE id = $1
                 UNION ALL SELECT n.id, n.parent_id, up.depth + 1 FROM nodes n JOIN up ON n.id = up.parent_id)
             SELECT l.id, l.node_id, l.exclusive, l.deep, l.user_id, u.display_name, l.owner, l.created_at, l.expires_at,
                    COALESCE(up.depth, -1) AS above
             FROM locks l JOIN users u ON u.id = l.user_id LEFT JOIN up ON up.id = l.node_id
             WHERE l.space_id = $2 AND l.expires_at > $3
               AND (up.depth = 0 OR (up.depth > 0 AND l.deep)
                    OR ($4 AND EXISTS (SELECT 1 FROM nodes c WHERE c.id = l.node_id AND c.parent_id = $1 AND c.trashed_at IS NULL)))
             ORDER BY l.created_at, l.id"
        ).bind(access.node().uuid()).bind(access.space_id().uuid()).bind(Timestamp::now()).bind(children).fetch_all(p).await)?;
        Ok(rows
            .into_iter()
            .map(|row| LockRow {
                id: row.id.into(),
                node: row.node_id.into(),
                exclusive: row.exclusive,
                deep: row.deep,
                holder: (row.user_id.into(), row.display_name),
                owner: row.owner,
                created_at: row.created_at,
                expires_at: row.expires_at,
                above: usize::try_from(row.above).ok(),
            })
            .collect())
    }
}

impl<L: Level> Writer<'_, FileAccess<L>> {
    /// Refuses what a lock forbids, unless the request showed the token of it and the person who acts holds it. Of several shared
    /// locks on one node, one is enough. Behind the space's change number, so that no lock comes in between.
    pub(super) async fn require_unlocked(&mut self, node: Uuid, reach: Reach) -> Result<(), StoreError> {
        let met = self.locks_met(node, reach).await?;
        let actor = self.acting_user().map(UserId::uuid);
        let shown = |met: &Met| Some(met.user_id) == actor && self.proof.shown_locks().contains(&LockId::from(met.id));
        let refused = met.iter().any(|lock| {
            let one_of_its_node = || met.iter().any(|other| other.node_id == lock.node_id && shown(other));
            if lock.exclusive { !shown(lock) } else { !one_of_its_node() }
        });
        if refused {
            return Err(StoreError::Locked);
        }
        if reach == Reach::Tree {
            for lock in met.iter().filter(|lock| lock.within) {
                execute!(self.tx, "DELETE FROM locks WHERE id = $1", lock.id)?;
            }
        }
        Ok(())
    }

    /// The locks that stand in the way of a change. With none in the space this costs one look into an index.
    async fn locks_met(&mut self, node: Uuid, reach: Reach) -> Result<Vec<Met>, StoreError> {
        Ok(on_tx!(self.tx, c => sqlx::query_as(
            "WITH RECURSIVE active (id, node_id, user_id, exclusive, deep) AS (
                 SELECT id, node_id, user_id, exclusive, deep FROM locks WHERE space_id = $1 AND expires_at > $2),
             up (id, parent_id, depth) AS (
                 SELECT id, parent_id, 0 FROM nodes WHERE id = $3 AND EXISTS (SELECT 1 FROM active)
                 UNION ALL SELECT n.id, n.parent_id, up.depth + 1 FROM nodes n JOIN up ON n.id = up.parent_id),
             chain (lock_id, node_id, parent_id) AS (
                 SELECT a.id, n.id, n.parent_id FROM active a JOIN nodes n ON n.id = a.node_id WHERE $4
                 UNION ALL SELECT chain.lock_id, n.id, n.parent_id FROM nodes n JOIN chain ON n.id = chain.parent_id)
             SELECT a.id, a.node_id, a.user_id, a.exclusive, a.deep, (up.depth = 0) AS within FROM active a JOIN up ON up.id = a.node_id
             WHERE up.depth = 0 OR a.deep OR ($4 AND up.depth = 1)
             UNION ALL
             SELECT a.id, a.node_id, a.user_id, a.exclusive, a.deep, (1 = 1) AS within FROM active a JOIN chain ON chain.lock_id = a.id
             WHERE chain.node_id = $3 AND a.node_id <> $3"
        ).bind(self.proof.space_id().uuid()).bind(self.now).bind(node).bind(reach == Reach::Tree).fetch_all(c).await)?)
    }
}

impl Writer<'_, FileAccess<Write>> {
    /// Locks the proof's node.
    ///
    /// # Errors
    /// [`StoreError::Locked`] when another lock forbids it; [`StoreError::TooManyLocks`].
    pub async fn lock_node(&mut self, lock: &NewLock) -> Result<(), StoreError> {
        self.live_change().await?;
        let node = self.proof.node().uuid();
        let met = self.locks_met(node, if lock.deep { Reach::Tree } else { Reach::Node }).await?;
        // A lock on the parent alone is about which children it has.
        if met.iter().filter(|met| met.within || met.deep).any(|met| lock.exclusive || met.exclusive) {
            return Err(StoreError::Locked);
        }
        self.insert_lock(node, lock).await
    }

    /// Makes a file without content in the proof's folder and locks it (RFC 4918, 7.3).
    ///
    /// # Errors
    /// As [`Writer::create_file`] and [`Writer::lock_node`].
    pub async fn create_locked(
        &mut self,
        name: &FileName,
        empty: super::NewContent,
        lock: &NewLock,
    ) -> Result<NodeId, StoreError> {
        let (node, _) = self.create_file(name, empty, false, super::Origin::Upload).await?;
        self.insert_lock(node.uuid(), lock).await?;
        Ok(node)
    }

    async fn insert_lock(&mut self, node: Uuid, lock: &NewLock) -> Result<(), StoreError> {
        let user = self.acting_user().ok_or(StoreError::NotFound)?;
        let held: i64 = on_tx!(self.tx, c => sqlx::query_scalar("SELECT COUNT(*) FROM locks WHERE user_id = $1 AND expires_at > $2")
            .bind(user.uuid()).bind(self.now).fetch_one(c).await)?;
        if held >= MAX_OF_ONE {
            return Err(StoreError::TooManyLocks);
        }
        execute!(
            self.tx,
            "INSERT INTO locks (id, node_id, space_id, user_id, exclusive, deep, owner, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            lock.id.uuid(),
            node,
            self.proof.space_id().uuid(),
            user.uuid(),
            lock.exclusive,
            lock.deep,
            lock.owner.as_str(),
            self.now,
            self.now.plus(lock.lasts)
        )?;
        self.detail("lock", lock.id.to_string());
        Ok(())
    }

    /// Gives a lock that the person holds, and that holds for the proof's node, new time.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none.
    pub async fn refresh_lock(&mut self, lock: LockId, lasts: time::Duration) -> Result<(), StoreError> {
        self.own_lock(lock).await?;
        execute!(self.tx, "UPDATE locks SET expires_at = $1 WHERE id = $2", self.now.plus(lasts), lock.uuid())?;
        Ok(())
    }

    /// Ends a lock that the person holds and that holds for the proof's node.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when none of this name holds for it; [`StoreError::Locked`] when it is another's.
    pub async fn release_lock(&mut self, lock: LockId) -> Result<(), StoreError> {
        self.own_lock(lock).await?;
        execute!(self.tx, "DELETE FROM locks WHERE id = $1", lock.uuid())?;
        Ok(())
    }

    async fn own_lock(&mut self, lock: LockId) -> Result<(), StoreError> {
        self.live_change().await?;
        self.detail("lock", lock.to_string());
        let met = self.locks_met(self.proof.node().uuid(), Reach::Node).await?;
        let met = met.iter().find(|met| met.id == lock.uuid()).ok_or(StoreError::NotFound)?;
        if Some(met.user_id) == self.acting_user().map(UserId::uuid) { Ok(()) } else { Err(StoreError::Locked) }
    }

    /// Takes a lock away that holds for the proof's node: its holder may, and whoever manages the space.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none; [`StoreError::Locked`] for everybody else.
    pub async fn break_lock(&mut self, lock: LockId) -> Result<(), StoreError> {
        match self.own_lock(lock).await {
            Err(StoreError::Locked) if self.proof.manages_space() => {}
            other => other?,
        }
        execute!(self.tx, "DELETE FROM locks WHERE id = $1", lock.uuid())?;
        Ok(())
    }
}
