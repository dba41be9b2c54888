//! The editor's files and the terminals of one running sandbox.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::{
    browser::Browser,
    server::{Instance, short},
};

async fn put(
    browser: &Browser,
    workspace: &str,
    path: &str,
    condition: (&str, &str),
    text: &str,
) -> crate::browser::Answer {
    let headers = [("origin", browser.origin.as_str()), condition];
    let body = Some(("application/octet-stream", text.as_bytes().to_vec()));
    let path = format!("/ide/v1/workspaces/{workspace}/file?path={path}");
    browser.send_with(Method::PUT, &path, &headers, body).await
}

#[actix_web::test]
async fn the_editor_saves_only_over_what_it_has_read() {
    let instance = Instance::start(short()).await;
    let browser = Browser::signed_in(&instance).await;
    let folder = browser.make_folder(&browser.root, "engine").await;
    browser.upload(&folder, "notes.txt", "one").await;
    let workspace = browser.make_workspace(&folder).await;
    let mut events = browser.open(&workspace).await;

    let read = browser.ide(Method::GET, &workspace, "file?path=notes.txt", None).await.expect(StatusCode::OK);
    assert_eq!(read.text(), "one");
    let first = read.etag.unwrap();
    let saved = put(&browser, &workspace, "notes.txt", ("if-match", &first), "two").await.expect(StatusCode::OK);
    assert_eq!(saved.json()["size"], 3);
    let stale = put(&browser, &workspace, "notes.txt", ("if-match", &first), "three").await;
    assert_eq!(stale.expect(StatusCode::PRECONDITION_FAILED).code(), "file_changed");
    let taken = put(&browser, &workspace, "notes.txt", ("if-none-match", "*"), "three").await;
    assert_eq!(taken.expect(StatusCode::PRECONDITION_FAILED).code(), "file_changed");
    let blind = put(&browser, &workspace, "notes.txt", ("x-nothing", "1"), "three").await;
    assert_eq!(blind.expect(StatusCode::PRECONDITION_REQUIRED).code(), "precondition_required");
    let told = events.until("file event", |event| event["type"] == "files").await;
    assert_eq!(told["paths"], json!(["notes.txt"]));

    put(&browser, &workspace, "a/b/new%20file.txt", ("if-none-match", "*"), "new").await.expect(StatusCode::OK);
    let body = json!({"from": "a/b/new file.txt", "to": "a/moved.txt"});
    browser.ide(Method::POST, &workspace, "rename", Some(body.clone())).await.expect(StatusCode::NO_CONTENT);
    let gone = browser.ide(Method::POST, &workspace, "rename", Some(body)).await.expect(StatusCode::NOT_FOUND);
    assert_eq!(gone.code(), "not_found");
    let body = json!({"path": "a/c"});
    browser.ide(Method::POST, &workspace, "folders", Some(body)).await.expect(StatusCode::NO_CONTENT);
    let tree = browser.ide(Method::GET, &workspace, "tree?path=a", None).await.expect(StatusCode::OK).json();
    let names: Vec<_> = tree["entries"].as_array().unwrap().iter().map(|entry| entry["path"].clone()).collect();
    assert_eq!(names, ["a/b", "a/c", "a/moved.txt"]);
    browser.ide(Method::DELETE, &workspace, "file?path=a", None).await.expect(StatusCode::NO_CONTENT);
    browser.ide(Method::GET, &workspace, "tree?path=a", None).await.expect(StatusCode::NOT_FOUND);

    for path in ["file?path=..%2Fetc%2Fpasswd", "file?path=%2Fetc%2Fpasswd", "file?path=a%00b"] {
        browser.ide(Method::GET, &workspace, path, None).await.expect(StatusCode::BAD_REQUEST);
    }
    let root = browser.ide(Method::DELETE, &workspace, "file", None).await;
    assert_eq!(root.expect(StatusCode::UNPROCESSABLE_ENTITY).code(), "path_invalid");
    instance.finish().await;
}

#[actix_web::test]
async fn a_terminal_echoes_resizes_exits_and_reattaches() {
    let instance = Instance::start(short()).await;
    let browser = Browser::signed_in(&instance).await;
    let folder = browser.make_folder(&browser.root, "engine").await;
    let workspace = browser.make_workspace(&folder).await;
    browser.open(&workspace).await;

    let (id, mut terminal) = browser.terminal(&workspace).await;
    terminal.keys("echo $((40+2))\n").await;
    terminal.until_output("42").await;
    terminal.text(r#"{"type":"resize","cols":101,"rows":33}"#).await;
    terminal.keys("stty size\n").await;
    terminal.until_output("33 101").await;

    // A program that reads nothing does not hold its own output back.
    terminal.keys("stty -echo; yes flood | head -c 3000000; sleep 1; echo; echo the-$((1+1))-end\n").await;
    for _ in 0..100 {
        terminal.keys(&"x".repeat(1000)).await;
    }
    terminal.until_output("the-2-end").await;
    // What the terminal's own buffer kept of those keys goes.
    terminal.keys("\u{3}\necho cle''ar\n").await;
    terminal.until_output("clear").await;

    drop(terminal);
    let list = browser.ide(Method::GET, &workspace, "terminals", None).await.expect(StatusCode::OK).json();
    assert_eq!(list["items"][0]["id"], id.as_str());
    let mut again = browser.attach(&workspace, &id).await;
    again.until_output("the-2-end").await;

    again.keys("exit 3\n").await;
    let exited = loop {
        if let Message::Text(text) = again.next().await.expect("the exit is told") {
            break text;
        }
    };
    assert_eq!(exited.as_str(), r#"{"type":"exited","code":3}"#);

    let (_, mut wrong) = browser.terminal(&workspace).await;
    wrong.text(r#"{"type":"reboot"}"#).await;
    while wrong.next().await.is_some() {}

    let missing = format!("terminals/{}", uuid::Uuid::now_v7());
    browser.ide(Method::DELETE, &workspace, &missing, None).await.expect(StatusCode::NOT_FOUND);
    let size = json!({"cols": 0, "rows": 24});
    let refused = browser.ide(Method::POST, &workspace, "terminals", Some(size)).await;
    assert_eq!(refused.expect(StatusCode::UNPROCESSABLE_ENTITY).code(), "size_invalid");
    instance.finish().await;
}

/// Prints the latency of a key through browser socket, both services and the terminal.
#[actix_web::test]
async fn keys_come_back_quickly() {
    let instance = Instance::start(short()).await;
    let browser = Browser::signed_in(&instance).await;
    let folder = browser.make_folder(&browser.root, "engine").await;
    let workspace = browser.make_workspace(&folder).await;
    browser.open(&workspace).await;
    let (_, mut terminal) = browser.terminal(&workspace).await;
    terminal.keys("stty -echo; printf 'sta''rt'; cat\n").await;
    terminal.until_output("start").await;
    let mut times = Vec::new();
    for n in 0..200 {
        let begun = std::time::Instant::now();
        terminal.keys(&format!("key{n};\n")).await;
        terminal.until_output(&format!("key{n};")).await;
        times.push(begun.elapsed());
    }
    times.sort();
    let (p50, p99) = (times[100], times[197]);
    #[allow(clippy::print_stderr, reason = "a figure for whoever runs the test")]
    {
        eprintln!("echo: p50 {p50:?}, p99 {p99:?}");
    }
    assert!(p50 < Duration::from_millis(50), "p50 {p50:?}");
    instance.finish().await;
}
