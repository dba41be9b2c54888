use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;

use carrel_wire::agent::{AgentErrorCode, EntryKind, Expect, Reply, Request, TEMPORARY_PREFIX};

use rustix::fs::{Mode, OFlags};

use crate::support::{Sandbox, error_code, mode, path, sha256};

fn temporary_files(sandbox: &Sandbox, folder: &str) -> usize {
    let names = std::fs::read_dir(sandbox.at(folder)).expect("a folder");
    names
        .filter(|name| {
            let name = name.as_ref().expect("a name").file_name();
            name.to_string_lossy().starts_with(TEMPORARY_PREFIX)
        })
        .count()
}

#[tokio::test]
async fn what_is_written_is_read_back() {
    let sandbox = Sandbox::start().await;
    let content: Vec<u8> = (0..1_000_000_u32).flat_map(u32::to_le_bytes).collect();
    let Reply::File { entry } = sandbox.write("a/b/c.bin", &content, Expect::Absent).await else {
        panic!("not written");
    };
    assert_eq!(entry.path, path("a/b/c.bin"));
    assert_eq!((entry.kind, entry.size), (EntryKind::File, 4_000_000));
    assert_eq!(entry.sha256, Some(sha256(&content)));
    assert!(!entry.executable);
    assert_eq!(sandbox.read("a/b/c.bin").await, content);
    assert_eq!(std::fs::read(sandbox.at("a/b/c.bin")).unwrap(), content);
    assert_eq!(mode(&sandbox.at("a/b/c.bin")), 0o644);
    sandbox.write("empty", b"", Expect::Anything).await;
    assert_eq!(sandbox.read("empty").await, b"");
    assert_eq!(temporary_files(&sandbox, "a/b"), 0);
}

#[tokio::test]
async fn a_write_happens_only_on_what_was_expected() {
    let sandbox = Sandbox::start().await;
    sandbox.write("f", b"one", Expect::Absent).await;
    let again = sandbox.write("f", b"two", Expect::Absent).await;
    assert_eq!(error_code(again), AgentErrorCode::Changed);
    let other = Expect::Sha256(sha256(b"other"));
    let mismatch = sandbox.write("f", b"two", other.clone()).await;
    assert_eq!(error_code(mismatch), AgentErrorCode::Changed);
    let missing = sandbox.write("none", b"two", other).await;
    assert_eq!(error_code(missing), AgentErrorCode::Changed);
    assert_eq!(sandbox.read("f").await, b"one");
    let right = Expect::Sha256(sha256(b"one"));
    let Reply::File { .. } = sandbox.write("f", b"two", right.clone()).await else {
        panic!("not written");
    };
    assert_eq!(sandbox.read("f").await, b"two");
    let gone = Request::Remove { path: path("f"), expect: right };
    assert_eq!(sandbox.refused(gone).await, AgentErrorCode::Changed);
    assert_eq!(temporary_files(&sandbox, ""), 0);
}

#[tokio::test]
async fn an_unfinished_write_leaves_nothing() {
    let sandbox = Sandbox::start().await;
    let mut call =
        sandbox.call(Request::Write { path: path("half"), executable: None, expect: Expect::Anything }).await;
    call.send_data(b"half of").await;
    crate::support::eventually("begun", || temporary_files(&sandbox, "") == 1).await;
    drop(call);
    crate::support::eventually("given up", || temporary_files(&sandbox, "") == 0).await;
    assert!(!sandbox.at("half").exists());
}

#[tokio::test]
async fn the_executable_bit_is_set_and_kept() {
    let sandbox = Sandbox::start().await;
    let script = |executable| Request::Write { path: path("run.sh"), executable, expect: Expect::Anything };
    for (executable, expected) in [(Some(true), 0o755), (None, 0o755), (Some(false), 0o644), (None, 0o644)] {
        let mut call = sandbox.call(script(executable)).await;
        call.send_data(b"#!/bin/sh\n").await;
        call.send_end().await;
        let Reply::File { entry } = call.reply().await else {
            panic!("not written");
        };
        assert_eq!(entry.executable, expected == 0o755);
        assert_eq!(mode(&sandbox.at("run.sh")), expected);
    }
}

