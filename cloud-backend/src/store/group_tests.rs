//! Many acts at once, on both databases: some fail, some are dropped half-way, one panics. What was acknowledged is there with exactly
//! one entry; what was not acknowledged is there with its entry or not at all.

use std::{future::pending, sync::Arc, time::Duration};

use carrel_test_support::{
    TempData,
    postgres::{TestCluster, TestDatabase},
};
use tokio::{sync::Notify, task::JoinSet, time::timeout};

use super::{PersonalKey, Store, StoreError, Writer, connect::execute, connect::on_db};
use crate::{
    audit::Action,
    authz::{SystemTask, Target},
};

struct Database {
    store: Store,
    url: String,
    _data: TempData,
    _postgres: Option<TestDatabase>,
}

async fn open(url: &str) -> Store {
    Store::open(url, PersonalKey::new([9; 32]), "here").await.unwrap()
}

async fn both() -> [Database; 2] {
    let data = || TempData::new().unwrap();
    let sqlite = data();
    let url = format!("sqlite:{}", sqlite.join("carrel.db").display());
    let postgres = TestCluster::join().await.unwrap().create_database().await.unwrap();
    let other = postgres.url().to_owned();
    [
        Database { store: open(&url).await, url, _data: sqlite, _postgres: None },
        Database { store: open(&other).await, url: other, _data: data(), _postgres: Some(postgres) },
    ]
}

type Act<'a> = Writer<'a, SystemTask>;

/// A row that the test knows by its number.
async fn write(w: &mut Act<'_>, number: u64) -> Result<(), StoreError> {
    w.detail("number", number.to_string());
    let key = number.to_be_bytes();
    execute!(w.tx, "INSERT INTO rate_limits (key, tat) VALUES ($1, $2)", key.as_slice(), 1_i64)?;
    Ok(())
}

async fn act(store: &Store, number: u64) -> Result<(), StoreError> {
    let task = SystemTask::on(Target::Log);
    store.audited(&task, Action::LogHeartbeat, async |w| write(w, number).await).await
}

