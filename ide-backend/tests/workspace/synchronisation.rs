//! Both directions of the sync in one open workspace.

use std::time::Duration;

use reqwest::{Method, StatusCode};

use crate::{
    browser::{Browser, PATIENCE},
    server::{Instance, short},
    socket::Socket,
};

/// What the interface promises. Measured on a machine that does nothing else it is below one second.
const PROMISED: Duration = Duration::from_secs(2);

async fn write(terminal: &mut Socket, command: &str) {
    terminal.keys(&format!("{command}; echo do''ne\n")).await;
    terminal.until_output("done").await;
}

async fn until_volume_has(browser: &Browser, workspace: &str, path: &str, content: Option<&str>) -> Duration {
    let begun = std::time::Instant::now();
    let there = carrel_test_support::wait_until(PATIENCE, "the volume to have it", || async {
        let read = browser.ide(Method::GET, workspace, &format!("file?path={path}"), None).await;
        match (read.status, content) {
            (StatusCode::OK, Some(content)) => (read.text() == content).then_some(()),
            (StatusCode::NOT_FOUND, None) => Some(()),
            _ => None,
        }
    });
    there.await.unwrap_or_else(|error| panic!("{path}: {error}"));
    begun.elapsed()
}

#[actix_web::test]
async fn what_is_done_in_the_workspace_comes_to_the_cloud() {
    let instance = Instance::start(short()).await;
    let browser = Browser::signed_in(&instance).await;
    let folder = browser.make_folder(&browser.root, "engine").await;
    let source = browser.make_folder(&folder, "src").await;
    for n in 0..30 {
        browser.upload(&source, &format!("part{n}.txt"), &format!("content {n}")).await;
    }
    browser.upload(&folder, "empty.txt", "").await;
    let workspace = browser.make_workspace(&folder).await;
    browser.enter(&workspace).await;
    let mut events = browser.events(&workspace).await;
    let ready = events.until_state("ready").await;
    assert_eq!(ready["progress"]["files_done"], 31, "{ready}");
    assert!(ready["timing"]["hydrate_ms"].is_u64() && ready["timing"]["agent_ms"].is_u64(), "{ready}");

    let (_, mut terminal) = browser.terminal(&workspace).await;
    terminal.keys("cat src/part*.txt | wc -c; ls | sort | tr '\\n' ' '\n").await;
    terminal.until_output("empty.txt src ").await;

    // A write in the terminal and a save in the editor.
    write(&mut terminal, "echo from the terminal > made.txt").await;
    let terminal_took = browser.until_cloud_has(&folder, "made.txt", Some("from the terminal\n")).await;
    let read = browser.ide(Method::GET, &workspace, "file?path=empty.txt", None).await.expect(StatusCode::OK);
    let (origin, etag) = (browser.origin.clone(), read.etag.unwrap());
    let headers = [("origin", origin.as_str()), ("if-match", etag.as_str())];
    let body = Some(("application/octet-stream", b"edited".to_vec()));
    let path = format!("/ide/v1/workspaces/{workspace}/file?path=empty.txt");
    browser.send_with(Method::PUT, &path, &headers, body).await.expect(StatusCode::OK);
    let editor_took = browser.until_cloud_has(&folder, "empty.txt", Some("edited")).await;
    assert_eq!(browser.versions(&folder, "empty.txt").await, 2);
    assert!(terminal_took < PROMISED && editor_took < PROMISED, "{terminal_took:?} {editor_took:?}");
    #[allow(clippy::print_stderr, reason = "a figure for whoever runs the test")]
    {
        eprintln!("to the cloud: terminal {terminal_took:?}, editor {editor_took:?}; {}", ready["timing"]);
    }

    // Deleting, renaming, folders, a burst, a large file, what is never synchronised.
    write(&mut terminal, "rm src/part0.txt; mv src/part1.txt renamed.txt; mkdir -p deep/er/empty").await;
    browser.until_cloud_has(&source, "part0.txt", None).await;
    browser.until_cloud_has(&source, "part1.txt", None).await;
    browser.until_cloud_has(&folder, "renamed.txt", Some("content 1")).await;
    write(
        &mut terminal,
        "for n in $(seq 200); do echo $n > deep/burst$n.txt; done; mkdir node_modules; echo x > node_modules/x",
    )
    .await;
    write(&mut terminal, "head -c 9000000 /dev/zero > large.bin; mv src moved").await;
    write(&mut terminal, "echo last > last.txt").await;
    browser.until_cloud_has(&folder, "last.txt", Some("last\n")).await;
    events.until("quiet", |event| event["type"] == "sync" && event["state"] == "synced").await;
    let synced = carrel_test_support::wait_until(PATIENCE, "everything to be in the cloud", || async {
        let names: Vec<_> =
            browser.children(&folder).await.iter().map(|node| node["name"].as_str().unwrap().to_owned()).collect();
        (names == ["deep", "moved", "empty.txt", "large.bin", "last.txt", "made.txt", "renamed.txt"]).then_some(())
    });
    synced.await.unwrap();
    let deep = browser.child(&folder, "deep").await.unwrap()["id"].as_str().unwrap().to_owned();
    let burst = carrel_test_support::wait_until(PATIENCE, "the whole burst", || async {
        (browser.children(&deep).await.len() == 201).then_some(())
    });
    burst.await.unwrap();
    assert_eq!(browser.child(&folder, "large.bin").await.unwrap()["size"], 9_000_000);
    let moved = browser.child(&folder, "moved").await.unwrap()["id"].as_str().unwrap().to_owned();
    let all_moved = carrel_test_support::wait_until(PATIENCE, "all that was moved", || async {
        (browser.children(&moved).await.len() == 28).then_some(())
    });
    all_moved.await.unwrap();
    instance.finish().await;
}

