//! Gives waiting entries their positions, hashes and chain values, in one transaction for each batch. Any replica may do it:
//! the head's row changes only from the size that was read, so of two that seal at once one fails and leaves nothing.

use std::collections::BTreeMap;

use carrel_audit_log::{
    Hash, Leaf, hash,
    projection::Projection,
    tree::{Frontier, NodeId},
};
use uuid::Uuid;

use super::{
    Store, StoreError, Timestamp,
    connect::{Tx, execute, on_db, on_tx},
    log_tree::number,
};
use crate::audit::LogName;

/// Entries of one batch.
const BATCH: i64 = 4096;
/// Rows of one INSERT: five values each stay below every database's limit of parameters.
const ROWS: usize = 500;
/// A tile holds so many hashes of one level.
pub(super) const TILE_WIDTH: u64 = 256;
/// Levels of the tree between two levels of tiles.
pub(super) const TILE_LEVELS: u8 = 8;
/// Keeps replicas from queueing for the same batch; correctness does not depend on it.
const ADVISORY_LOCK: i64 = 0x5753_4155;

/// How far the log is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SealedHead {
    pub(crate) frontier: Frontier,
    pub(crate) chain: Hash,
}

impl SealedHead {
    #[must_use]
    pub(crate) fn size(&self) -> u64 {
        self.frontier.size()
    }
}

struct SealedRow {
    seq: i64,
    id: Uuid,
    leaf: Vec<u8>,
    leaf_hash: Hash,
    chain: Hash,
    shown: Projection,
}

type HeadRow = (i64, i64, Vec<u8>, Vec<u8>);

impl Store {
    /// Ready when a commit of this process left something to seal.
    pub(crate) async fn sealable(&self) {
        self.inner.signals.sealable.notified().await;
    }

    /// Whether entries wait, of this process or of another.
    pub(crate) async fn has_waiting_entries(&self) -> Result<bool, StoreError> {
        let waiting: i64 = on_db!(self, p => sqlx::query_scalar(
            "SELECT COUNT(*) FROM (SELECT 1 FROM audit_outbox LIMIT 1) AS waiting").fetch_one(p).await)?;
        Ok(waiting > 0)
    }

    /// The sealed head; that of an empty log when nothing was sealed yet.
    pub(crate) async fn sealed_head(&self, log: &LogName) -> Result<SealedHead, StoreError> {
        let row: Option<HeadRow> = on_db!(self, p => sqlx::query_as("SELECT epoch, size, chain, frontier FROM audit_head WHERE one = 1")
            .fetch_optional(p).await)?;
        read_head(row, log)
    }

    /// Seals one batch. Returns how many entries it had; 0 also when another replica is at it.
    pub(crate) async fn seal_batch(&self, log: &LogName) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        if let Tx::Postgres(t) = &mut tx {
            let mine: bool = sqlx::query_scalar("SELECT pg_try_advisory_xact_lock($1)")
                .bind(ADVISORY_LOCK)
                .fetch_one(&mut **t)
                .await?;
            if !mine {
                return Ok(0);
            }
        }
        let row: Option<HeadRow> = on_tx!(&mut tx, c => sqlx::query_as("SELECT epoch, size, chain, frontier FROM audit_head WHERE one = 1")
            .fetch_optional(c).await)?;
        let first = row.is_none();
        let head = read_head(row, log)?;
        let mut waiting: Vec<(Uuid, Vec<u8>, Timestamp)> = on_tx!(&mut tx, c => sqlx::query_as(
            "DELETE FROM audit_outbox WHERE id IN (SELECT id FROM audit_outbox ORDER BY born, id LIMIT $1) RETURNING id, leaf, born"
        ).bind(BATCH).fetch_all(c).await)?;
        if waiting.is_empty() {
            return Ok(0);
        }
        waiting.sort_by_key(|(id, _, born)| (*born, *id));
        let sealed = waiting.len() as u64;
        let (next, rows, nodes) = seal(&head, waiting)?;
        insert_rows(&mut tx, &rows).await?;
        append_tiles(&mut tx, log, &nodes).await?;
        if !write_head(&mut tx, log, first, &head, &next).await? {
            // Another replica was faster; dropping the transaction leaves its entries alone.
            return Ok(0);
        }
        tx.commit().await?;
        Ok(sealed)
    }
}

fn read_head(row: Option<HeadRow>, log: &LogName) -> Result<SealedHead, StoreError> {
    let Some((epoch, size, chain, frontier)) = row else {
        return Ok(SealedHead { frontier: Frontier::new(), chain: hash::genesis(log.origin()) });
    };
    if epoch != log.epoch() {
        return Err(StoreError::Log("the database holds the log of another epoch"));
    }
    let frontier = u64::try_from(size).ok().and_then(|size| Frontier::from_bytes(size, &frontier));
    let chain = chain.try_into().ok();
    frontier
        .zip(chain)
        .map(|(frontier, chain)| SealedHead { frontier, chain })
        .ok_or(StoreError::Log("the log's head is damaged"))
}

