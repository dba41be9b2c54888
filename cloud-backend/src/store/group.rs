//! Group commit on SQLite: acts that come at once share one transaction, and so one wait for the disk. Knows turns and savepoints;
//! must not know what is written in them.
//!
//! The file has one writer, so acts run one after the other anyway; what costs is that each waits for the disk before the next
//! may begin. Here an act joins the transaction that is open, behind a savepoint of its own. One that fails, is dropped half-way or
//! panics is rolled back to its savepoint by whoever is next. The transaction is committed as soon as nobody waits to join it,
//! and every act is answered after that, so an answer still means: it is on the disk. Also the answer to one that failed, which may have
//! failed for what another did a moment before.
//!
//! PostgreSQL has none of this: a transaction for each act, because it writes the log of all that commit together with one wait by
//! itself. Sharing transactions there would hold row locks of one act through the next, and two shared transactions that take them in
//! another order would end each other's acts.

use std::{
    ops::{Deref, DerefMut},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use sqlx::{Connection as _, SqliteConnection, SqlitePool};
use tokio::sync::{Mutex, OwnedMappedMutexGuard, OwnedMutexGuard, watch};

use super::{
    StoreError,
    signals::{Committed, Signals},
};

/// So many acts share a transaction at most: each keeps, until the commit, what it would take to undo it.
const MOST: usize = 64;
/// So long others may join; those who are done are waiting.
const LONGEST: Duration = Duration::from_millis(5);
/// An act that cannot even begin after this time is given up.
const PATIENCE: Duration = Duration::from_secs(30);
/// While fewer acts than last time have joined, requests that can go on are let in so often.
const LOOKS: u32 = 3;

/// The outer savepoint shows at the end that the transaction is still the one that was begun: SQLite ends a transaction by itself when
/// the disk is full, and what came after would else be committed without what came before.
const BEGIN: &str = "BEGIN IMMEDIATE; SAVEPOINT shared; SAVEPOINT act";
const COMMIT: &str = "RELEASE shared; COMMIT";
/// Savepoints of one name lie in each other and all go with the outer one. So that each of these two statements may be repeated, as it
/// is when an act was dropped while one was under way, none is released by itself.
const MARK: &str = "SAVEPOINT act";
const UNDO: &str = "ROLLBACK TO act";

type Outcome = Option<Result<(), Arc<sqlx::Error>>>;

/// The one writer of a SQLite database. Cheap to clone.
#[derive(Clone)]
pub(super) struct Group {
    inner: Arc<Inner>,
}

struct Inner {
    pool: SqlitePool,
    /// Fair: turns are had in the order in which they were asked for.
    state: Arc<Mutex<State>>,
    /// How many ask for a turn.
    waiting: AtomicUsize,
    signals: Arc<Signals>,
}

#[derive(Default)]
struct State {
    /// Between transactions.
    idle: Option<SqliteConnection>,
    open: Option<Open>,
    /// The number of the last transaction.
    number: u64,
    /// How many acts it had.
    usual: usize,
}

/// A transaction that acts may join.
struct Open {
    /// None of a pool: one that is dropped inside its transaction is closed, and that undoes the transaction.
    connection: SqliteConnection,
    number: u64,
    begun: Instant,
    /// What lies behind the last savepoint is to be kept. Everything else is undone before anything follows it.
    settled: bool,
    acts: usize,
    committed: Committed,
    outcome: watch::Receiver<Outcome>,
}

/// The turn of one act. Dropped, or given up, it leaves nothing behind.
pub(super) struct Turn {
    open: OwnedMappedMutexGuard<State, Open>,
}

impl Deref for Turn {
    type Target = SqliteConnection;
    fn deref(&self) -> &SqliteConnection {
        &self.open.connection
    }
}
impl DerefMut for Turn {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.open.connection
    }
}

impl Turn {
    /// Keeps what was done, and returns when it is on the disk. Nobody may take it back from here on, also not by no longer waiting.
    pub(super) async fn commit(mut self, committed: Committed) -> Result<(), StoreError> {
        self.open.settled = true;
        self.open.acts += 1;
        self.open.committed.add(committed);
        self.ended().await
    }

    /// Keeps nothing, and returns when what it may have seen is on the disk: that a name is taken is only true from then on, and whoever
    /// hears it looks at what took it.
    pub(super) async fn give_up(self) -> Result<(), StoreError> {
        if self.open.acts == 0 { Ok(()) } else { self.ended().await }
    }

    /// Lets the next one go on, and waits for the end of the transaction.
    async fn ended(self) -> Result<(), StoreError> {
        let mut outcome = self.open.outcome.clone();
        drop(self);
        match outcome.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(Ok(()))) => Ok(()),
            Ok(Some(Err(error))) => Err(StoreError::NotCommitted(Some(error.clone()))),
            // The process ends.
            Ok(None) | Err(_) => Err(StoreError::NotCommitted(None)),
        }
    }
}

