//! The sealed log as a tree: its nodes for proofs, and its signed heads. Sealed rows never change, so no transaction is needed.

use carrel_audit_log::{
    Hash, SignedNote,
    tree::{NodeId, fold},
};

use super::{
    Store, StoreError, Timestamp,
    connect::{execute, on_db},
    seal::{TILE_LEVELS, TILE_WIDTH},
};
use crate::audit::LogName;

/// A signed head as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct KeptCheckpoint {
    pub(crate) size: u64,
    pub(crate) note: SignedNote,
}

impl Store {
    /// The hashes of perfect subtrees, in the order of `nodes`.
    pub(crate) async fn tree_nodes(
        &self,
        log: &LogName,
        nodes: impl IntoIterator<Item = NodeId>,
    ) -> Result<Vec<Hash>, StoreError> {
        let mut hashes = Vec::new();
        for node in nodes {
            hashes.push(self.tree_node(log, node).await?);
        }
        Ok(hashes)
    }

    async fn tree_node(&self, log: &LogName, node: NodeId) -> Result<Hash, StoreError> {
        let level = node.level / TILE_LEVELS;
        let width = 1_u64 << (node.level % TILE_LEVELS);
        let first = node.index * width;
        let bytes = if level == 0 {
            let rows: Vec<Vec<u8>> = on_db!(self, p => sqlx::query_scalar("SELECT leaf_hash FROM audit_log WHERE seq >= $1 AND seq < $2 ORDER BY seq")
                .bind(number(first)?).bind(number(first + width)?).fetch_all(p).await)?;
            rows.concat()
        } else {
            let tile: Vec<u8> = on_db!(self, p => sqlx::query_scalar("SELECT hashes FROM audit_tile WHERE epoch = $1 AND level = $2 AND n = $3")
                .bind(log.epoch()).bind(i64::from(level)).bind(number(first / TILE_WIDTH)?).fetch_one(p).await)?;
            let start = usize::try_from(first % TILE_WIDTH * 32).unwrap_or(usize::MAX);
            let end = start.saturating_add(usize::try_from(width * 32).unwrap_or(usize::MAX));
            tile.get(start..end).ok_or(StoreError::Log("a tile of the log's tree is damaged"))?.to_vec()
        };
        let (hashes, rest) = bytes.as_chunks::<32>();
        let mut hashes = hashes.to_vec();
        if !rest.is_empty() || hashes.len() as u64 != width {
            return Err(StoreError::Log("entries of the log are missing"));
        }
        while hashes.len() > 1 {
            hashes = hashes.chunks(2).map(fold).collect();
        }
        hashes.pop().ok_or(StoreError::Log("entries of the log are missing"))
    }

    /// The newest signed head of the epoch.
    pub(crate) async fn last_checkpoint(&self, log: &LogName) -> Result<Option<KeptCheckpoint>, StoreError> {
        let row: Option<(i64, String)> = on_db!(self, p => sqlx::query_as("SELECT size, note FROM audit_checkpoint WHERE epoch = $1 ORDER BY size DESC LIMIT 1")
            .bind(log.epoch()).fetch_optional(p).await)?;
        row.map(kept).transpose()
    }

    /// The next signed heads after `size`, smallest first.
    pub(crate) async fn checkpoints_after(
        &self,
        log: &LogName,
        size: u64,
        limit: i64,
    ) -> Result<Vec<KeptCheckpoint>, StoreError> {
        let rows: Vec<(i64, String)> = on_db!(self, p => sqlx::query_as("SELECT size, note FROM audit_checkpoint WHERE epoch = $1 AND size > $2 ORDER BY size LIMIT $3")
            .bind(log.epoch()).bind(number(size)?).bind(limit).fetch_all(p).await)?;
        rows.into_iter().map(kept).collect()
    }

    /// Keeps a signed head; one that is there already stays.
    pub(crate) async fn keep_checkpoint(&self, log: &LogName, size: u64, note: &SignedNote) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        execute!(
            &mut tx,
            "INSERT INTO audit_checkpoint (epoch, size, note, anchors, signed_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (epoch, size) DO NOTHING",
            log.epoch(),
            number(size)?,
            note.to_string(),
            "[]",
            Timestamp::now()
        )?;
        tx.commit_aside().await
    }
}

fn kept((size, note): (i64, String)) -> Result<KeptCheckpoint, StoreError> {
    let note = SignedNote::parse(note.as_bytes()).map_err(|_| StoreError::Log("a signed head is damaged"))?;
    Ok(KeptCheckpoint { size: u64::try_from(size).unwrap_or(0), note })
}

pub(super) fn number(value: u64) -> Result<i64, StoreError> {
    i64::try_from(value).map_err(|_| StoreError::Log("a position is beyond what the log can hold"))
}