#[actix_web::test]
async fn what_is_done_in_the_cloud_comes_to_the_workspace() {
    let instance = Instance::start(short()).await;
    let browser = Browser::signed_in(&instance).await;
    let folder = browser.make_folder(&browser.root, "engine").await;
    browser.upload(&folder, "changed.txt", "one").await;
    let doomed = browser.upload(&folder, "doomed.txt", "x").await;
    let doomed_folder = browser.make_folder(&folder, "doomed").await;
    browser.upload(&doomed_folder, "inside.txt", "x").await;
    let workspace = browser.make_workspace(&folder).await;
    let _events = browser.open(&workspace).await;

    browser.replace(&folder, "changed.txt", "two").await;
    until_volume_has(&browser, &workspace, "changed.txt", Some("two")).await;
    let new = browser.make_folder(&folder, "new").await;
    browser.upload(&new, "file.txt", "new").await;
    until_volume_has(&browser, &workspace, "new/file.txt", Some("new")).await;
    browser.trash(&doomed).await;
    browser.trash(&doomed_folder).await;
    until_volume_has(&browser, &workspace, "doomed.txt", None).await;
    until_volume_has(&browser, &workspace, "doomed/inside.txt", None).await;
    let gone = carrel_test_support::wait_until(PATIENCE, "the folder to go", || async {
        let tree = browser.ide(Method::GET, &workspace, "tree?path=doomed", None).await;
        (tree.status == StatusCode::NOT_FOUND).then_some(())
    });
    gone.await.unwrap();
    // Nothing of it comes back as a change of the workspace.
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(browser.versions(&folder, "changed.txt").await, 2);
    assert!(browser.child(&folder, "doomed").await.is_none());
    instance.finish().await;
}

#[actix_web::test]
async fn a_folder_that_only_looks_empty_stays_with_what_is_in_it() {
    let instance = Instance::start(short()).await;
    let browser = Browser::signed_in(&instance).await;
    let folder = browser.make_folder(&browser.root, "engine").await;
    let doomed = browser.make_folder(&folder, "doomed").await;
    browser.upload(&doomed, "inside.txt", "x").await;
    let workspace = browser.make_workspace(&folder).await;
    let _events = browser.open(&workspace).await;
    let (_, mut terminal) = browser.terminal(&workspace).await;
    // A name that is no text is neither listed nor synchronised.
    write(&mut terminal, "echo hidden > $'doomed/\\xff'").await;
    browser.trash(&doomed).await;
    until_volume_has(&browser, &workspace, "doomed/inside.txt", None).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    write(&mut terminal, "cat doomed/* > proof.txt").await;
    browser.until_cloud_has(&folder, "proof.txt", Some("hidden\n")).await;
    assert!(browser.child(&folder, "doomed").await.is_none(), "the cloud's deletion stays");
    instance.finish().await;
}