impl Group {
    pub(super) fn new(pool: SqlitePool, signals: Arc<Signals>) -> Self {
        Self { inner: Arc::new(Inner { pool, state: Arc::default(), waiting: AtomicUsize::new(0), signals }) }
    }

    /// For what must not be inside a transaction: migrations.
    pub(super) fn pool(&self) -> &SqlitePool {
        &self.inner.pool
    }

    /// Waits for a turn. Whoever has one must not ask for another: nobody else can go on before it ends.
    pub(super) async fn turn(&self) -> Result<Turn, StoreError> {
        let waiting = Waiting::of(&self.inner);
        let state = tokio::time::timeout(PATIENCE, self.inner.state.clone().lock_owned()).await;
        drop(waiting);
        let mut state = state.map_err(|_| sqlx::Error::PoolTimedOut)?;
        // Nobody would end a transaction whose committing task is gone with its runtime.
        let joinable = match &mut state.open {
            Some(open) if open.outcome.has_changed().is_ok() => open.make_ready().await.is_ok(),
            _ => false,
        };
        if !joinable {
            // Whoever joined it hears that it is gone from the task that would have committed it.
            state.open = None;
            let open = self.begin(&mut state).await?;
            state.open = Some(open);
        }
        let open = OwnedMutexGuard::try_map(state, |state| state.open.as_mut());
        let mut open = open.map_err(|_| sqlx::Error::PoolClosed)?;
        open.settled = false;
        Ok(Turn { open })
    }

    async fn begin(&self, state: &mut State) -> Result<Open, sqlx::Error> {
        let mut connection = match state.idle.take() {
            Some(connection) => connection,
            None => self.inner.pool.acquire().await?.detach(),
        };
        run(&mut connection, BEGIN).await?;
        state.number += 1;
        let (sender, outcome) = watch::channel(None);
        tokio::spawn(self.clone().finish(state.number, sender));
        let (number, begun) = (state.number, Instant::now());
        Ok(Open { connection, number, begun, settled: false, acts: 0, committed: Committed::default(), outcome })
    }

    /// Commits a transaction at the right moment: queues like everybody else, and so comes behind those who were there before.
    async fn finish(self, number: u64, outcome: watch::Sender<Outcome>) {
        let mut looks = 0;
        let result = loop {
            let mut state = self.inner.state.clone().lock_owned().await;
            let usual = state.usual;
            let Some(open) = state.open.take_if(|open| open.number == number) else {
                break Err(sqlx::Error::Protocol("the transaction was ended by the database".to_owned()));
            };
            let may_wait = open.acts < MOST && open.begun.elapsed() < LONGEST;
            if may_wait && self.inner.waiting.load(Ordering::Acquire) > 0 {
                state.open = Some(open);
                drop(state);
                // A waiting task may just be about to queue.
                tokio::task::yield_now().await;
                continue;
            }
            if may_wait && looks < LOOKS && open.acts < usual {
                looks += 1;
                state.open = Some(open);
                drop(state);
                tokio::task::yield_now().await;
                continue;
            }
            state.usual = open.acts;
            match open.commit().await {
                Ok((connection, committed)) => {
                    state.idle = Some(connection);
                    drop(state);
                    self.inner.signals.publish(committed);
                    break Ok(());
                }
                Err(error) => {
                    tracing::error!(%error, "a transaction could not be committed");
                    break Err(error);
                }
            }
        };
        outcome.send_replace(Some(result.map_err(Arc::new)));
    }

    /// How many transactions there were.
    #[cfg(test)]
    pub(super) async fn begun(&self) -> u64 {
        self.inner.state.lock().await.number
    }

    /// Closes the connection, after what is under way.
    pub(super) async fn close(&self) {
        loop {
            let mut state = self.inner.state.lock().await;
            let alive = state.open.as_ref().is_some_and(|open| open.outcome.has_changed().is_ok());
            if alive {
                drop(state);
                tokio::task::yield_now().await;
                continue;
            }
            state.open = None;
            if let Some(connection) = state.idle.take()
                && let Err(error) = connection.close().await
            {
                tracing::warn!(%error, "the database could not be closed");
            }
            break;
        }
        self.inner.pool.close().await;
    }
}

impl Open {
    /// Sets a savepoint for the next act, behind what is kept. May be dropped and begun anew at any point.
    async fn make_ready(&mut self) -> Result<(), sqlx::Error> {
        run(&mut self.connection, if self.settled { MARK } else { UNDO }).await
    }

    async fn commit(mut self) -> Result<(SqliteConnection, Committed), sqlx::Error> {
        if !self.settled {
            run(&mut self.connection, UNDO).await?;
        }
        run(&mut self.connection, COMMIT).await?;
        Ok((self.connection, self.committed))
    }
}

async fn run(connection: &mut SqliteConnection, sql: &'static str) -> Result<(), sqlx::Error> {
    sqlx::query(sql).execute(connection).await.map(drop)
}

/// Counts somebody as long as they ask for a turn.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn of(inner: &'a Inner) -> Self {
        inner.waiting.fetch_add(1, Ordering::AcqRel);
        Self(&inner.waiting)
    }
}
impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}
