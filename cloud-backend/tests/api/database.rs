//! A test's own look at the database, beside the server's: makes it, reads the log's outbox, and turns back the time of rows.

use carrel_cloud_backend::store::{PersonalKey, Store, Timestamp};
use carrel_test_support::{TempData, postgres::TestCluster};
use serde_json::Value;
use sqlx::{PgPool, SqlitePool, postgres::PgPoolOptions, sqlite::SqlitePoolOptions};
use uuid::Uuid;

use crate::app::Backend;

/// Connections of the test itself.
pub(crate) enum Direct {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// Runs one statement; `$p` is the pool.
macro_rules! on {
    ($direct:expr, $p:ident => $body:expr) => {
        match $direct {
            Direct::Sqlite($p) => $body,
            Direct::Postgres($p) => $body,
        }
    };
}

/// A new database with all migrations; its address.
pub(crate) async fn create(backend: Backend, data: &TempData) -> String {
    match backend {
        Backend::Sqlite => format!("sqlite:{}", data.join("carrel.db").display()),
        Backend::Postgres => {
            let cluster = TestCluster::join().await.unwrap();
            let name = template_name();
            let database = cluster.create_from_template(&name, async |url: String| {
                let store = Store::open(&url, PersonalKey::new([9; 32]), "template").await?;
                store.close().await;
                Ok::<_, carrel_cloud_backend::store::OpenError>(())
            });
            database.await.unwrap().url().to_owned()
        }
    }
}

/// A template of its own for each state of the migrations.
fn template_name() -> String {
    let mut sums = Vec::new();
    for migration in sqlx::migrate!("../migrations/postgres").iter() {
        sums.extend_from_slice(&migration.checksum);
    }
    let sum = <sha2::Sha256 as sha2::Digest>::digest(&sums);
    format!("cloud_{}", hex::encode(&sum[..8]))
}

impl Direct {
    pub(crate) async fn open(url: &str) -> Self {
        if url.starts_with("sqlite:") {
            Self::Sqlite(SqlitePoolOptions::new().max_connections(1).connect(url).await.unwrap())
        } else {
            Self::Postgres(PgPoolOptions::new().max_connections(1).connect(url).await.unwrap())
        }
    }

    /// The leaves that are not sealed yet, in the order of their birth.
    pub(crate) async fn leaves(&self) -> Vec<Value> {
        let rows: Vec<Vec<u8>> =
            on!(self, p => sqlx::query_scalar("SELECT leaf FROM audit_outbox ORDER BY born, id").fetch_all(p).await)
                .unwrap();
        rows.iter().map(|leaf| serde_json::from_slice(leaf).unwrap()).collect()
    }

    /// Empties the outbox, so that what follows stands alone.
    pub(crate) async fn forget_leaves(&self) {
        self.execute("DELETE FROM audit_outbox", &[]).await;
    }

    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        on!(self, p => sqlx::query_scalar(sql).fetch_one(p).await).unwrap()
    }

    pub(crate) async fn blobs(&self, sql: &'static str) -> Vec<Vec<u8>> {
        on!(self, p => sqlx::query_scalar(sql).fetch_all(p).await).unwrap()
    }

    /// A role of one's own making.
    pub(crate) async fn add_role(&self, id: Uuid, name: &str, permissions: &str) {
        on!(self, p => sqlx::query(
            "INSERT INTO roles (id, name, name_key, description, permissions, second_factor, grace_hours, created_at)
             VALUES ($1, $2, $2, '', $3, 'none', 0, $4)"
        ).bind(id).bind(name).bind(permissions).bind(Timestamp::now()).execute(p).await.map(drop))
        .unwrap();
    }

    pub(crate) async fn execute(&self, sql: &'static str, ids: &[Uuid]) -> u64 {
        on!(self, p => {
            let mut query = sqlx::query(sql);
            for id in ids {
                query = query.bind(*id);
            }
            query.execute(p).await.map(|done| done.rows_affected())
        })
        .unwrap()
    }

    /// A statement whose first parameter is a moment.
    pub(crate) async fn execute_at(&self, sql: &'static str, at: Timestamp, ids: &[Uuid]) -> u64 {
        on!(self, p => {
            let mut query = sqlx::query(sql).bind(at);
            for id in ids {
                query = query.bind(*id);
            }
            query.execute(p).await.map(|done| done.rows_affected())
        })
        .unwrap()
    }

    /// Through what a version came: person, session, request.
    pub(crate) async fn provenance(&self, version: Uuid) -> (Uuid, Uuid, Uuid) {
        on!(self, p => sqlx::query_as("SELECT created_by, created_via, request_id FROM versions WHERE id = $1")
            .bind(version).fetch_one(p).await)
        .unwrap()
    }

    /// Puts so many more files with the same content beside a file, without the program: it would take too long.
    pub(crate) async fn copy_file(&self, file: Uuid, copies: i64) {
        let mut left = copies;
        while left > 0 {
            let now = left.min(500);
            on!(self, p => {
                let mut tx = p.begin().await.unwrap();
                for number in 0..now {
                    let (node, version) = (Uuid::now_v7(), Uuid::now_v7());
                    sqlx::query(
                        "INSERT INTO nodes (id, space_id, parent_id, kind, name, sort_key, size, etag, version_id, executable, created_at, changed_at, changed_by)
                         SELECT $2, space_id, parent_id, kind, $4, $4, size, etag, $3, executable, created_at, changed_at, changed_by FROM nodes WHERE id = $1"
                    ).bind(file).bind(node).bind(version).bind(format!("copy {left} {number}")).execute(&mut *tx).await.unwrap();
                    sqlx::query(
                        "INSERT INTO versions (id, node_id, number, blob_id, size, sha256, origin, created_at, created_by)
                         SELECT $3, $2, number, blob_id, size, sha256, origin, created_at, created_by FROM versions WHERE node_id = $1"
                    ).bind(file).bind(node).bind(version).execute(&mut *tx).await.unwrap();
                }
                tx.commit().await.unwrap();
            });
            left -= now;
        }
    }
}
