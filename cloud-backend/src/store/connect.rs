//! Opening the database, its pools and its migrations. One SQL text serves both databases (ADR 1).

use std::{sync::Arc, time::Duration};

use sqlx::{
    PgPool, SqlitePool,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{
    PersonalKey, StoreError,
    audited::assert_outside_acts,
    group::{Group, Turn},
    personal::SubjectKeys,
    signals::{Committed, Signals},
};
use crate::mail::Letterhead;

/// Listings that stream at once; more wait for their turn.
const LISTINGS: u32 = 8;
/// Pages of SQLite's log after which a commit moves them into the file: 16 MiB. The log is written anew from its start then, and never
/// made shorter, because growing it is what makes a commit slow.
const WAL_PAGES: &str = "4096";
/// Largest caches in KiB, with the sign by which SQLite knows them from pages: one writer, up to four readers.
const WRITER_CACHE: &str = "-32768";
const READER_CACHE: &str = "-8192";

pub(super) enum Db {
    /// Readers side by side; one writer, so that no transaction waits for a lock that it then cannot get.
    Sqlite {
        read: SqlitePool,
        write: Group,
    },
    Postgres(PgPool),
}

pub(super) enum Tx {
    Sqlite(Turn),
    Postgres(sqlx::Transaction<'static, sqlx::Postgres>),
}

/// Runs one statement on the pool of readers; `$p` is the executor.
macro_rules! on_db {
    ($store:expr, $p:ident => $body:expr) => {
        match &$store.inner.db {
            $crate::store::connect::Db::Sqlite { read: $p, .. } => $body,
            $crate::store::connect::Db::Postgres($p) => $body,
        }
    };
}
/// Runs one statement in a transaction; `$c` is the connection.
macro_rules! on_tx {
    ($tx:expr, $c:ident => $body:expr) => {
        match $tx {
            $crate::store::connect::Tx::Sqlite(t) => {
                let $c = &mut **t;
                $body
            }
            $crate::store::connect::Tx::Postgres(t) => {
                let $c = &mut **t;
                $body
            }
        }
    };
}
/// Executes a statement in a transaction; how many rows it changed.
macro_rules! execute {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::store::connect::on_tx!($tx, c => sqlx::query($sql)$(.bind($bind))*.execute(c).await.map(|done| done.rows_affected()))
    };
}
pub(super) use {execute, on_db, on_tx};

/// The database. Cheap to clone. Its connections are reachable from this module's children only.
#[derive(Clone)]
pub struct Store {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) db: Db,
    /// Encrypts the log's personal data.
    pub(super) personal_key: PersonalKey,
    pub(super) subject_keys: SubjectKeys,
    /// The replica's name in the log's entries.
    pub(super) node: String,
    /// Readers of their own for listings that stream to a client, however slow it is (SQLite); elsewhere the pool serves them too.
    pub(super) lists: Option<SqlitePool>,
    /// How many of them at once.
    pub(super) listing: tokio::sync::Semaphore,
    pub(super) signals: Arc<Signals>,
    /// Whether mails are queued, and in whose name.
    pub(super) letterhead: std::sync::OnceLock<Letterhead>,
    /// Bytes that a space may hold which has no quota of its own.
    pub(super) default_quota: std::sync::OnceLock<i64>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("postgres", &matches!(self.inner.db, Db::Postgres(_))).finish_non_exhaustive()
    }
}

