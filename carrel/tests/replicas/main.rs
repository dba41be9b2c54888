//! Two processes of the cloud backend on one PostgreSQL, as behind a proxy that shares requests out between them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "a test")]

mod browser;

use std::{os::unix::fs::DirBuilderExt as _, path::Path};

use carrel_test_support::{
    TempData,
    postgres::{TestCluster, TestDatabase},
    process::Program,
};
use futures_util::future::join_all;
use reqwest::StatusCode;

use crate::browser::Browser;

const LIVE: &str = "SELECT COUNT(*) FROM sessions WHERE ended_at IS NULL";
const ACTIVE: &str = "SELECT COUNT(*) FROM refresh_tokens WHERE state = 'active'";
/// The seconds in which an old token still opens its successor are over.
const LATER: &str = "UPDATE refresh_tokens SET used_at = used_at - interval '11 seconds' WHERE used_at IS NOT NULL";

async fn start(data: &TempData, database: &TestDatabase) -> Program {
    Program::on(data.path()).part("cloud").env("DATABASE_URL", database.url()).start().await.expect("started")
}

/// What an administrator does before a second backend starts: it has a data folder of its own, with the same secrets.
fn share_secrets(from: &Path, to: &Path) {
    let (from, to) = (from.join("secrets"), to.join("secrets"));
    std::fs::DirBuilder::new().mode(0o700).create(&to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("secrets") {
        let entry = entry.expect("a secret");
        std::fs::copy(entry.path(), to.join(entry.file_name())).expect("copied");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_005_two_processes_on_one_postgres_renew_a_session_as_one() {
    rustls::crypto::ring::default_provider().install_default().ok();
    let database = TestCluster::join().await.expect("PostgreSQL").create_database().await.expect("a database");
    let (data, other_data) = (TempData::new().expect("a folder"), TempData::new().expect("a folder"));
    let first = start(&data, &database).await;
    let here = Browser::set_up(first.address(), &first.setup_link().await.expect("a link")).await;
    share_secrets(data.path(), other_data.path());
    let second = start(&other_data, &database).await;
    assert_ne!(first.id(), second.id());
    let there = here.at(second.address());
    assert_eq!(there.session().await, StatusCode::OK, "what one began the other knows");

    // A hundred tabs at once, each with what it finds open.
    let answers = join_all((0..100).map(|number| if number % 2 == 0 { &here } else { &there }.refresh())).await;
    let statuses: Vec<_> = answers.iter().map(|answer| answer.0).collect();
    assert!(statuses.iter().all(|status| *status == StatusCode::NO_CONTENT), "{statuses:?}");
    assert!(answers.iter().all(|answer| answer.1 == answers[0].1), "one successor");
    assert_eq!((database.number(LIVE).await.unwrap(), database.number(ACTIVE).await.unwrap()), (1, 1), "one family");
    for browser in [&here, &there] {
        assert_eq!(browser.with(&answers[0].1).session().await, StatusCode::OK);
    }

    // What was copied before comes back at one process, and is over at the other.
    assert_eq!(database.change(LATER).await.unwrap(), 1);
    let (status, _, body) = there.refresh().await;
    assert_eq!((status, &body["error"]["code"]), (StatusCode::UNAUTHORIZED, &"session_reused".into()), "{body}");
    let current = here.with(&answers[0].1);
    assert_eq!(current.session().await, StatusCode::UNAUTHORIZED);
    assert_eq!(current.refresh().await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(database.number(LIVE).await.unwrap(), 0);

    for program in [first, second] {
        let status = program.stop().await.expect("ended");
        assert!(status.success(), "{status}");
    }
}
