//! Answers of the database that are given again until the next commit: whom a secret belongs to, what a person may do with a node, what a
//! node is. Knows keys, values and commits; must not know what is asked.
//!
//! SQLite only. Its one writer tells of each commit, before anybody is answered who waits for it. Another process that writes
//! (`carrel user reset` beside a running server) is seen by the counter that SQLite keeps for each commit in the index of
//! its log, which is read before each answer: who was shut out by whomever is shut out at the next request. On PostgreSQL, where
//! others write all the time, every question is asked.

use std::{
    fs::File,
    hash::Hash,
    io,
    mem::ManuallyDrop,
    os::unix::fs::FileExt as _,
    path::Path,
    sync::atomic::{AtomicU32, AtomicU64, Ordering},
    time::{Duration, Instant},
};

use carrel_ids::{NodeId, UserId};
use quick_cache::sync::Cache;

use super::{NodeRow, SessionRow, StoreError, TokenKind, TokenRow, VersionRow, signals::Committed};
use crate::authz::NodeRight;

/// What ends by the clock is known to have ended so much later at most.
const VALID: Duration = Duration::from_secs(1);
/// Answers of one kind that are kept; a row is about half a KiB.
const MOST: usize = 2048;
/// Where SQLite counts commits: "The WAL-Index Header" in the "WAL-mode File Format", field `iChange`.
const COMMITS: u64 = 8;

/// What is kept, by what was asked.
pub(super) struct Answers {
    pub(super) sessions: Kept<[u8; 32], SessionRow>,
    pub(super) tokens: Kept<(TokenKind, [u8; 32]), TokenRow>,
    pub(super) rights: Kept<(UserId, NodeId), NodeRight>,
    pub(super) nodes: Kept<NodeId, NodeRow>,
    pub(super) versions: Kept<NodeId, VersionRow>,
    /// None: nothing is kept.
    index: Option<LogIndex>,
    /// The count after the last commit that this process told of.
    told: AtomicU32,
    people: AtomicU64,
    files: AtomicU64,
}

/// Which commits end an answer.
#[derive(Debug, Clone, Copy)]
pub(super) enum About {
    /// All but those of acts on files.
    People,
    /// All acts.
    Files,
}

/// The moment at which something was asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment(u64);

/// The count of commits as a transaction began: nobody else commits before it ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Begun(Option<u32>);

impl Default for Answers {
    /// Keeps nothing.
    fn default() -> Self {
        Self::of(None)
    }
}

impl std::fmt::Debug for Answers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answers").field("kept", &self.index.is_some()).finish_non_exhaustive()
    }
}

impl Answers {
    /// For the SQLite database at `path`, which somebody has open.
    pub(super) fn at(path: &Path) -> Self {
        match LogIndex::of(path) {
            Ok(index) => Self::of(Some(index)),
            Err(error) => {
                tracing::warn!(%error, "the index of the database's log cannot be read: nothing is remembered between requests");
                Self::of(None)
            }
        }
    }

    fn of(index: Option<LogIndex>) -> Self {
        let told = index.as_ref().and_then(LogIndex::commits).unwrap_or_default();
        Self {
            sessions: Kept::new(),
            tokens: Kept::new(),
            rights: Kept::new(),
            nodes: Kept::new(),
            versions: Kept::new(),
            index,
            told: AtomicU32::new(told),
            people: AtomicU64::new(0),
            files: AtomicU64::new(0),
        }
    }

    /// Now, if nobody wrote of whom this process knows nothing. Before the question is asked.
    fn moment(&self, about: About) -> Option<Moment> {
        let number = self.numbers(about).load(Ordering::Acquire);
        let commits = self.index.as_ref()?.commits()?;
        (commits == self.told.load(Ordering::Acquire)).then_some(Moment(number))
    }

    fn numbers(&self, about: About) -> &AtomicU64 {
        match about {
            About::People => &self.people,
            About::Files => &self.files,
        }
    }

    /// What was answered to `key`, or what `ask` answers. That there is nothing is not kept: strangers ask for as much of it as they like.
    pub(super) async fn get<K: Eq + Hash + Clone, V: Clone>(
        &self,
        kept: &Kept<K, V>,
        about: About,
        key: &K,
        ask: impl Future<Output = Result<Option<V>, StoreError>>,
    ) -> Result<Option<V>, StoreError> {
        let Some(moment) = self.moment(about) else { return ask.await };
        if let Some(value) = kept.value(key, moment) {
            return Ok(Some(value));
        }
        let asked = Instant::now();
        let answer = ask.await?;
        if let Some(value) = &answer {
            kept.cache.insert(key.clone(), Answer { number: moment.0, asked, value: value.clone() });
        }
        Ok(answer)
    }

    /// A transaction began that holds the right to write.
    pub(super) fn begun(&self) -> Begun {
        let commits = self.index.as_ref().and_then(LogIndex::commits);
        if commits.is_some_and(|commits| commits != self.told.load(Ordering::Acquire)) {
            // Another process wrote: all answers are over, also when this one's commits are the last again.
            self.end(Committed::ANYTHING);
        }
        Begun(commits)
    }

