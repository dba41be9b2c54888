//! Stopping, opening again, deleting the folder under an open workspace, stopping by itself.

use std::time::Duration;

use carrel_ide_backend::Timing;
use reqwest::{Method, StatusCode};

use crate::{
    browser::Browser,
    server::{Instance, by_news_alone, short},
};

/// From a deactivation to the end of its sandboxes.
const SOON: Duration = Duration::from_secs(8);

/// Everything, somebody who is signed in, and their folder.
async fn start(timing: Timing) -> (Instance, Browser, String) {
    let instance = Instance::start(timing).await;
    let browser = Browser::signed_in(&instance).await;
    let folder = browser.make_folder(&browser.root, "engine").await;
    (instance, browser, folder)
}

async fn read(browser: &Browser, workspace: &str, path: &str) -> String {
    browser.ide(Method::GET, workspace, &format!("file?path={path}"), None).await.expect(StatusCode::OK).text()
}

#[actix_web::test]
async fn opening_again_brings_what_happened_meanwhile() {
    let (instance, browser, folder) = start(short()).await;
    browser.upload(&folder, "there.txt", "one").await;
    let doomed = browser.upload(&folder, "doomed.txt", "x").await;
    let workspace = browser.make_workspace(&folder).await;
    let mut events = browser.open(&workspace).await;
    let (_, mut terminal) = browser.terminal(&workspace).await;
    // The last write before the stop comes along; what is never synchronised stays on the volume.
    terminal.keys("mkdir target; echo heavy > target/x; echo just now > late.txt; echo do''ne\n").await;
    terminal.until_output("done").await;
    browser.ide(Method::POST, &workspace, "stop", None).await.expect(StatusCode::ACCEPTED);
    events.until_state("stopped").await;
    assert_eq!(browser.cloud_content(&folder, "late.txt").await.as_deref(), Some("just now\n"));
    let refused = browser.ide(Method::GET, &workspace, "tree", None).await.expect(StatusCode::CONFLICT);
    assert_eq!(refused.code(), "workspace_not_ready");

    browser.replace(&folder, "there.txt", "two").await;
    browser.trash(&doomed).await;
    browser.upload(&folder, "new.txt", "new").await;
    browser.ide(Method::POST, &workspace, "start", None).await.expect(StatusCode::ACCEPTED);
    events.until_state("ready").await;
    events.until("quiet", |event| event["type"] == "sync" && event["state"] == "synced").await;
    assert_eq!(read(&browser, &workspace, "there.txt").await, "two");
    assert_eq!(read(&browser, &workspace, "new.txt").await, "new");
    assert_eq!(read(&browser, &workspace, "late.txt").await, "just now\n");
    assert_eq!(read(&browser, &workspace, "target/x").await, "heavy\n");
    browser.ide(Method::GET, &workspace, "file?path=doomed.txt", None).await.expect(StatusCode::NOT_FOUND);
    assert_eq!(browser.versions(&folder, "there.txt").await, 2, "nothing was pushed back");
    instance.finish().await;
}

#[actix_web::test]
async fn a_lost_volume_costs_no_file_of_the_cloud() {
    let (instance, browser, folder) = start(short()).await;
    browser.upload(&folder, "a.txt", "a").await;
    let inside = browser.make_folder(&folder, "inside").await;
    browser.upload(&inside, "b.txt", "b").await;
    let workspace = browser.make_workspace(&folder).await;
    let mut events = browser.open(&workspace).await;
    let (_, mut terminal) = browser.terminal(&workspace).await;
    terminal.keys("echo c > c.txt; echo do''ne\n").await;
    terminal.until_output("done").await;
    browser.until_cloud_has(&folder, "c.txt", Some("c\n")).await;
    browser.ide(Method::POST, &workspace, "stop", None).await.expect(StatusCode::ACCEPTED);
    events.until_state("stopped").await;
    for image in instance.volumes() {
        std::fs::remove_file(image).unwrap();
    }

    browser.ide(Method::POST, &workspace, "start", None).await.expect(StatusCode::ACCEPTED);
    events.until_state("ready").await;
    events.until("quiet", |event| event["type"] == "sync" && event["state"] == "synced").await;
    for (path, content) in [("a.txt", "a"), ("inside/b.txt", "b"), ("c.txt", "c\n")] {
        assert_eq!(read(&browser, &workspace, path).await, content);
    }
    let names: Vec<_> = browser.children(&folder).await.iter().map(|node| node["name"].clone()).collect();
    assert_eq!(names, ["inside", "a.txt", "c.txt"]);
    assert_eq!(browser.cloud_content(&inside, "b.txt").await.as_deref(), Some("b"));
    instance.finish().await;
}

#[actix_web::test]
async fn deleting_the_folder_of_an_open_workspace_ends_it_and_says_so() {
    let (instance, browser, folder) = start(short()).await;
    browser.upload(&folder, "a.txt", "a").await;
    let workspace = browser.make_workspace(&folder).await;
    let mut events = browser.open(&workspace).await;
    browser.trash(&folder).await;
    let failed = events
        .until("an end", |event| {
            event["type"] == "ended" || (event["type"] == "state" && event["code"] == "folder_gone")
        })
        .await;
    assert!(failed["type"] == "ended" || failed["state"] == "failed", "{failed}");
    instance.finish().await;
}