/// The numbers that are there, and those of which an entry is there.
async fn kept(store: &Store) -> (Vec<u64>, Vec<u64>) {
    let keys: Vec<Vec<u8>> =
        on_db!(store, p => sqlx::query_scalar("SELECT key FROM rate_limits ORDER BY key").fetch_all(p).await).unwrap();
    let leaves: Vec<Vec<u8>> =
        on_db!(store, p => sqlx::query_scalar("SELECT leaf FROM audit_outbox").fetch_all(p).await).unwrap();
    let rows = keys.into_iter().map(|key| u64::from_be_bytes(key.try_into().unwrap())).collect();
    let mut entries: Vec<u64> = leaves
        .iter()
        .map(|leaf| {
            let text = std::str::from_utf8(leaf).unwrap();
            let rest = text.split_once("\"number\":\"").unwrap().1;
            rest.split_once('"').unwrap().0.parse().unwrap()
        })
        .collect();
    entries.sort_unstable();
    (rows, entries)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn acts_at_once_of_which_some_fail_or_are_dropped_leave_exactly_what_was_acknowledged() {
    const WRITERS: u64 = 12;
    const EACH: u64 = 40;
    for database in both().await {
        let store = database.store.clone();
        let mut tasks = JoinSet::new();
        for writer in 0..WRITERS {
            let store = store.clone();
            tasks.spawn(async move {
                let (mut done, mut unknown) = (Vec::new(), Vec::new());
                for turn in 0..EACH {
                    let number = writer * 1000 + turn;
                    match number % 5 {
                        // Fails after it wrote.
                        1 => {
                            let task = SystemTask::on(Target::Log);
                            let failed = store.audited(&task, Action::LogHeartbeat, async |w| {
                                write(w, number).await?;
                                Err::<(), _>(StoreError::NameTaken)
                            });
                            assert!(matches!(failed.await, Err(StoreError::NameTaken)));
                        }
                        // A statement of it fails, which ends a transaction of PostgreSQL.
                        2 => {
                            let task = SystemTask::on(Target::Log);
                            let failed = store.audited(&task, Action::LogHeartbeat, async |w| {
                                write(w, number).await?;
                                write(w, number).await
                            });
                            assert!(matches!(failed.await, Err(StoreError::Exists)));
                        }
                        // Dropped at some moment: while it waits, writes, or is committed.
                        3 => {
                            let after = Duration::from_micros(number * 37 % 4000);
                            match timeout(after, act(&store, number)).await {
                                Ok(result) => {
                                    result.unwrap();
                                    done.push(number);
                                }
                                Err(_) => unknown.push(number),
                            }
                        }
                        _ => {
                            act(&store, number).await.unwrap();
                            done.push(number);
                        }
                    }
                }
                (done, unknown)
            });
        }
        let (mut done, mut unknown) = (Vec::new(), Vec::new());
        for (one, other) in tasks.join_all().await {
            done.extend(one);
            unknown.extend(other);
        }
        // Whatever was dropped during its commit has an end by the time that another act has one.
        act(&store, 99_999).await.unwrap();
        store.close().await;
        let store = open(&database.url).await;
        let (rows, entries) = kept(&store).await;
        assert_eq!(rows, entries, "an act and its entry are one");
        done.push(99_999);
        assert!(done.iter().all(|number| rows.binary_search(number).is_ok()), "something acknowledged is lost");
        let known = |number: &u64| done.contains(number) || unknown.contains(number);
        assert!(rows.iter().all(known), "something that failed is kept");
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_act_that_is_dropped_or_panics_while_others_wait_takes_nothing_with_it() {
    for database in both().await {
        let store = &database.store;
        let inside = Arc::new(Notify::new());
        let stuck = |number: u64, panics: bool| {
            let (store, inside) = (store.clone(), inside.clone());
            tokio::spawn(async move {
                let task = SystemTask::on(Target::Log);
                let never = store.audited(&task, Action::LogHeartbeat, async |w| {
                    write(w, number).await?;
                    inside.notify_one();
                    tokio::time::sleep(Duration::from_millis(30)).await;
                    assert!(!panics, "on purpose");
                    pending::<Result<(), StoreError>>().await
                });
                never.await
            })
        };
        for round in 0..4 {
            let (bad, base) = (stuck(round * 100, round % 2 == 1), round * 100);
            inside.notified().await;
            let others: Vec<_> = (1..=8)
                .map(|n| {
                    let store = store.clone();
                    tokio::spawn(async move { act(&store, base + n).await })
                })
                .collect();
            tokio::time::sleep(Duration::from_millis(10)).await;
            // One that waits goes away.
            others[0].abort();
            if round % 2 == 0 {
                bad.abort();
            }
            let ended = bad.await.unwrap_err();
            assert_eq!((ended.is_panic(), ended.is_cancelled()), (round % 2 == 1, round % 2 == 0));
            for other in others.into_iter().skip(1) {
                timeout(Duration::from_secs(20), other).await.expect("acts go on").unwrap().unwrap();
            }
        }
        let (rows, entries) = kept(store).await;
        assert_eq!(rows, entries);
        assert!(rows.iter().all(|number| number % 100 != 0), "{rows:?}");
        assert!(rows.iter().filter(|number| *number % 100 > 1).count() == 4 * 7, "{rows:?}");
        store.close().await;
    }
}

#[tokio::test]
async fn an_act_that_fails_for_what_another_did_is_answered_when_that_is_on_the_disk() {
    for database in both().await {
        let store = &database.store;
        // The number exists already, and whoever hears so looks for it with another connection.
        let one = async |_: usize| {
            let result = act(store, 7).await;
            (result.is_ok(), kept(store).await.0)
        };
        let ends = futures_util::future::join_all((0..10).map(one)).await;
        assert_eq!(ends.iter().filter(|(ok, _)| *ok).count(), 1);
        assert!(ends.iter().all(|(_, rows)| rows == &[7]), "{ends:?}");
        store.close().await;
    }
}

#[tokio::test]
async fn when_the_database_ends_the_transaction_nobody_is_told_that_it_was_kept() {
    let [sqlite, _] = both().await;
    let store = &sqlite.store;
    let task = SystemTask::on(Target::Log);
    // As SQLite itself does when the disk is full, below an act that takes no notice of it.
    let broken = store.audited(&task, Action::LogHeartbeat, async |w| {
        write(w, 2).await?;
        execute!(w.tx, "ROLLBACK")?;
        Ok::<_, StoreError>(())
    });
    let (before, broken, after) = tokio::join!(act(store, 1), broken, act(store, 3));
    assert!(matches!(before, Err(StoreError::NotCommitted(Some(_)))), "{before:?}");
    assert!(matches!(broken, Err(StoreError::NotCommitted(Some(_)))), "{broken:?}");
    let (rows, entries) = kept(store).await;
    // The act that found the transaction gone may have begun one of its own.
    assert_eq!(rows.contains(&3), after.is_ok(), "{after:?}");
    assert!(!rows.contains(&1) && !entries.contains(&1), "{rows:?} {entries:?}");
    act(store, 4).await.unwrap();
    assert!(kept(store).await.0.contains(&4));
    store.close().await;
}

#[tokio::test]
#[cfg(debug_assertions)]
async fn an_act_inside_an_act_is_found_in_debug_builds() {
    let [sqlite, postgres] = both().await;
    for database in [sqlite, postgres] {
        let store = database.store.clone();
        let nested = tokio::spawn(async move {
            let task = SystemTask::on(Target::Log);
            store.audited(&task, Action::LogHeartbeat, async |_| act(&store, 1).await).await
        });
        assert!(nested.await.unwrap_err().is_panic());
        act(&database.store, 2).await.unwrap();
        assert_eq!(kept(&database.store).await, (vec![2], vec![2]));
        database.store.close().await;
    }
}

#[tokio::test]
async fn acts_that_come_at_once_share_a_transaction() {
    let [sqlite, _] = both().await;
    let store = &sqlite.store;
    let one: Vec<_> = (0..20).map(|number| act(store, number)).collect();
    for result in futures_util::future::join_all(one).await {
        result.unwrap();
    }
    assert_eq!(kept(store).await.0.len(), 20);
    let super::connect::Db::Sqlite { write, .. } = &store.inner.db else { panic!("SQLite") };
    let transactions = write.begun().await;
    // In a debug build the time for which a transaction waits for others may end one early.
    assert!(transactions <= 10, "{transactions} transactions for 20 acts");
    store.close().await;
}
