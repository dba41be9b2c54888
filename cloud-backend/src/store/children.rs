//! What a folder holds, a page at a time in the order that the asker wants. A page costs the same wherever it stands: each order has
//! its index, and a page goes on behind the last row of the page before.

use carrel_ids::NodeId;
use uuid::Uuid;

use super::{
    Store, StoreError, Timestamp,
    connect::on_db,
    files::{FILE, FOLDER, NodeColumns, NodeRow, node_select},
};
use crate::authz::{FileAccess, Read};

/// Rows that are read at once while names are searched.
const STEP: i64 = 1000;
/// Rows that one search for names looks at before it answers with what it found so far.
const LOOKED_AT: i64 = 20_000;

/// What the children are sorted by; folders come first in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortBy {
    Name,
    Size,
    Changed,
}

/// The order of a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChildrenOrder {
    pub by: SortBy,
    pub descending: bool,
}

/// What a row is sorted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SortKey {
    Name(String),
    /// Bytes.
    Size(i64),
    Changed(Timestamp),
}

/// Where a listing goes on: behind this row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChildrenCursor {
    pub descending: bool,
    pub is_folder: bool,
    pub key: SortKey,
    pub id: NodeId,
}

impl ChildrenCursor {
    /// The cursor of a row in a listing of this order.
    #[must_use]
    pub fn of(row: &NodeRow, order: ChildrenOrder) -> Self {
        let key = match order.by {
            SortBy::Name => SortKey::Name(row.sort_key.clone()),
            SortBy::Size => SortKey::Size(row.size),
            SortBy::Changed => SortKey::Changed(row.changed_at),
        };
        Self { descending: order.descending, is_folder: row.is_folder, key, id: row.id }
    }

    /// The order of the listing that it belongs to.
    #[must_use]
    pub fn order(&self) -> ChildrenOrder {
        let by = match self.key {
            SortKey::Name(_) => SortBy::Name,
            SortKey::Size(_) => SortBy::Size,
            SortKey::Changed(_) => SortBy::Changed,
        };
        ChildrenOrder { by, descending: self.descending }
    }
}

/// The statement of a first page and that of a later one, of folders or of files alone.
macro_rules! pages {
    ($key:literal, $behind:literal, $direction:literal) => {
        [
            concat!(
                node_select!("WHERE n.parent_id = $1 AND n.kind = $2 AND n.trashed_at IS NULL ORDER BY n."),
                $key,
                $direction,
                ", n.id",
                $direction,
                " LIMIT $3"
            ),
            concat!(
                node_select!("WHERE n.parent_id = $1 AND n.kind = $2 AND n.trashed_at IS NULL AND (n."),
                $key,
                ", n.id)",
                $behind,
                "($4, $5) ORDER BY n.",
                $key,
                $direction,
                ", n.id",
                $direction,
                " LIMIT $3"
            ),
        ]
    };
}

impl ChildrenOrder {
    fn statements(self) -> [&'static str; 2] {
        match (self.by, self.descending) {
            (SortBy::Name, false) => pages!("sort_key", " > ", " ASC"),
            (SortBy::Name, true) => pages!("sort_key", " < ", " DESC"),
            (SortBy::Size, false) => pages!("size", " > ", " ASC"),
            (SortBy::Size, true) => pages!("size", " < ", " DESC"),
            (SortBy::Changed, false) => pages!("changed_at", " > ", " ASC"),
            (SortBy::Changed, true) => pages!("changed_at", " < ", " DESC"),
        }
    }
}

impl Store {
    /// Up to `limit` children behind `after`, folders first, then in this order. Where `after` is given, it says the order.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn children(
        &self,
        access: &FileAccess<Read>,
        order: ChildrenOrder,
        after: Option<&ChildrenCursor>,
        only_folders: bool,
        limit: i64,
    ) -> Result<Vec<NodeRow>, StoreError> {
        let mut rows = Vec::new();
        for kind in [FOLDER, FILE] {
            let left = limit - i64::try_from(rows.len()).unwrap_or(limit);
            let done = after.is_some_and(|cursor| kind == FOLDER && !cursor.is_folder);
            if done || left <= 0 || (only_folders && kind == FILE) {
                continue;
            }
            let behind = after.filter(|cursor| cursor.is_folder == (kind == FOLDER));
            rows.extend(self.children_of_kind(access.node().uuid(), kind, order, behind, left).await?);
        }
        Ok(rows)
    }

    async fn children_of_kind(
        &self,
        folder: Uuid,
        kind: i16,
        order: ChildrenOrder,
        behind: Option<&ChildrenCursor>,
        limit: i64,
    ) -> Result<Vec<NodeRow>, StoreError> {
        let [first, later] = order.statements();
        let rows: Vec<NodeColumns> = on_db!(self, p => {
            let query = sqlx::query_as(if behind.is_some() { later } else { first }).bind(folder).bind(kind).bind(limit);
            let query = match behind {
                None => query,
                Some(cursor) => match &cursor.key {
                    SortKey::Name(key) => query.bind(key.as_str()),
                    SortKey::Size(bytes) => query.bind(*bytes),
                    SortKey::Changed(at) => query.bind(*at),
                }
                .bind(cursor.id.uuid()),
            };
            query.fetch_all(p).await
        })?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Up to `limit` children behind `after` whose names contain `part`, without regard to case, and where the search goes on. No
    /// index helps here, so one call looks at a bounded number of rows and may answer with few or none although there are more.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn children_named(
        &self,
        access: &FileAccess<Read>,
        order: ChildrenOrder,
        after: Option<ChildrenCursor>,
        part: &str,
        limit: usize,
    ) -> Result<(Vec<NodeRow>, Option<ChildrenCursor>), StoreError> {
        let part = part.to_lowercase();
        let (mut found, mut after, mut looked_at) = (Vec::new(), after, 0);
        while looked_at < LOOKED_AT {
            let rows = self.children(access, order, after.as_ref(), false, STEP).await?;
            let last = i64::try_from(rows.len()).unwrap_or(STEP) < STEP;
            looked_at += STEP;
            for row in rows {
                let cursor = ChildrenCursor::of(&row, order);
                if row.name.to_lowercase().contains(&part) {
                    // One more than fits tells that there is a next page.
                    if found.len() == limit {
                        return Ok((found, after));
                    }
                    found.push(row);
                }
                after = Some(cursor);
            }
            if last {
                return Ok((found, None));
            }
        }
        Ok((found, after))
    }
}