#[tokio::test]
async fn lists_and_scans_what_is_there_and_not_what_is_ignored() {
    let sandbox = Sandbox::start().await;
    for folder in ["src/deep", "node_modules/x", "src/target/debug", "lost+found"] {
        std::fs::create_dir_all(sandbox.at(folder)).unwrap();
    }
    for number in 0..600 {
        std::fs::write(sandbox.at(&format!("src/{number}")), number.to_string()).unwrap();
    }
    std::fs::write(sandbox.at("node_modules/x/i.js"), "x").unwrap();
    std::fs::write(sandbox.at("src/deep/target"), "a file of that name").unwrap();
    std::fs::write(sandbox.at(&format!("src/{TEMPORARY_PREFIX}1")), "x").unwrap();
    symlink("/etc", sandbox.at("link")).unwrap();

    let names = |entries: Vec<carrel_wire::agent::Entry>| {
        let mut names: Vec<_> = entries.iter().map(|e| e.path.to_string()).collect();
        names.sort();
        names
    };
    let list = |folder| Request::List { path: path(folder) };
    let top = sandbox.call(list("")).await.entries().await;
    assert_eq!(names(top), ["link", "node_modules", "src"]);
    let src = sandbox.call(list("src")).await.entries().await;
    assert_eq!(src.len(), 602);
    let empty = sandbox.call(list("src/target/debug")).await.entries().await;
    assert!(empty.is_empty());
    assert_eq!(sandbox.refused(list("gone")).await, AgentErrorCode::NotFound);
    assert_eq!(sandbox.refused(list("src/1")).await, AgentErrorCode::WrongKind);
    assert_eq!(sandbox.refused(list("link")).await, AgentErrorCode::WrongKind);

    let scan = sandbox.scan().await;
    let find = |name: &str| scan.iter().find(|e| e.path.as_str() == name);
    assert_eq!(scan.len(), 600 + ["link", "src", "src/deep", "src/deep/target"].len());
    assert_eq!(find("link").unwrap().kind, EntryKind::Other);
    assert_eq!(find("src/42").unwrap().sha256, Some(sha256(b"42")));
    assert_eq!(find("src").unwrap().kind, EntryKind::Folder);
    let position = |name: &str| scan.iter().position(|e| e.path.as_str() == name);
    assert!(position("src/deep") < position("src/deep/target"));
}

#[tokio::test]
async fn a_planted_link_leads_nowhere() {
    let sandbox = Sandbox::start().await;
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("secret"), "secret").unwrap();
    symlink(outside.path(), sandbox.at("folder")).unwrap();
    symlink(outside.path().join("secret"), sandbox.at("file")).unwrap();
    let wrong = AgentErrorCode::WrongKind;
    for name in ["folder/secret", "file"] {
        let read = Request::Read { path: path(name) };
        assert_eq!(sandbox.refused(read).await, wrong);
        let write = sandbox.write(name, b"pwned", Expect::Anything).await;
        assert_eq!(error_code(write), wrong);
    }
    let made = Request::MakeFolder { path: path("folder/made") };
    assert_eq!(sandbox.refused(made).await, wrong);
    let removed = Request::Remove { path: path("folder/secret"), expect: Expect::Anything };
    assert_eq!(sandbox.refused(removed).await, wrong);
    std::fs::write(sandbox.at("mine"), "x").unwrap();
    let renamed = Request::Rename { from: path("mine"), to: path("folder/mine") };
    assert_eq!(sandbox.refused(renamed).await, wrong);
    // The link itself may be removed; what it points to stays.
    sandbox.done(Request::Remove { path: path("folder"), expect: Expect::Anything }).await;
    assert!(!sandbox.at("folder").exists());
    let left: Vec<_> = std::fs::read_dir(outside.path()).unwrap().collect();
    assert_eq!(left.len(), 1);
    assert_eq!(std::fs::read(outside.path().join("secret")).unwrap(), b"secret");
}

#[tokio::test]
async fn pipes_sockets_and_folders_are_no_files() {
    let sandbox = Sandbox::start().await;
    let made = Command::new("mkfifo").arg(sandbox.at("pipe")).status();
    assert!(made.unwrap().success());
    let _listener = std::os::unix::net::UnixListener::bind(sandbox.at("socket")).unwrap();
    std::fs::create_dir(sandbox.at("folder")).unwrap();
    for name in ["pipe", "socket", "folder"] {
        let read = Request::Read { path: path(name) };
        assert_eq!(sandbox.refused(read).await, AgentErrorCode::WrongKind, "{name}");
        let write = sandbox.write(name, b"x", Expect::Anything).await;
        assert_eq!(error_code(write), AgentErrorCode::WrongKind, "{name}");
    }
    let kinds: Vec<_> = sandbox.scan().await.into_iter().map(|e| e.kind).collect();
    assert_eq!(kinds.iter().filter(|k| **k == EntryKind::Other).count(), 2);
    let gone = Request::Read { path: path("gone") };
    assert_eq!(sandbox.refused(gone).await, AgentErrorCode::NotFound);
    let root = sandbox.write("", b"x", Expect::Anything).await;
    assert_eq!(error_code(root), AgentErrorCode::Invalid);
}

