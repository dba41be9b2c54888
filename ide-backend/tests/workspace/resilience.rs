//! Parts that go away and come back while a workspace is open.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use actix_web::rt;
use carrel_test_support::wait_until;
use reqwest::{Method, StatusCode};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{UnixListener, UnixStream},
};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    browser::{Browser, PATIENCE},
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

/// What the log says of sandboxes, oldest first.
async fn log_of_sandboxes(instance: &Instance, browser: &Browser) -> Vec<(String, String)> {
    instance.seal_log().await;
    let entries =
        browser.send(Method::GET, "/api/v1/audit/entries?limit=500", None).await.expect(StatusCode::OK).json();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let entries = entries["items"].as_array().unwrap().iter().rev();
    entries
        .map(|entry| (text(&entry["action"]), text(&entry["outcome"])))
        .filter(|(action, _)| action.starts_with("sandbox."))
        .collect()
}

async fn until_log_of_sandboxes(instance: &Instance, browser: &Browser, expected: &[(&str, &str)]) {
    let expected: Vec<_> = expected.iter().map(|(act, out)| ((*act).to_owned(), (*out).to_owned())).collect();
    let there = wait_until(PATIENCE, "the log", || async {
        (log_of_sandboxes(instance, browser).await == expected).then_some(())
    });
    if there.await.is_err() {
        panic!("{:?}", log_of_sandboxes(instance, browser).await);
    }
}

/// Puts itself between the services and the runner and loses the answer to the first command.
fn lose_an_answer(instance: &Instance) -> Arc<AtomicBool> {
    let (socket, real) = (instance.data.join("run/runner.sock"), instance.data.join("run/real.sock"));
    std::fs::rename(&socket, &real).unwrap();
    let listener = UnixListener::bind(&socket).unwrap();
    let lost = Arc::new(AtomicBool::new(false));
    let losing = Arc::clone(&lost);
    rt::spawn(async move {
        while let Ok((near, _)) = listener.accept().await {
            let far = UnixStream::connect(&real).await.unwrap();
            rt::spawn(pass_on(near, far, Arc::clone(&losing)));
        }
    });
    lost
}

async fn pass_on(mut near: UnixStream, mut far: UnixStream, lost: Arc<AtomicBool>) {
    let (mut asked, mut answered) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    let mut to_lose = false;
    loop {
        tokio::select! {
            read = near.read(&mut asked) => {
                let read = read.unwrap_or(0);
                to_lose |= asked[..read].starts_with(b"POST /v1/commands") && !lost.swap(true, Ordering::SeqCst);
                if read == 0 || far.write_all(&asked[..read]).await.is_err() {
                    return;
                }
            }
            read = far.read(&mut answered) => {
                let read = read.unwrap_or(0);
                if read == 0 || to_lose || near.write_all(&answered[..read]).await.is_err() {
                    return;
                }
            }
        }
    }
}

#[actix_web::test]
async fn a_start_that_was_not_answered_has_its_outcome_in_the_log() {
    let mut instance = Instance::start(short()).await;
    let lost = lose_an_answer(&instance);
    // No connection is left that goes past the one in between.
    instance.restart_public().await;
    let browser = Browser::signed_in(&instance).await;
    let folder = browser.make_folder(&browser.root, "engine").await;
    let workspace = browser.make_workspace(&folder).await;
    browser.open(&workspace).await;
    assert!(lost.load(Ordering::SeqCst), "the answer was lost");
    let started = [("sandbox.start.attempt", "ok"), ("sandbox.start.result", "ok")];
    until_log_of_sandboxes(&instance, &browser, &started).await;
    let path = format!("/api/v1/workspaces/{workspace}");
    assert_eq!(browser.send(Method::GET, &path, None).await.json()["state"], "running");
    instance.finish().await;
}

#[actix_web::test]
async fn a_stop_that_failed_has_its_outcome_in_the_log() {
    let mut instance = Instance::start(short()).await;
    let browser = Browser::signed_in(&instance).await;
    let folder = browser.make_folder(&browser.root, "engine").await;
    let workspace = browser.make_workspace(&folder).await;
    browser.open(&workspace).await;
    instance.stop_runner().await;
    browser.ide(Method::POST, &workspace, "stop", None).await.expect(StatusCode::ACCEPTED);
    let failed = [
        ("sandbox.start.attempt", "ok"),
        ("sandbox.start.result", "ok"),
        ("sandbox.stop.attempt", "ok"),
        ("sandbox.end", "error"),
    ];
    until_log_of_sandboxes(&instance, &browser, &failed).await;
    let path = format!("/api/v1/workspaces/{workspace}");
    assert_eq!(browser.send(Method::GET, &path, None).await.json()["state"], "running");
    instance.finish().await;
}

#[actix_web::test]
async fn signing_out_ends_a_terminal_that_takes_no_input() {
    let instance = Instance::start(short()).await;
    let browser = Browser::signed_in(&instance).await;
    let folder = browser.make_folder(&browser.root, "engine").await;
    let workspace = browser.make_workspace(&folder).await;
    browser.open(&workspace).await;
    let (_, mut terminal) = browser.terminal(&workspace).await;
    terminal.keys("stty raw -echo; echo de''af; exec sleep 1000\n").await;
    terminal.until_output("deaf").await;
    // More than all that lies in between holds.
    for _ in 0..4 {
        drop(tokio::time::timeout(Duration::from_secs(2), terminal.keys(&"x".repeat(1_000_000))).await);
    }
    browser.send(Method::DELETE, "/api/v1/session", None).await.expect(StatusCode::NO_CONTENT);
    let told = async {
        loop {
            match terminal.next().await {
                Some(Message::Text(text)) => return text,
                Some(_) => {}
                None => panic!("closed without a word"),
            }
        }
    };
    let told = tokio::time::timeout(PATIENCE, told).await.expect("the end of the session");
    assert!(told.contains("session_ended"), "{told}");
    instance.finish().await;
}