/// Why the database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the database URL must start with sqlite: or postgres:")]
    Url,
    #[error("the database cannot be reached")]
    Connect(#[source] sqlx::Error),
    #[error("the database's migrations failed")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}

impl Store {
    /// Opens the database at `url` (`sqlite:PATH` or `postgres://…`), creates it (SQLite) and brings it up to date.
    ///
    /// # Errors
    /// [`OpenError`] when the URL is of another kind, nothing answers, or a migration fails.
    pub async fn open(url: &str, personal_key: PersonalKey, node: &str) -> Result<Self, OpenError> {
        let store = Self::connect(url, personal_key, node, true).await?;
        match &store.inner.db {
            Db::Sqlite { write, .. } => sqlx::migrate!("../migrations/sqlite").run(write.pool()).await?,
            Db::Postgres(pool) => sqlx::migrate!("../migrations/postgres").run(pool).await?,
        }
        Ok(store)
    }

    /// Opens a database that is there and leaves its form as it is.
    ///
    /// # Errors
    /// [`OpenError`] when the URL is of another kind, or nothing answers.
    pub async fn open_as_it_is(url: &str, personal_key: PersonalKey, node: &str) -> Result<Self, OpenError> {
        Self::connect(url, personal_key, node, false).await
    }

    async fn connect(url: &str, personal_key: PersonalKey, node: &str, create: bool) -> Result<Self, OpenError> {
        let mut lists = None;
        let signals = Arc::<Signals>::default();
        let db = if url.starts_with("sqlite:") {
            let options: SqliteConnectOptions = url.parse().map_err(OpenError::Connect)?;
            let options = options
                .create_if_missing(create)
                .journal_mode(SqliteJournalMode::Wal)
                // NORMAL can lose acknowledged commits when the power fails.
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(10))
                // What would undo an act of many is kept in memory; it is bounded by the acts of one transaction.
                .pragma("temp_store", "memory")
                .pragma("wal_autocheckpoint", WAL_PAGES);
            // Asking a file whether it is still there would cost as much as reading a row of it.
            let pool = || SqlitePoolOptions::new().test_before_acquire(false);
            let write = pool().max_connections(1).connect_with(options.clone().pragma("cache_size", WRITER_CACHE));
            let write = Group::new(write.await.map_err(OpenError::Connect)?, signals.clone());
            let options = options.read_only(true);
            lists = Some(pool().min_connections(0).max_connections(LISTINGS).connect_lazy_with(options.clone()));
            let options = options.pragma("cache_size", READER_CACHE);
            let read = pool().min_connections(1).max_connections(4).connect_with(options);
            Db::Sqlite { read: read.await.map_err(OpenError::Connect)?, write }
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let options: PgConnectOptions = url.parse().map_err(OpenError::Connect)?;
            let pool =
                PgPoolOptions::new().max_connections(16).acquire_timeout(Duration::from_secs(10)).connect_with(options);
            Db::Postgres(pool.await.map_err(OpenError::Connect)?)
        } else {
            return Err(OpenError::Url);
        };
        let inner = Inner {
            db,
            lists,
            listing: tokio::sync::Semaphore::new(LISTINGS as usize),
            personal_key,
            subject_keys: SubjectKeys::default(),
            node: node.to_owned(),
            signals,
            letterhead: std::sync::OnceLock::new(),
            default_quota: std::sync::OnceLock::new(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// A transaction that may write; on SQLite a turn in the one that is open. Dropped without a commit it leaves nothing.
    pub(super) async fn begin(&self) -> Result<Tx, StoreError> {
        assert_outside_acts();
        Ok(match &self.inner.db {
            Db::Sqlite { write, .. } => Tx::Sqlite(write.turn().await?),
            Db::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// Commits, and tells the others what that leaves for them.
    pub(super) async fn commit(&self, tx: Tx, committed: Committed) -> Result<(), StoreError> {
        match tx {
            Tx::Sqlite(turn) => turn.commit(committed).await,
            Tx::Postgres(tx) => {
                tx.commit().await?;
                self.inner.signals.publish(committed);
                Ok(())
            }
        }
    }

    /// `Ok` when the database answers.
    ///
    /// # Errors
    /// [`StoreError::Database`] when it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let one: i32 = on_db!(self, p => sqlx::query_scalar("SELECT CAST(1 AS INTEGER)").fetch_one(p).await)?;
        if one == 1 { Ok(()) } else { Err(StoreError::NotFound) }
    }

    /// `sqlite` or `postgres`.
    #[must_use]
    pub fn database_kind(&self) -> &'static str {
        match self.inner.db {
            Db::Sqlite { .. } => "sqlite",
            Db::Postgres(_) => "postgres",
        }
    }

    /// Closes the connections; what was committed is on the disk already.
    pub async fn close(&self) {
        match &self.inner.db {
            Db::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
                if let Some(lists) = &self.inner.lists {
                    lists.close().await;
                }
            }
            Db::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    /// Takes everything back. What the caller saw in it is on the disk when this returns.
    pub(super) async fn give_up(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(turn) => turn.give_up().await,
            // Dropped it is rolled back, and it saw nothing but what is on the disk.
            Self::Postgres(_) => Ok(()),
        }
    }

    pub(super) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(turn) => turn.commit(Committed::default()).await,
            Self::Postgres(tx) => Ok(tx.commit().await?),
        }
    }
}