#[actix_web::test]
async fn when_both_sides_change_a_file_both_are_kept_on_both_sides() {
    let mut instance = Instance::start(short()).await;
    let browser = Browser::signed_in(&instance).await;
    let folder = browser.make_folder(&browser.root, "engine").await;
    for name in ["both.txt", "kept.txt", "deleted-here.txt"] {
        browser.upload(&folder, name, "old").await;
    }
    let workspace = browser.make_workspace(&folder).await;
    let mut events = browser.open(&workspace).await;
    let (_, mut terminal) = browser.terminal(&workspace).await;

    // While the cloud is away for the workspace, both sides go on.
    instance.stop_internal().await;
    events.until("offline", |event| event["type"] == "sync" && event["state"] == "offline").await;
    write(&mut terminal, "echo mine > both.txt; echo kept > kept.txt; rm deleted-here.txt; echo new > new.txt").await;
    browser.replace(&folder, "both.txt", "theirs").await;
    browser.replace(&folder, "deleted-here.txt", "changed there").await;
    let kept = browser.child(&folder, "kept.txt").await.unwrap();
    browser.trash(kept["id"].as_str().unwrap()).await;
    instance.start_internal();

    let conflict = events.until("conflict", |event| event["type"] == "conflict").await;
    assert_eq!(conflict["path"], "both.txt");
    let saved_as = conflict["saved_as"].as_str().unwrap().to_owned();
    browser.until_cloud_has(&folder, "both.txt", Some("theirs")).await;
    browser.until_cloud_has(&folder, &saved_as, Some("mine\n")).await;
    until_volume_has(&browser, &workspace, "both.txt", Some("theirs")).await;
    until_volume_has(&browser, &workspace, &saved_as.replace(' ', "%20"), Some("mine\n")).await;
    // A deletion never wins over a change.
    browser.until_cloud_has(&folder, "kept.txt", Some("kept\n")).await;
    until_volume_has(&browser, &workspace, "deleted-here.txt", Some("changed there")).await;
    browser.until_cloud_has(&folder, "new.txt", Some("new\n")).await;
    events.until("quiet", |event| event["type"] == "sync" && event["state"] == "synced").await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(browser.children(&folder).await.len(), 5, "one copy and no more");
    instance.finish().await;
}

#[actix_web::test]
async fn a_name_that_the_cloud_refuses_is_said_once_and_stops_nothing() {
    let instance = Instance::start(short()).await;
    let browser = Browser::signed_in(&instance).await;
    let folder = browser.make_folder(&browser.root, "engine").await;
    let workspace = browser.make_workspace(&folder).await;
    let mut events = browser.open(&workspace).await;
    let (_, mut terminal) = browser.terminal(&workspace).await;
    write(&mut terminal, "echo x > $'bad\\nname'; echo y > good.txt").await;
    browser.until_cloud_has(&folder, "good.txt", Some("y\n")).await;
    let told = events
        .until("a message", |event| event["type"] == "sync" && event["pending"] == 1 && event["message"].is_string())
        .await;
    assert_eq!(told["state"], "syncing", "it is not in the cloud: {told}");
    assert!(told["message"].as_str().unwrap().contains("not synchronised"), "{told}");
    assert_eq!(browser.children(&folder).await.len(), 1);
    instance.finish().await;
}

#[actix_web::test]
async fn what_found_no_room_is_tried_again_until_there_is_room() {
    let instance = Instance::start(short()).await;
    let browser = Browser::signed_in(&instance).await;
    let folder = browser.make_folder(&browser.root, "engine").await;
    let workspace = browser.make_workspace(&folder).await;
    let mut events = browser.open(&workspace).await;
    let (_, mut terminal) = browser.terminal(&workspace).await;
    // The volume is full of what is never synchronised.
    write(&mut terminal, "mkdir target; head -c 400000000 /dev/zero > target/fill 2> /dev/null").await;
    let content = "x".repeat(1_000_000);
    browser.upload(&folder, "large.txt", &content).await;
    let told = events
        .until("a message", |event| event["type"] == "sync" && event["message"].is_string() && event["pending"] == 1)
        .await;
    assert_eq!(told["state"], "syncing", "{told}");
    write(&mut terminal, "rm target/fill").await;
    until_volume_has(&browser, &workspace, "large.txt", Some(&content)).await;
    events
        .until("quiet", |event| event["type"] == "sync" && event["state"] == "synced" && event["message"].is_null())
        .await;
    instance.finish().await;
}