/// The head after `waiting`, their rows, and the tree's nodes that tiles keep.
#[allow(clippy::type_complexity, reason = "used once, directly below")]
fn seal(
    head: &SealedHead,
    waiting: Vec<(Uuid, Vec<u8>, Timestamp)>,
) -> Result<(SealedHead, Vec<SealedRow>, Vec<(NodeId, Hash)>), StoreError> {
    let mut next = head.clone();
    let (mut rows, mut nodes) = (Vec::with_capacity(waiting.len()), Vec::new());
    for (id, leaf, _) in waiting {
        let index = next.size();
        let shown = Projection::of(&Leaf::parse(&leaf)?);
        let leaf_hash = hash::leaf_hash(&leaf);
        next.chain = hash::chain(index, &next.chain, &leaf_hash);
        next.frontier.append_noting(leaf_hash, |node, hash| {
            if node.level.is_multiple_of(TILE_LEVELS) {
                nodes.push((node, *hash));
            }
        });
        let seq = number(index)?;
        rows.push(SealedRow { seq, id, leaf, leaf_hash, chain: next.chain, shown });
    }
    Ok((next, rows, nodes))
}

async fn insert_rows(tx: &mut Tx, rows: &[SealedRow]) -> Result<(), StoreError> {
    for part in rows.chunks(ROWS) {
        on_tx!(tx, c => {
            let mut insert = sqlx::QueryBuilder::new("INSERT INTO audit_log (seq, id, leaf, leaf_hash, chain) ");
            insert.push_values(part, |mut row, sealed| {
                row.push_bind(sealed.seq).push_bind(sealed.id).push_bind(sealed.leaf.as_slice());
                row.push_bind(sealed.leaf_hash.as_slice()).push_bind(sealed.chain.as_slice());
            });
            insert.build().execute(c).await.map(drop)
        })?;
        on_tx!(tx, c => {
            let mut insert = sqlx::QueryBuilder::new("INSERT INTO audit_index (seq, ts, act, out, space, actor, tgt_t, tgt_id, req) ");
            insert.push_values(part, |mut row, sealed| {
                let shown = &sealed.shown;
                row.push_bind(sealed.seq).push_bind(Timestamp::from(shown.at)).push_bind(shown.action.as_str()).push_bind(shown.outcome.as_str());
                row.push_bind(shown.space.as_deref()).push_bind(shown.actor.as_deref()).push_bind(shown.target_kind.as_deref());
                row.push_bind(shown.target.as_deref()).push_bind(shown.request.as_deref());
            });
            insert.build().execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// Appends the finished nodes of every eighth level to their tiles, so that a proof reads at most 256 hashes for a node. Each tile
/// that the batch touches is read and written once.
async fn append_tiles(tx: &mut Tx, log: &LogName, nodes: &[(NodeId, Hash)]) -> Result<(), StoreError> {
    let mut touched: BTreeMap<(u8, u64), Vec<(u64, Hash)>> = BTreeMap::new();
    for (node, hash) in nodes {
        let tile = (node.level / TILE_LEVELS, node.index / TILE_WIDTH);
        touched.entry(tile).or_default().push((node.index % TILE_WIDTH, *hash));
    }
    for ((level, tile), added) in touched {
        let (level, tile) = (i64::from(level), number(tile)?);
        let known: Option<Vec<u8>> = on_tx!(tx, c => sqlx::query_scalar("SELECT hashes FROM audit_tile WHERE epoch = $1 AND level = $2 AND n = $3")
            .bind(log.epoch()).bind(level).bind(tile).fetch_optional(c).await)?;
        let mut hashes = known.unwrap_or_default();
        for (place, hash) in added {
            if hashes.len() as u64 != place * 32 {
                return Err(StoreError::Log("a tile of the log's tree is damaged"));
            }
            hashes.extend_from_slice(&hash);
        }
        execute!(
            tx,
            "INSERT INTO audit_tile (epoch, level, n, hashes) VALUES ($1, $2, $3, $4)
             ON CONFLICT (epoch, level, n) DO UPDATE SET hashes = excluded.hashes",
            log.epoch(),
            level,
            tile,
            hashes
        )?;
    }
    Ok(())
}

/// Moves the head if it is still where it was read; otherwise says `false`.
async fn write_head(
    tx: &mut Tx,
    log: &LogName,
    first: bool,
    old: &SealedHead,
    new: &SealedHead,
) -> Result<bool, StoreError> {
    let (root, frontier, now) = (new.frontier.root(), new.frontier.to_bytes(), Timestamp::now());
    let changed = if first {
        execute!(
            tx,
            "INSERT INTO audit_head (one, epoch, size, root, chain, frontier, min_index, sealed_at) VALUES (1, $1, $2, $3, $4, $5, 0, $6)",
            log.epoch(),
            number(new.size())?,
            root.as_slice(),
            new.chain.as_slice(),
            frontier,
            now
        )?
    } else {
        execute!(
            tx,
            "UPDATE audit_head SET size = $1, root = $2, chain = $3, frontier = $4, sealed_at = $5 WHERE one = 1 AND epoch = $6 AND size = $7",
            number(new.size())?,
            root.as_slice(),
            new.chain.as_slice(),
            frontier,
            now,
            log.epoch(),
            number(old.size())?
        )?
    };
    Ok(changed == 1)
}
