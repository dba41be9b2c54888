use std::collections::BTreeSet;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use carrel_wire::agent::{Reply, Request};
use tokio::time::timeout;

use crate::support::{Call, PATIENCE, Sandbox};

/// Without a change for so long, what was gathered is told.
const SHORTEST_PAUSE: Duration = Duration::from_millis(150);

async fn watching(sandbox: &Sandbox) -> Call {
    let mut call = sandbox.call(Request::Watch).await;
    assert_eq!(call.reply().await, Reply::Done);
    call
}

/// Collects what is told, until all of `wanted` is among it.
async fn told(call: &mut Call, wanted: &[&str]) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let all = async {
        while !wanted.iter().all(|path| seen.contains(*path)) {
            match call.reply().await {
                Reply::Changed { paths, overflow: false } => seen.extend(paths.into_iter().map(String::from)),
                other => panic!("{other:?}"),
            }
        }
    };
    let in_time = timeout(PATIENCE, all).await.is_ok();
    assert!(in_time, "wanted {wanted:?}, told {seen:?}");
    seen
}

async fn silent(call: &mut Call) {
    let more = timeout(Duration::from_millis(700), call.reply()).await;
    assert!(more.is_err(), "told {more:?}");
}

#[tokio::test]
async fn changes_are_told_and_nothing_else() {
    let sandbox = Sandbox::start().await;
    std::fs::create_dir(sandbox.at("old")).unwrap();
    let mut call = watching(&sandbox).await;
    std::fs::write(sandbox.at("old/file"), "1").unwrap();
    assert_eq!(told(&mut call, &["old/file"]).await.len(), 1);
    std::fs::write(sandbox.at("old/file"), "2").unwrap();
    told(&mut call, &["old/file"]).await;
    std::fs::rename(sandbox.at("old/file"), sandbox.at("moved")).unwrap();
    told(&mut call, &["old/file", "moved"]).await;
    std::fs::remove_file(sandbox.at("moved")).unwrap();
    told(&mut call, &["moved"]).await;
    silent(&mut call).await;
}

#[tokio::test]
async fn new_and_moved_folders_are_watched_with_all_that_is_in_them() {
    let sandbox = Sandbox::start().await;
    let mut call = watching(&sandbox).await;
    // Faster than any watch could follow.
    std::fs::create_dir_all(sandbox.at("a/b/c")).unwrap();
    std::fs::write(sandbox.at("a/b/c/deep"), "x").unwrap();
    told(&mut call, &["a", "a/b", "a/b/c", "a/b/c/deep"]).await;
    std::fs::rename(sandbox.at("a"), sandbox.at("z")).unwrap();
    told(&mut call, &["a", "z", "z/b/c/deep"]).await;
    std::fs::write(sandbox.at("z/b/c/later"), "x").unwrap();
    let seen = told(&mut call, &["z/b/c/later"]).await;
    assert!(!seen.contains("a/b/c/later"));
    std::fs::remove_dir_all(sandbox.at("z")).unwrap();
    told(&mut call, &["z", "z/b/c/later"]).await;
    std::fs::create_dir(sandbox.at("z")).unwrap();
    std::fs::write(sandbox.at("z/again"), "x").unwrap();
    told(&mut call, &["z/again"]).await;
}

#[tokio::test]
async fn ignored_folders_are_not_watched() {
    let sandbox = Sandbox::start().await;
    std::fs::create_dir_all(sandbox.at("node_modules/pkg")).unwrap();
    std::fs::create_dir_all(sandbox.at("src")).unwrap();
    let mut call = watching(&sandbox).await;
    std::fs::write(sandbox.at("node_modules/pkg/index.js"), "x").unwrap();
    std::fs::create_dir_all(sandbox.at("src/target/debug")).unwrap();
    std::fs::write(sandbox.at("src/target/debug/out"), "x").unwrap();
    std::fs::write(sandbox.at("src/.carrel-tmp-1"), "x").unwrap();
    silent(&mut call).await;
    assert_eq!(watches(&sandbox), 2, "the root and src");
}

/// The watches that the agent's process holds.
fn watches(sandbox: &Sandbox) -> usize {
    let folder = format!("/proc/{}/fdinfo", sandbox.pid());
    let files = std::fs::read_dir(folder).expect("readable to root");
    files
        .filter_map(|file| std::fs::read_to_string(file.ok()?.path()).ok())
        .map(|info| info.lines().filter(|l| l.starts_with("inotify wd:")).count())
        .sum()
}

#[tokio::test]
async fn a_burst_is_gathered_and_a_steady_stream_is_not_held_back() {
    let sandbox = Sandbox::start().await;
    let mut call = watching(&sandbox).await;
    let file = sandbox.at("log");
    let writing = Arc::new(AtomicBool::new(true));
    let writer = tokio::spawn({
        let writing = Arc::clone(&writing);
        async move {
            while writing.load(Ordering::SeqCst) {
                std::fs::write(&file, "x").unwrap();
                tokio::time::sleep(Duration::from_millis(25)).await;
            }
        }
    });
    // Each reply comes while the stream goes on, and has waited for more of it.
    let begun = Instant::now();
    for _ in 0..3 {
        assert!(matches!(call.reply().await, Reply::Changed { overflow: false, .. }));
    }
    assert!(begun.elapsed() >= 3 * SHORTEST_PAUSE, "told one by one");
    writing.store(false, Ordering::SeqCst);
    writer.await.unwrap();
}

#[tokio::test]
async fn lost_events_are_told_and_what_was_missed_is_watched() {
    let sandbox = Sandbox::start().await;
    let mut call = watching(&sandbox).await;
    // While the agent stands still the kernel's queue fills up.
    signal(&sandbox, "STOP");
    let queue = std::fs::read_to_string("/proc/sys/fs/inotify/max_queued_events").unwrap();
    let queue: usize = queue.trim().parse().unwrap();
    for number in 0..=queue / 2 {
        std::fs::write(sandbox.at(&(number % 500).to_string()), "").unwrap();
        std::fs::remove_file(sandbox.at(&(number % 500).to_string())).unwrap();
    }
    std::fs::create_dir(sandbox.at("unseen")).unwrap();
    signal(&sandbox, "CONT");
    let overflow = async {
        loop {
            if let Reply::Changed { overflow: true, .. } = call.reply().await {
                return;
            }
        }
    };
    timeout(PATIENCE, overflow).await.expect("an overflow is told");
    std::fs::write(sandbox.at("unseen/file"), "x").unwrap();
    told(&mut call, &["unseen/file"]).await;
}

fn signal(sandbox: &Sandbox, name: &str) {
    let sent = Command::new("kill").args([&format!("-{name}"), &sandbox.pid().to_string()]).status();
    assert!(sent.unwrap().success());
}