    /// It was committed. Before anybody hears of it.
    pub(super) fn committed(&self, begun: Begun, committed: Committed) {
        self.end(committed);
        if let (Some(before), Some(now)) = (begun.0, self.index.as_ref().and_then(LogIndex::commits)) {
            // One that changed no row is not counted. What was counted besides is somebody else's.
            let own = if now == before { before } else { before.wrapping_add(1) };
            self.told.store(own, Ordering::Release);
        }
    }

    fn end(&self, committed: Committed) {
        if committed.people {
            self.people.fetch_add(1, Ordering::AcqRel);
        }
        if committed.files {
            self.files.fetch_add(1, Ordering::AcqRel);
        }
    }
}

/// Answers of one kind.
pub(super) struct Kept<K, V> {
    cache: Cache<K, Answer<V>>,
}

#[derive(Clone)]
struct Answer<V> {
    number: u64,
    asked: Instant,
    value: V,
}

impl<K: Eq + Hash, V: Clone> Kept<K, V> {
    fn new() -> Self {
        Self { cache: Cache::new(MOST) }
    }

    fn value(&self, key: &K, moment: Moment) -> Option<V> {
        let answer = self.cache.get(key)?;
        (answer.number == moment.0 && answer.asked.elapsed() < VALID).then_some(answer.value)
    }
}

/// The index of SQLite's log, a file beside the database. Open as long as the process lives: to close it would end the locks that SQLite
/// itself holds on it ("How To Corrupt An SQLite Database File", 2.2).
struct LogIndex(ManuallyDrop<File>);

impl LogIndex {
    fn of(database: &Path) -> io::Result<Self> {
        let mut path = database.as_os_str().to_owned();
        path.push("-shm");
        Ok(Self(ManuallyDrop::new(File::open(path)?)))
    }

    fn commits(&self) -> Option<u32> {
        let mut count = [0; 4];
        self.0.read_exact_at(&mut count, COMMITS).ok()?;
        Some(u32::from_ne_bytes(count))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use carrel_test_support::TempData;
    use sqlx::{ConnectOptions as _, SqliteConnection, sqlite::SqliteConnectOptions};

    use super::*;
    use crate::{
        audit::Action,
        authz::{SystemTask, Target},
        store::{PersonalKey, Store},
    };

    struct Asked<'a> {
        store: &'a Store,
        kept: Kept<u8, u32>,
        times: Cell<u32>,
    }

    impl Asked<'_> {
        /// How often the database was asked, this time included if it was.
        async fn times(&self, about: About) -> u32 {
            let ask = async {
                self.times.set(self.times.get() + 1);
                Ok(Some(self.times.get()))
            };
            self.store.answers().get(&self.kept, about, &1, ask).await.expect("an answer").expect("a value")
        }

        async fn act(&self, action: Action) {
            let task = SystemTask::on(Target::Log);
            self.store.audited(&task, action, async |_| Ok::<_, StoreError>(())).await.expect("done");
        }
    }

    async fn others_write(connection: &mut SqliteConnection, key: u8) {
        let written = sqlx::query("INSERT INTO rate_limits (key, tat) VALUES ($1, 1)").bind([key].as_slice());
        written.execute(connection).await.expect("written");
    }

    #[tokio::test]
    async fn t_022_an_answer_ends_with_the_next_commit_that_may_change_it_whoever_made_it() {
        let data = TempData::new().expect("a folder");
        let path = data.join("carrel.db");
        let url = format!("sqlite:{}", path.display());
        let store = Store::open(&url, PersonalKey::new([9; 32]), "here").await.expect("opened");
        let mut other = SqliteConnectOptions::new().filename(&path).connect().await.expect("connected");
        for (about, ends) in [(About::People, Action::UserDisable), (About::Files, Action::FileCreate)] {
            let asked = Asked { store: &store, kept: Kept::new(), times: Cell::new(0) };
            asked.act(Action::FileCreate).await;
            assert_eq!((asked.times(about).await, asked.times(about).await), (1, 1), "kept");
            asked.act(ends).await;
            assert_eq!((asked.times(about).await, asked.times(about).await), (2, 2), "an act ended it");
            others_write(&mut other, ends as u8).await;
            assert_eq!(asked.times(about).await, 3, "another process wrote");
            asked.act(Action::FileCreate).await;
            assert_eq!(asked.times(about).await, 4, "what was known before the other wrote stays ended");
            assert_eq!(asked.times(about).await, 4, "kept again");
        }
        let people = Asked { store: &store, kept: Kept::new(), times: Cell::new(0) };
        assert_eq!(people.times(About::People).await, 1);
        people.act(Action::FileCreate).await;
        assert_eq!(people.times(About::People).await, 1, "acts on files change nobody's rights");
    }
}
