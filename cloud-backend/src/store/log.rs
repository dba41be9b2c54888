//! Reading the log for people: newest first, by index, with filters that indices answer.

use carrel_ids::EntryId;
use uuid::Uuid;

use super::{OpenedPersonal, Store, StoreError, Timestamp, connect::on_db};
use crate::authz::{ReadLog, SystemAccess};

/// Which entries are asked for. Absent members match all.
#[derive(Debug, Clone, Default)]
pub struct LogFilter {
    /// Only entries of lower positions.
    pub before: Option<i64>,
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
    /// Identifier of the acting person.
    pub actor: Option<String>,
    pub action: Option<String>,
    pub outcome: Option<String>,
    /// Identifier of the target.
    pub target: Option<String>,
    /// Request identifier.
    pub request: Option<String>,
}

/// A filter cannot be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidFilter {
    /// No entry has such a value, and PostgreSQL's texts cannot hold it.
    #[error("a filter cannot contain a NUL")]
    Nul,
    /// A filter stands in the entry of the look itself.
    #[error("a filter has at most {MAX_FILTER} bytes")]
    TooLong,
}

/// No identifier and no code of an act is longer.
const MAX_FILTER: usize = 256;

impl LogFilter {
    /// # Errors
    /// [`InvalidFilter`].
    pub fn check(&self) -> Result<(), InvalidFilter> {
        for text in [&self.actor, &self.action, &self.outcome, &self.target, &self.request].into_iter().flatten() {
            if text.contains('\0') {
                return Err(InvalidFilter::Nul);
            }
            if text.len() > MAX_FILTER {
                return Err(InvalidFilter::TooLong);
            }
        }
        Ok(())
    }

    /// The members that are set, by the names that exports and the log use.
    pub(crate) fn named(&self) -> Vec<(&'static str, String)> {
        let members = [
            ("from", self.from.map(|at| at.to_string())),
            ("to", self.to.map(|at| at.to_string())),
            ("actor", self.actor.clone()),
            ("action", self.action.clone()),
            ("outcome", self.outcome.clone()),
            ("target", self.target.clone()),
            ("request", self.request.clone()),
        ];
        members.into_iter().filter_map(|(key, value)| value.map(|value| (key, value))).collect()
    }
}

/// A sealed entry.
#[derive(Debug, Clone)]
pub struct LogRow {
    pub index: i64,
    pub id: EntryId,
    pub leaf: Vec<u8>,
    pub leaf_hash: Vec<u8>,
    /// What lies beside the leaf and was not erased.
    pub personal: Vec<OpenedPersonal>,
}

#[derive(sqlx::FromRow)]
struct LogColumns {
    seq: i64,
    id: Uuid,
    leaf: Vec<u8>,
    leaf_hash: Vec<u8>,
    kid: Option<String>,
    nonce: Option<Vec<u8>>,
    ct: Option<Vec<u8>>,
    wrapped: Option<Vec<u8>>,
}

/// How far the log is sealed and signed.
#[derive(Debug, Clone)]
pub struct LogHead {
    pub size: i64,
    pub sealed_at: Option<Timestamp>,
    pub signed_size: i64,
    pub signed_at: Option<Timestamp>,
    /// Entries that are committed and not sealed yet.
    pub waiting: i64,
}

impl Store {
    /// Up to `limit` entries, newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn log_entries(
        &self,
        _: &SystemAccess<ReadLog>,
        filter: &LogFilter,
        limit: i64,
    ) -> Result<Vec<LogRow>, StoreError> {
        // An absent filter is a parameter that is NULL: one text for both databases, no text made at run time.
        let rows: Vec<LogColumns> = on_db!(self, p => sqlx::query_as(
            "SELECT l.seq, l.id, l.leaf, l.leaf_hash, p.kid, p.nonce, p.ct, k.wrapped FROM
                (SELECT l.seq, l.id, l.leaf, l.leaf_hash FROM audit_index i JOIN audit_log l ON l.seq = i.seq
                 WHERE i.seq < $1 AND ($2 IS NULL OR i.ts >= $2) AND ($3 IS NULL OR i.ts < $3) AND ($4 IS NULL OR i.actor = $4)
                   AND ($5 IS NULL OR i.act = $5) AND ($6 IS NULL OR i.out = $6) AND ($7 IS NULL OR i.tgt_id = $7) AND ($8 IS NULL OR i.req = $8)
                 ORDER BY i.seq DESC LIMIT $9) l
             LEFT JOIN audit_personal p ON p.entry_id = l.id LEFT JOIN audit_subject_key k ON k.kid = p.kid
             ORDER BY l.seq DESC, p.kid"
        )
            .bind(filter.before.unwrap_or(i64::MAX)).bind(filter.from).bind(filter.to).bind(filter.actor.as_deref()).bind(filter.action.as_deref())
            .bind(filter.outcome.as_deref()).bind(filter.target.as_deref()).bind(filter.request.as_deref()).bind(limit).fetch_all(p).await)?;
        let mut entries: Vec<LogRow> = Vec::new();
        for row in rows {
            let id = EntryId::from(row.id);
            // An entry with personal data of several subjects has several rows, one behind the other.
            if entries.last().is_none_or(|entry| entry.index != row.seq) {
                let (leaf, leaf_hash) = (row.leaf, row.leaf_hash);
                entries.push(LogRow { index: row.seq, id, leaf, leaf_hash, personal: Vec::new() });
            }
            let sealed = row.kid.zip(row.nonce).zip(row.ct).zip(row.wrapped);
            if let (Some(entry), Some((((kid, nonce), ct), wrapped))) = (entries.last_mut(), sealed) {
                entry.personal.push(self.open_sealed(id, kid, nonce, ct, &wrapped)?);
            }
        }
        Ok(entries)
    }

    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn log_head(&self, _: &SystemAccess<ReadLog>) -> Result<LogHead, StoreError> {
        let head: Option<(i64, Timestamp)> = on_db!(self, p => sqlx::query_as("SELECT size, sealed_at FROM audit_head WHERE one = 1").fetch_optional(p).await)?;
        let signed: Option<(i64, Timestamp)> = on_db!(self, p => sqlx::query_as(
            "SELECT size, signed_at FROM audit_checkpoint ORDER BY epoch DESC, size DESC LIMIT 1").fetch_optional(p).await)?;
        let waiting: i64 =
            on_db!(self, p => sqlx::query_scalar("SELECT COUNT(*) FROM audit_outbox").fetch_one(p).await)?;
        Ok(LogHead {
            size: head.map_or(0, |h| h.0),
            sealed_at: head.map(|h| h.1),
            signed_size: signed.map_or(0, |s| s.0),
            signed_at: signed.map(|s| s.1),
            waiting,
        })
    }
}