#[tokio::test]
async fn folders_are_made_renamed_and_removed() {
    let sandbox = Sandbox::start().await;
    let make = |name| Request::MakeFolder { path: path(name) };
    let rename = |from, to| Request::Rename { from: path(from), to: path(to) };
    let remove = |name| Request::Remove { path: path(name), expect: Expect::Anything };
    sandbox.done(make("a/b/c")).await;
    sandbox.done(make("a/b/c")).await;
    std::fs::write(sandbox.at("file"), "x").unwrap();
    assert_eq!(sandbox.refused(make("file")).await, AgentErrorCode::WrongKind);
    assert_eq!(sandbox.refused(rename("file", "a")).await, AgentErrorCode::Exists);
    assert_eq!(sandbox.refused(rename("gone", "x/y")).await, AgentErrorCode::NotFound);
    assert!(!sandbox.at("x").exists());
    assert_eq!(sandbox.refused(rename("a", "a/b/d")).await, AgentErrorCode::Invalid);
    sandbox.done(rename("a", "new/place/a")).await;
    assert!(sandbox.at("new/place/a/b/c").is_dir());
    sandbox.done(rename("file", "new/file")).await;
    // As module caches are: read-only folders; and one that is closed to its owner.
    std::fs::set_permissions(sandbox.at("new/place/a/b"), std::fs::Permissions::from_mode(0o555)).unwrap();
    std::fs::set_permissions(sandbox.at("new/place/a/b/c"), std::fs::Permissions::from_mode(0o000)).unwrap();
    sandbox.done(remove("new")).await;
    assert!(!sandbox.at("new").exists());
    assert_eq!(sandbox.refused(remove("new")).await, AgentErrorCode::NotFound);
    assert_eq!(sandbox.refused(remove("")).await, AgentErrorCode::Invalid);
}

#[tokio::test]
async fn a_very_deep_tree_is_scanned_and_removed() {
    let sandbox = Sandbox::start().await;
    // Deeper than any path can name: made and entered step by step.
    let flags = OFlags::DIRECTORY | OFlags::CLOEXEC;
    let mut folder = rustix::fs::open(sandbox.at(""), flags, Mode::empty()).unwrap();
    for number in 0..3000 {
        let name = if number == 0 { "deep" } else { "d" };
        rustix::fs::mkdirat(&folder, name, Mode::RWXU).unwrap();
        folder = rustix::fs::openat(&folder, name, flags, Mode::empty()).unwrap();
    }
    assert!(sandbox.scan().await.len() > 1900, "as deep as paths go");
    sandbox.done(Request::Remove { path: path("deep"), expect: Expect::Anything }).await;
    assert!(!sandbox.at("deep").exists());
}

#[tokio::test]
async fn what_an_earlier_agent_left_is_swept() {
    let sandbox = Sandbox::start().await;
    let stale = sandbox.at(&format!("{TEMPORARY_PREFIX}stale"));
    std::fs::write(&stale, "half a file").unwrap();
    let touched = Command::new("touch").args(["-d", "2020-01-01"]).arg(&stale).status();
    assert!(touched.unwrap().success());
    let fresh = sandbox.at(&format!("{TEMPORARY_PREFIX}fresh"));
    std::fs::write(&fresh, "being written").unwrap();
    assert!(sandbox.scan().await.is_empty());
    assert!(!stale.exists());
    assert!(fresh.exists());
}

#[tokio::test]
async fn only_a_folder_with_nothing_in_it_is_removed_as_empty() {
    let sandbox = Sandbox::start().await;
    let remove = |name| Request::RemoveEmptyFolder { path: path(name) };
    std::fs::create_dir_all(sandbox.at("folder/inner")).unwrap();
    std::fs::write(sandbox.at("file"), b"x").unwrap();
    assert_eq!(sandbox.refused(remove("folder")).await, AgentErrorCode::NotEmpty);
    sandbox.done(remove("folder/inner")).await;
    // A name that no listing tells, because it is no text.
    let hidden = sandbox.at("folder").join(std::ffi::OsStr::from_bytes(b"\xff"));
    std::fs::write(&hidden, b"kept").unwrap();
    let entries = sandbox.call(Request::List { path: path("folder") }).await.entries().await;
    assert!(entries.is_empty());
    assert_eq!(sandbox.refused(remove("folder")).await, AgentErrorCode::NotEmpty);
    assert_eq!(std::fs::read(&hidden).unwrap(), b"kept");
    std::fs::remove_file(&hidden).unwrap();
    sandbox.done(remove("folder")).await;
    assert!(!sandbox.at("folder").exists());
    assert_eq!(sandbox.refused(remove("folder")).await, AgentErrorCode::NotFound);
    assert_eq!(sandbox.refused(remove("file")).await, AgentErrorCode::WrongKind);
    assert_eq!(sandbox.refused(remove("")).await, AgentErrorCode::Invalid);
    assert!(sandbox.at("file").exists());
}
