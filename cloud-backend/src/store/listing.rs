//! What is in a folder, handed on row by row: a listing of any length takes the memory of one row and one statement.

use carrel_ids::{NodeId, UserId, VersionId};
use futures_util::TryStreamExt as _;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    Store, StoreError, Timestamp,
    connect::{Db, on_db},
    described::Sums,
    files::{FOLDER, modified},
};
use crate::authz::{FileAccess, Read};

/// A node as a listing shows it.
#[derive(Debug, Clone)]
pub struct ListedNode {
    pub id: NodeId,
    pub is_folder: bool,
    pub name: String,
    pub size: i64,
    pub etag: i64,
    pub version: Option<VersionId>,
    pub created_at: Timestamp,
    pub changed_at: Timestamp,
    /// Its number in this instance.
    pub number: i64,
    /// When a client says that the content is from, in seconds since 1970.
    pub mtime: Option<i64>,
    /// Of the content, where they are known and asked for.
    pub sums: Option<Sums>,
    /// The person whom it was asked for marked it.
    pub is_favourite: bool,
    /// What clients put on it; empty unless asked for.
    pub properties: Vec<Property>,
}

/// What is to be looked up beside the node itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Beside {
    pub properties: bool,
    pub sums: bool,
    /// Whether this person marked it.
    pub favourite_of: Option<UserId>,
}

/// A property that a client put on a node and that means nothing to us (RFC 4918, 4.1: dead).
#[derive(Debug, Clone)]
pub struct Property {
    pub namespace: String,
    pub name: String,
    /// The whole element as XML, with every namespace that it needs declared in it.
    pub value: String,
}

#[derive(sqlx::FromRow)]
struct Columns {
    id: Uuid,
    kind: i16,
    name: String,
    size: i64,
    etag: i64,
    version_id: Option<Uuid>,
    created_at: Timestamp,
    changed_at: Timestamp,
    number: i64,
    mtime: Option<i64>,
    sha1: Option<Vec<u8>>,
    md5: Option<Vec<u8>>,
    is_favourite: bool,
    namespace: Option<String>,
    property: Option<String>,
    value: Option<String>,
}

macro_rules! listed_select {
    ($rest:literal) => {
        concat!(
            "SELECT n.id, n.kind, n.name, n.size, n.etag, n.version_id, n.created_at, n.changed_at, n.number, v.mtime, b.sha1, b.md5,
                    (f.node_id IS NOT NULL) AS is_favourite, p.namespace, p.name AS property, p.value
             FROM nodes n LEFT JOIN versions v ON v.id = n.version_id LEFT JOIN blobs b ON b.id = v.blob_id AND $3
                  LEFT JOIN favourites f ON f.node_id = n.id AND f.user_id = $4
                  LEFT JOIN node_properties p ON p.node_id = n.id AND $2
             WHERE n.trashed_at IS NULL AND ",
            $rest
        )
    };
}

impl ListedNode {
    fn new(row: Columns) -> Self {
        let mut node = Self {
            id: row.id.into(),
            is_folder: row.kind == FOLDER,
            name: row.name,
            size: row.size,
            etag: row.etag,
            version: row.version_id.map(Into::into),
            created_at: row.created_at,
            changed_at: row.changed_at,
            number: row.number,
            mtime: row.mtime,
            sums: Sums::from_columns(row.sha1, row.md5),
            is_favourite: row.is_favourite,
            properties: Vec::new(),
        };
        node.add(row.namespace, row.property, row.value);
        node
    }

    /// When its content is from: as a client said, else when it came.
    #[must_use]
    pub fn modified(&self) -> OffsetDateTime {
        modified(self.mtime, self.changed_at)
    }

    fn add(&mut self, namespace: Option<String>, name: Option<String>, value: Option<String>) {
        if let (Some(namespace), Some(name), Some(value)) = (namespace, name, value) {
            self.properties.push(Property { namespace, name, value });
        }
    }
}

impl Store {
    /// The proof's node, with what is asked for beside it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it is gone.
    pub async fn listed(&self, access: &FileAccess<Read>, beside: Beside) -> Result<ListedNode, StoreError> {
        let rows: Vec<Columns> = on_db!(self, p => sqlx::query_as(listed_select!("n.id = $1 ORDER BY p.namespace, p.name"))
            .bind(access.node().uuid()).bind(beside.properties).bind(beside.sums).bind(beside.favourite_of.map(UserId::uuid)).fetch_all(p).await)?;
        let mut rows = rows.into_iter();
        let mut node = ListedNode::new(rows.next().ok_or(StoreError::NotFound)?);
        rows.for_each(|row| node.add(row.namespace, row.property, row.value));
        Ok(node)
    }

    /// Hands each child of the proof's folder to `each`, folders first, until there is none or it says that it has enough.
    ///
    /// Only so many listings run at once, on connections of their own where reading others' rows would wait for them.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn each_child(
        &self,
        access: &FileAccess<Read>,
        beside: Beside,
        mut each: impl AsyncFnMut(ListedNode) -> bool,
    ) -> Result<(), StoreError> {
        // It is never closed.
        let _turn = self.inner.listing.acquire().await.map_err(|_| StoreError::NotFound)?;
        macro_rules! each_row {
            ($pool:expr) => {{
                let query =
                    sqlx::query_as::<_, Columns>(listed_select!("n.parent_id = $1 ORDER BY n.kind, n.sort_key, n.id"))
                        .bind(access.node().uuid())
                        .bind(beside.properties)
                        .bind(beside.sums)
                        .bind(beside.favourite_of.map(UserId::uuid));
                let mut rows = query.fetch($pool);
                // A node with several properties comes as several rows in a row.
                let mut gathered: Option<ListedNode> = None;
                while let Some(row) = rows.try_next().await? {
                    match &mut gathered {
                        Some(node) if node.id.uuid() == row.id => node.add(row.namespace, row.property, row.value),
                        _ => {
                            if let Some(node) = gathered.replace(ListedNode::new(row))
                                && !each(node).await
                            {
                                return Ok(());
                            }
                        }
                    }
                }
                if let Some(node) = gathered {
                    each(node).await;
                }
            }};
        }
        match (&self.inner.db, &self.inner.lists) {
            (Db::Postgres(pool), _) => each_row!(pool),
            (Db::Sqlite { .. }, Some(pool)) => each_row!(pool),
            (Db::Sqlite { read, .. }, None) => each_row!(read),
        }
        Ok(())
    }
}
