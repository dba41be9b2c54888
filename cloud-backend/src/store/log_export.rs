//! The sealed log in order of position, page by page: for exports and for the verification of the database.

use carrel_audit_log::projection::Projection;
use uuid::Uuid;

use super::{LogFilter, Store, StoreError, Timestamp, Writer, connect::on_db, log_tree::number};
use crate::{
    audit::LogName,
    authz::{LogReader, Target},
};

/// One position and whether the filter shows its entry.
#[derive(Debug, Clone)]
pub(crate) struct PositionRow {
    pub(crate) index: u64,
    pub(crate) leaf_hash: Vec<u8>,
    pub(crate) shown: bool,
}

/// What the entries that a filter shows take in an export.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ExportSizes {
    pub(crate) entries: u64,
    /// The sum of the leaves' lengths.
    pub(crate) leaf_bytes: u64,
    /// The sum of the decimal digits of their positions.
    pub(crate) digits: u64,
}

/// A row of the log and of the search table, as they are.
#[derive(Debug, Clone)]
pub(crate) struct StoredEntry {
    pub(crate) index: u64,
    pub(crate) id: Uuid,
    pub(crate) leaf: Vec<u8>,
    pub(crate) leaf_hash: Vec<u8>,
    pub(crate) chain: Vec<u8>,
    /// `None` when the search table lacks the row.
    pub(crate) shown: Option<Projection>,
}

#[derive(sqlx::FromRow)]
struct StoredColumns {
    seq: i64,
    id: Uuid,
    leaf: Vec<u8>,
    leaf_hash: Vec<u8>,
    chain: Vec<u8>,
    ts: Option<Timestamp>,
    act: Option<String>,
    out: Option<String>,
    space: Option<String>,
    actor: Option<String>,
    tgt_t: Option<String>,
    tgt_id: Option<String>,
    req: Option<String>,
}

impl Store {
    /// The first position of the time span and the one after its last, below `size`; `None` when no entry lies in it.
    pub(crate) async fn log_span(
        &self,
        _: &impl LogReader,
        filter: &LogFilter,
        size: u64,
    ) -> Result<Option<(u64, u64)>, StoreError> {
        let (first, last): (Option<i64>, Option<i64>) = on_db!(self, p => sqlx::query_as(
            "SELECT MIN(seq), MAX(seq) FROM audit_index WHERE seq < $1 AND ($2 IS NULL OR ts >= $2) AND ($3 IS NULL OR ts < $3)"
        ).bind(number(size)?).bind(filter.from).bind(filter.to).fetch_one(p).await)?;
        Ok(first.zip(last).map(|(first, last)| (unsigned(first), unsigned(last) + 1)))
    }

    /// What the shown entries of `[start, end)` take.
    pub(crate) async fn export_sizes(
        &self,
        _: &impl LogReader,
        filter: &LogFilter,
        start: u64,
        end: u64,
    ) -> Result<ExportSizes, StoreError> {
        let (entries, leaf_bytes, digits): (i64, i64, i64) = on_db!(self, p => sqlx::query_as(
            "SELECT COUNT(*), CAST(COALESCE(SUM(length(l.leaf)), 0) AS BIGINT), CAST(COALESCE(SUM(length(CAST(l.seq AS TEXT))), 0) AS BIGINT)
             FROM audit_index i JOIN audit_log l ON l.seq = i.seq
             WHERE i.seq >= $1 AND i.seq < $2 AND ($3 IS NULL OR i.ts >= $3) AND ($4 IS NULL OR i.ts < $4) AND ($5 IS NULL OR i.actor = $5)
               AND ($6 IS NULL OR i.act = $6) AND ($7 IS NULL OR i.out = $7) AND ($8 IS NULL OR i.tgt_id = $8) AND ($9 IS NULL OR i.req = $9)"
        ).bind(number(start)?).bind(number(end)?).bind(filter.from).bind(filter.to).bind(filter.actor.as_deref()).bind(filter.action.as_deref())
            .bind(filter.outcome.as_deref()).bind(filter.target.as_deref()).bind(filter.request.as_deref()).fetch_one(p).await)?;
        Ok(ExportSizes { entries: unsigned(entries), leaf_bytes: unsigned(leaf_bytes), digits: unsigned(digits) })
    }