#[actix_web::test]
async fn a_deleted_workspace_leaves_no_sandbox_and_no_volume() {
    let (instance, browser, folder) = start(short()).await;
    browser.upload(&folder, "a.txt", "a").await;
    // One that runs, and nobody but its own page is admitted to it; and one that was stopped before.
    let running = browser.make_workspace(&folder).await;
    let mut events = browser.open(&running).await;
    let other = browser.make_folder(&browser.root, "other").await;
    let stopped = browser.make_workspace(&other).await;
    let mut other_events = browser.open(&stopped).await;
    browser.ide(Method::POST, &stopped, "stop", None).await.expect(StatusCode::ACCEPTED);
    other_events.until_state("stopped").await;
    assert_eq!(instance.volumes().len(), 2);

    for workspace in [&running, &stopped] {
        let path = format!("/api/v1/workspaces/{workspace}");
        browser.send(Method::DELETE, &path, None).await.expect(StatusCode::NO_CONTENT);
    }
    events.until("an end", |event| event["type"] == "ended" || event["state"] == "failed").await;
    let gone = carrel_test_support::wait_until(Duration::from_secs(60), "the volumes to go", || {
        std::future::ready((instance.volumes().is_empty() && instance.containers().is_empty()).then_some(()))
    });
    gone.await.unwrap();
    assert_eq!(browser.cloud_content(&folder, "a.txt").await.as_deref(), Some("a"), "the folder stays");
    instance.finish().await;
}

#[actix_web::test]
async fn t_022_the_sandboxes_of_a_deactivated_person_are_stopped_soon() {
    let (instance, browser, folder) = start(by_news_alone()).await;
    let workspace = browser.make_workspace(&folder).await;
    let _events = browser.open(&workspace).await;
    // It works, so that it is not idle.
    let (_, mut terminal) = browser.terminal(&workspace).await;
    terminal.keys("while :; do :; done & echo beg''un\n").await;
    terminal.until_output("begun").await;
    let committed = instance.disable("ada").await;
    let ended = carrel_test_support::wait_until(SOON, "the sandbox's end", || {
        std::future::ready(instance.containers().is_empty().then_some(()))
    });
    ended.await.unwrap();
    assert!(committed.elapsed() < SOON);
    assert_eq!(instance.volumes().len(), 1, "the volume stays");
    instance.finish().await;
}

#[actix_web::test]
async fn t_022_a_sandbox_that_could_not_be_stopped_is_stopped_when_its_runner_is_back() {
    let (mut instance, browser, folder) = start(by_news_alone()).await;
    let workspace = browser.make_workspace(&folder).await;
    let _events = browser.open(&workspace).await;
    instance.stop_runner().await;
    instance.disable("ada").await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(instance.containers().len(), 1, "nobody can stop it");
    instance.start_runner().await;
    let ended = carrel_test_support::wait_until(Duration::from_secs(60), "the sandbox's end", || {
        std::future::ready(instance.containers().is_empty().then_some(()))
    });
    ended.await.unwrap();
    instance.finish().await;
}

#[actix_web::test]
async fn t_022_a_sandbox_whose_person_signed_out_is_stopped_with_its_work_saved() {
    let (instance, browser, folder) = start(by_news_alone()).await;
    let workspace = browser.make_workspace(&folder).await;
    let _events = browser.open(&workspace).await;
    let (_, mut terminal) = browser.terminal(&workspace).await;
    terminal.keys("echo last > last.txt; while :; do :; done & echo beg''un\n").await;
    terminal.until_output("begun").await;
    browser.send(Method::DELETE, "/api/v1/session", None).await.expect(StatusCode::NO_CONTENT);
    let ended = carrel_test_support::wait_until(Duration::from_secs(30), "the sandbox's end", || {
        std::future::ready(instance.containers().is_empty().then_some(()))
    });
    ended.await.unwrap();
    browser.sign_in().await;
    assert_eq!(browser.cloud_content(&folder, "last.txt").await.as_deref(), Some("last\n"));
    instance.finish().await;
}

#[actix_web::test]
async fn a_sandbox_for_which_nobody_speaks_is_ended() {
    let timing = Timing { idle_stop: Duration::from_secs(4), ..short() };
    let (instance, browser, folder) = start(timing).await;
    let workspace = browser.make_workspace(&folder).await;
    let events = browser.open(&workspace).await;
    assert_eq!(instance.containers().len(), 1);
    // With the sign-in every admission ends: when the sandbox is idle, there is nobody in whose name it could be stopped.
    browser.send(Method::DELETE, "/api/v1/session", None).await.expect(StatusCode::NO_CONTENT);
    drop(events);
    let ended = carrel_test_support::wait_until(Duration::from_secs(60), "the sandbox's end", || {
        std::future::ready(instance.containers().is_empty().then_some(()))
    });
    ended.await.unwrap();
    assert_eq!(instance.volumes().len(), 1, "the volume stays");
    instance.finish().await;
}

#[actix_web::test]
async fn a_workspace_that_nobody_uses_stops_by_itself() {
    let timing = Timing { idle_stop: Duration::from_secs(4), ..short() };
    let (instance, browser, folder) = start(timing).await;
    let workspace = browser.make_workspace(&folder).await;
    let events = browser.open(&workspace).await;
    tokio::time::sleep(Duration::from_secs(6)).await;
    browser.ide(Method::GET, &workspace, "tree", None).await.expect(StatusCode::OK);
    drop(events);
    let path = format!("/api/v1/workspaces/{workspace}");
    let stopped = carrel_test_support::wait_until(Duration::from_secs(60), "the stop", || async {
        let shown = browser.send(Method::GET, &path, None).await.json();
        (shown["state"] == "stopped").then_some(())
    });
    stopped.await.unwrap();
    instance.finish().await;
}
