//! Kills every process of Carrel at random moments while people upload, save and start workspaces, and then looks for what was
//! lost: content that was acknowledged, containers, mounts and sockets that nobody owns, a log that does not verify.
//!
//! One number reproduces the order of kills: `CARREL_CRASH_SEED`. `CARREL_CRASH_KILLS` sets how many (100 when absent).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::disallowed_methods, reason = "a test")]

mod client;
mod history;
mod leftovers;
mod nemesis;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use carrel_test_support::{
    person::Person,
    process::{Program, binary},
};

use crate::{client::Client, history::History, nemesis::Nemesis};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_processes_are_killed() {
    rustls::crypto::ring::default_provider().install_default().ok();
    carrel_test_support::docker::require().expect("Docker");
    let kills = number("CARREL_CRASH_KILLS").unwrap_or(100);
    let seed = number("CARREL_CRASH_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    println!("seed {seed}, {kills} kills");

    let data = tempfile::tempdir().expect("a folder");
    let program = Program::on(data.path()).start().await.expect("started");
    let address = program.address().to_owned();
    let client = Client::new(Person::set_up(&address, &program.setup_link().await.expect("a link")).await);
    let history = Arc::new(History::default());
    let done = Arc::new(AtomicBool::new(false));
    let mut workers = tokio::task::JoinSet::new();
    for number in 0..4 {
        workers.spawn(client.clone().upload_and_save(number, history.clone(), done.clone()));
    }
    workers.spawn(client.clone().start_and_stop(history.clone(), done.clone()));

    let mut nemesis = Nemesis::new(seed, program);
    for _ in 0..kills {
        nemesis.strike().await;
    }
    done.store(true, Ordering::SeqCst);
    while let Some(worker) = workers.join_next().await {
        worker.expect("a worker ended in panic");
    }
    println!("{}, {}", nemesis.summary(), history.summary());
    assert!(history.acknowledged() > kills as usize, "too little was done to show anything: {}", history.summary());

    // Everything that was acknowledged is there, byte for byte.
    let program = nemesis.into_program();
    carrel_test_support::wait_until(Duration::from_secs(30), "readiness", || client.person.ready())
        .await
        .expect("ready");
    let lost = history.missing(&client.person).await;
    assert!(lost.is_empty(), "lost: {lost:?}");

    // Whatever still runs is ended as a person would end it; nothing may stay behind.
    client.stop_workspace().await;
    let left = leftovers::wait_for_none(data.path(), Duration::from_secs(60)).await;
    assert!(left.is_empty(), "left behind: {left:?}");

    let acts = history.acts();
    let status = program.stop().await.expect("ended");
    assert!(status.success(), "{status}");
    let verified = std::process::Command::new(binary().expect("built"))
        .args(["audit", "verify", "--json", "--data"])
        .arg(data.path())
        .env_remove("DATABASE_URL")
        .output()
        .expect("verified");
    let report = String::from_utf8_lossy(&verified.stdout).into_owned();
    assert_eq!(verified.status.code(), Some(0), "{report}{}", String::from_utf8_lossy(&verified.stderr));
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    let entries = report["entries"].as_u64().expect("a count");
    println!("the log verifies: {entries} entries for {acts} acknowledged acts");
    assert!(entries >= acts, "{entries} entries, {acts} acknowledged acts");
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("a number"))
}