    /// Up to `limit` positions of `[start, end)`.
    pub(crate) async fn export_positions(
        &self,
        _: &impl LogReader,
        filter: &LogFilter,
        start: u64,
        end: u64,
        limit: i64,
    ) -> Result<Vec<PositionRow>, StoreError> {
        let rows: Vec<(i64, Vec<u8>, i32)> = on_db!(self, p => sqlx::query_as(
            "SELECT l.seq, l.leaf_hash, CAST(CASE WHEN i.seq IS NOT NULL AND ($3 IS NULL OR i.ts >= $3) AND ($4 IS NULL OR i.ts < $4)
               AND ($5 IS NULL OR i.actor = $5) AND ($6 IS NULL OR i.act = $6) AND ($7 IS NULL OR i.out = $7)
               AND ($8 IS NULL OR i.tgt_id = $8) AND ($9 IS NULL OR i.req = $9) THEN 1 ELSE 0 END AS INTEGER)
             FROM audit_log l LEFT JOIN audit_index i ON i.seq = l.seq WHERE l.seq >= $1 AND l.seq < $2 ORDER BY l.seq LIMIT $10"
        ).bind(number(start)?).bind(number(end)?).bind(filter.from).bind(filter.to).bind(filter.actor.as_deref()).bind(filter.action.as_deref())
            .bind(filter.outcome.as_deref()).bind(filter.target.as_deref()).bind(filter.request.as_deref()).bind(limit).fetch_all(p).await)?;
        Ok(rows
            .into_iter()
            .map(|(index, leaf_hash, shown)| PositionRow { index: unsigned(index), leaf_hash, shown: shown == 1 })
            .collect())
    }

    /// Up to `limit` shown entries of `[start, end)`: position and bytes.
    pub(crate) async fn export_entries(
        &self,
        _: &impl LogReader,
        filter: &LogFilter,
        start: u64,
        end: u64,
        limit: i64,
    ) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        let rows: Vec<(i64, Vec<u8>)> = on_db!(self, p => sqlx::query_as(
            "SELECT l.seq, l.leaf FROM audit_index i JOIN audit_log l ON l.seq = i.seq
             WHERE i.seq >= $1 AND i.seq < $2 AND ($3 IS NULL OR i.ts >= $3) AND ($4 IS NULL OR i.ts < $4) AND ($5 IS NULL OR i.actor = $5)
               AND ($6 IS NULL OR i.act = $6) AND ($7 IS NULL OR i.out = $7) AND ($8 IS NULL OR i.tgt_id = $8) AND ($9 IS NULL OR i.req = $9)
             ORDER BY l.seq LIMIT $10"
        ).bind(number(start)?).bind(number(end)?).bind(filter.from).bind(filter.to).bind(filter.actor.as_deref()).bind(filter.action.as_deref())
            .bind(filter.outcome.as_deref()).bind(filter.target.as_deref()).bind(filter.request.as_deref()).bind(limit).fetch_all(p).await)?;
        Ok(rows.into_iter().map(|(index, leaf)| (unsigned(index), leaf)).collect())
    }

    /// Up to `limit` rows from position `start` on, with what the search table says of each.
    pub(crate) async fn stored_entries(
        &self,
        _: &impl LogReader,
        start: u64,
        limit: i64,
    ) -> Result<Vec<StoredEntry>, StoreError> {
        let rows: Vec<StoredColumns> = on_db!(self, p => sqlx::query_as(
            "SELECT l.seq, l.id, l.leaf, l.leaf_hash, l.chain, i.ts, i.act, i.out, i.space, i.actor, i.tgt_t, i.tgt_id, i.req
             FROM audit_log l LEFT JOIN audit_index i ON i.seq = l.seq WHERE l.seq >= $1 ORDER BY l.seq LIMIT $2"
        ).bind(number(start)?).bind(limit).fetch_all(p).await)?;
        Ok(rows.into_iter().map(StoredEntry::from).collect())
    }

    /// The stored head without any reading of it: epoch, size, root, chain.
    pub(crate) async fn stored_head(
        &self,
        _: &impl LogReader,
    ) -> Result<Option<(i64, u64, Vec<u8>, Vec<u8>)>, StoreError> {
        let row: Option<(i64, i64, Vec<u8>, Vec<u8>)> = on_db!(self, p => sqlx::query_as("SELECT epoch, size, root, chain FROM audit_head WHERE one = 1").fetch_optional(p).await)?;
        Ok(row.map(|(epoch, size, root, chain)| (epoch, unsigned(size), root, chain)))
    }
}

impl<P: LogReader> Writer<'_, P> {
    /// The entry of an export says what was asked for.
    pub(crate) fn note_export(&mut self, log: &LogName, filter: &LogFilter) {
        self.set_target(Target::Log);
        self.detail("epoch", carrel_audit_log::Json::Integer(log.epoch()));
        self.note_filter(filter);
    }

    /// Notes which entries are looked at.
    pub(crate) fn note_filter(&mut self, filter: &LogFilter) {
        for (key, value) in filter.named() {
            self.detail(key, value);
        }
        if let Some(before) = filter.before {
            self.detail("before", carrel_audit_log::Json::Integer(before));
        }
    }
}

impl From<StoredColumns> for StoredEntry {
    fn from(row: StoredColumns) -> Self {
        let shown = row.ts.zip(row.act).zip(row.out).map(|((at, action), outcome)| Projection {
            at: at.time(),
            action,
            outcome,
            space: row.space,
            actor: row.actor,
            target_kind: row.tgt_t,
            target: row.tgt_id,
            request: row.req,
        });
        Self { index: unsigned(row.seq), id: row.id, leaf: row.leaf, leaf_hash: row.leaf_hash, chain: row.chain, shown }
    }
}

/// Positions, sizes and counts are never negative.
fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}
