//! Parts that go away and come back while a workspace is open.

use reqwest::{Method, StatusCode};

use crate::{
    browser::Browser,
    server::{Instance, short},
};

#[actix_web::test]
async fn a_restarted_runner_finds_the_terminal_where_it_was() {
    let mut instance = Instance::start(short()).await;
    let browser = Browser::signed_in(&instance).await;
    let folder = browser.make_folder(&browser.root, "engine").await;
    let workspace = browser.make_workspace(&folder).await;
    let mut events = browser.open(&workspace).await;
    let (id, mut terminal) = browser.terminal(&workspace).await;
    terminal.keys("variable=remembered; echo be''fore\n").await;
    terminal.until_output("before").await;

    instance.stop_runner().await;
    let waiting = events.until("a reason", |event| event["type"] == "state" && event["code"].is_string()).await;
    assert_eq!(waiting["state"], "starting", "{waiting}");
    while terminal.next().await.is_some() {}
    let refused = browser.ide(Method::GET, &workspace, "tree", None).await.expect(StatusCode::CONFLICT);
    assert_eq!(refused.code(), "workspace_not_ready");

    instance.start_runner().await;
    events.until_state("ready").await;
    let mut terminal = browser.attach(&workspace, &id).await;
    terminal.until_output("before").await;
    terminal.keys("echo $variable > proof.txt; echo af''ter\n").await;
    terminal.until_output("after").await;
    browser.until_cloud_has(&folder, "proof.txt", Some("remembered\n")).await;
    instance.finish().await;
}

#[actix_web::test]
async fn a_restarted_ide_backend_takes_up_what_runs() {
    let mut instance = Instance::start(short()).await;
    let mut browser = Browser::signed_in(&instance).await;
    let folder = browser.make_folder(&browser.root, "engine").await;
    let workspace = browser.make_workspace(&folder).await;
    browser.open(&workspace).await;
    let (id, mut terminal) = browser.terminal(&workspace).await;
    terminal.keys("(sleep 8; echo meanwhile > meanwhile.txt) & echo be''fore\n").await;
    terminal.until_output("before").await;

    // A second IDE backend that knows nothing; the first one's browsers are gone with it.
    instance.restart_public().await;
    browser.origin.clone_from(&instance.origin);
    browser.until_cloud_has(&folder, "meanwhile.txt", Some("meanwhile\n")).await;
    browser.ide(Method::GET, &workspace, "tree", None).await.expect(StatusCode::UNAUTHORIZED);
    browser.open(&workspace).await;
    let mut terminal = browser.attach(&workspace, &id).await;
    terminal.until_output("before").await;
    instance.finish().await;
}

#[actix_web::test]
async fn a_container_that_ends_is_reported_with_its_files_kept() {
    let instance = Instance::start(short()).await;
    let browser = Browser::signed_in(&instance).await;
    let folder = browser.make_folder(&browser.root, "engine").await;
    browser.upload(&folder, "a.txt", "a").await;
    let workspace = browser.make_workspace(&folder).await;
    let mut events = browser.open(&workspace).await;
    instance.kill_containers();
    let stopped = events.until_state("stopped").await;
    assert!(stopped["code"].is_string() && stopped["detail"].is_string(), "{stopped}");
    let path = format!("/api/v1/workspaces/{workspace}");
    let known = carrel_test_support::wait_until(crate::browser::PATIENCE, "the cloud to know", || async {
        (browser.send(Method::GET, &path, None).await.json()["state"] == "stopped").then_some(())
    });
    known.await.unwrap();
    browser.ide(Method::POST, &workspace, "start", None).await.expect(StatusCode::ACCEPTED);
    events.until_state("ready").await;
    instance.finish().await;
}
