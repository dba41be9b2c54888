//! Who gets in, from where, and how it ends. No sandbox is needed for any of it.

use std::time::{Duration, Instant};

use carrel_ide_backend::Timing;
use reqwest::{Method, StatusCode};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::{
    browser::Browser,
    server::{Instance, by_news_alone, short},
    socket::Socket,
};

/// From the commit that ends a session to the end of its sockets.
const AT_ONCE: Duration = Duration::from_secs(1);

async fn with_workspace() -> (Instance, Browser, String) {
    with_workspace_and(short()).await
}

async fn with_workspace_and(timing: Timing) -> (Instance, Browser, String) {
    let instance = Instance::without_runner(timing).await;
    let browser = Browser::signed_in(&instance).await;
    let folder = browser.make_folder(&browser.root, "engine").await;
    let workspace = browser.make_workspace(&folder).await;
    (instance, browser, workspace)
}

#[actix_web::test]
async fn a_ticket_works_once_and_only_for_its_workspace() {
    let (instance, browser, workspace) = with_workspace().await;
    let other_folder = browser.make_folder(&browser.root, "other").await;
    let other = browser.make_workspace(&other_folder).await;
    let path = format!("/ide/v1/workspaces/{workspace}/session");

    let foreign = json!({"ticket": browser.ticket(&other).await});
    let refused = browser.send(Method::POST, &path, Some(foreign)).await.expect(StatusCode::UNAUTHORIZED);
    assert_eq!(refused.code(), "ticket_invalid");
    assert_eq!(refused.json()["error"]["request_id"].as_str(), refused.request_id.as_deref());

    let ticket = json!({"ticket": browser.ticket(&workspace).await});
    let entered = browser.send(Method::POST, &path, Some(ticket.clone())).await.expect(StatusCode::OK).json();
    assert_eq!(entered["workspace"]["id"], workspace.as_str());
    assert_eq!((entered["user"]["name"].as_str(), entered["can_write"].as_bool()), (Some("Ada"), Some(true)));
    let again = browser.send(Method::POST, &path, Some(ticket)).await.expect(StatusCode::UNAUTHORIZED);
    assert_eq!(again.code(), "ticket_invalid");
    instance.finish().await;
}

#[actix_web::test]
async fn a_new_admission_takes_the_place_of_the_browsers_old_one() {
    let (instance, browser, workspace) = with_workspace().await;
    let look = async |cookie: &str| {
        browser.set_cookie("carrel_ide", cookie);
        browser.ide(Method::GET, &workspace, "tree", None).await.status
    };
    browser.enter(&workspace).await;
    let old = browser.cookie("carrel_ide").unwrap();
    let page = browser.events(&workspace).await;
    browser.enter(&workspace).await;
    let new = browser.cookie("carrel_ide").unwrap();
    assert_eq!(look(&old).await, StatusCode::CONFLICT, "a page that is open keeps what it uses");
    drop(page);
    let ended = carrel_test_support::wait_until(Duration::from_secs(30), "the old one to end", || async {
        (look(&old).await == StatusCode::UNAUTHORIZED).then_some(())
    });
    ended.await.unwrap();
    assert_eq!(look(&new).await, StatusCode::CONFLICT);
    instance.finish().await;
}

#[actix_web::test]
async fn pages_of_other_origins_are_refused() {
    let (instance, browser, workspace) = with_workspace().await;
    let ticket = json!({"ticket": browser.ticket(&workspace).await}).to_string().into_bytes();
    let path = format!("/ide/v1/workspaces/{workspace}/session");
    let body = Some(("application/json", ticket));
    for headers in [&[][..], &[("origin", "https://evil.example")], &[("sec-fetch-site", "cross-site")]] {
        let refused = browser.send_with(Method::POST, &path, headers, body.clone()).await;
        refused.expect(StatusCode::FORBIDDEN);
    }
    browser.send_with(Method::POST, &path, &[("origin", &browser.origin)], body).await.expect(StatusCode::OK);

    let events = format!("/ide/v1/workspaces/{workspace}/events");
    for origin in [None, Some("https://evil.example"), Some("null"), Some("http://127.0.0.1:1")] {
        let refused = browser.socket(&events, origin).await.map(drop);
        assert_eq!(refused, Err(StatusCode::FORBIDDEN), "{origin:?}");
    }
    browser.events(&workspace).await;
    instance.finish().await;
}

#[actix_web::test]
async fn a_cookie_of_one_workspace_opens_no_other() {
    let (instance, browser, workspace) = with_workspace().await;
    let folder = browser.make_folder(&browser.root, "other").await;
    let other = browser.make_workspace(&folder).await;
    browser.enter(&workspace).await;
    // A browser would not even send it there; a program would.
    for path in ["tree", "file?path=a", "terminals"] {
        let refused = browser.ide(Method::GET, &other, path, None).await.expect(StatusCode::UNAUTHORIZED);
        assert_eq!(refused.code(), "not_admitted");
    }
    let events = format!("/ide/v1/workspaces/{other}/events");
    let refused = browser.socket(&events, Some(&browser.origin)).await.map(drop);
    assert_eq!(refused, Err(StatusCode::UNAUTHORIZED));

    let ours = browser.cookie("carrel_ide").unwrap();
    for cookie in [None, Some("x"), Some(&*"A".repeat(43))] {
        browser.forget("carrel_ide");
        if let Some(cookie) = cookie {
            browser.set_cookie("carrel_ide", cookie);
        }
        let refused = browser.ide(Method::GET, &workspace, "tree", None).await.expect(StatusCode::UNAUTHORIZED);
        assert_eq!(refused.code(), "not_admitted");
    }
    browser.set_cookie("carrel_ide", &ours);
    let known = browser.ide(Method::GET, &workspace, "tree", None).await.expect(StatusCode::CONFLICT);
    assert_eq!(known.code(), "workspace_not_ready");
    instance.finish().await;
}

#[actix_web::test]
async fn signing_out_closes_every_socket_and_the_door() {
    let (instance, browser, workspace) = with_workspace().await;
    browser.enter(&workspace).await;
    let mut sockets = [browser.events(&workspace).await, browser.events(&workspace).await];
    browser.send(Method::DELETE, "/api/v1/session", None).await.expect(StatusCode::NO_CONTENT);
    for socket in &mut sockets {
        let ended = socket.until("end", |event| event["type"] == "ended").await;
        assert_eq!(ended["code"], "session_ended");
        assert!(socket.next().await.is_none(), "nothing follows the end");
    }
    browser.ide(Method::GET, &workspace, "tree", None).await.expect(StatusCode::UNAUTHORIZED);
    instance.finish().await;
}

/// All of them say why and close, not later than they should.
async fn all_end_since(committed: Instant, sockets: &mut [Socket]) {
    for socket in sockets {
        let ended = socket.until("end", |event| event["type"] == "ended").await;
        assert_eq!(ended["code"], "session_ended");
        assert!(socket.next().await.is_none(), "nothing follows the end");
        assert!(committed.elapsed() < AT_ONCE, "closed after {:?}", committed.elapsed());
    }
}

#[actix_web::test]
async fn t_022_sockets_close_within_a_second_of_signing_out() {
    let (instance, browser, workspace) = with_workspace_and(by_news_alone()).await;
    browser.enter(&workspace).await;
    let mut sockets = [browser.events(&workspace).await, browser.events(&workspace).await];
    browser.send(Method::DELETE, "/api/v1/session", None).await.expect(StatusCode::NO_CONTENT);
    all_end_since(Instant::now(), &mut sockets).await;
    browser.ide(Method::GET, &workspace, "tree", None).await.expect(StatusCode::UNAUTHORIZED);
    instance.finish().await;
}

#[actix_web::test]
async fn t_022_sockets_close_within_a_second_of_a_deactivation_by_another_process() {
    let (instance, browser, workspace) = with_workspace_and(by_news_alone()).await;
    let mut sockets = Vec::new();
    // More sessions than ask at once.
    for _ in 0..20 {
        browser.forget("carrel_ide");
        browser.enter(&workspace).await;
        sockets.push(browser.events(&workspace).await);
    }
    let committed = instance.disable("ada").await;
    all_end_since(committed, &mut sockets).await;
    browser.ide(Method::GET, &workspace, "tree", None).await.expect(StatusCode::UNAUTHORIZED);
    instance.finish().await;
}

#[actix_web::test]
async fn t_022_what_ended_while_the_cloud_was_away_is_heard_of_when_it_is_back() {
    let (mut instance, browser, workspace) = with_workspace_and(by_news_alone()).await;
    browser.enter(&workspace).await;
    let mut sockets = [browser.events(&workspace).await];
    instance.stop_internal().await;
    instance.disable("ada").await;
    browser.ide(Method::GET, &workspace, "tree", None).await.expect(StatusCode::CONFLICT);
    instance.start_internal();
    let ended = sockets[0].until("end", |event| event["type"] == "ended").await;
    assert_eq!(ended["code"], "session_ended");
    instance.finish().await;
}

#[actix_web::test]
async fn t_022_deleting_a_workspace_closes_its_sockets_within_a_second_and_no_others() {
    let (instance, browser, workspace) = with_workspace_and(by_news_alone()).await;
    let folder = browser.make_folder(&browser.root, "other").await;
    let other = browser.make_workspace(&folder).await;
    browser.enter(&other).await;
    let mut stays = browser.events(&other).await;
    browser.forget("carrel_ide");
    browser.enter(&workspace).await;
    let mut sockets = [browser.events(&workspace).await];
    let path = format!("/api/v1/workspaces/{workspace}");
    browser.send(Method::DELETE, &path, None).await.expect(StatusCode::NO_CONTENT);
    all_end_since(Instant::now(), &mut sockets).await;
    let ended = stays.until("end", |event| event["type"] == "ended");
    assert!(tokio::time::timeout(AT_ONCE, ended).await.is_err(), "another workspace goes on");
    instance.finish().await;
}

#[actix_web::test]
async fn sessions_outlive_an_unreachable_cloud_only_for_a_while() {
    let (mut instance, browser, workspace) = with_workspace().await;
    browser.enter(&workspace).await;
    let mut events = browser.events(&workspace).await;
    instance.stop_internal().await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    instance.start_internal();
    tokio::time::sleep(Duration::from_secs(2)).await;
    events.text(r#"{"type":"ping"}"#).await;
    browser.ide(Method::GET, &workspace, "tree", None).await.expect(StatusCode::CONFLICT);
    instance.stop_internal().await;
    let ended = events.until("end", |event| event["type"] == "ended").await;
    assert_eq!(ended["code"], "cloud_unreachable");
    instance.start_internal();
    instance.finish().await;
}

#[actix_web::test]
async fn without_a_runner_the_reason_is_said() {
    let (instance, browser, workspace) = with_workspace().await;
    browser.enter(&workspace).await;
    let mut events = browser.events(&workspace).await;
    let failed = events.until_state("failed").await;
    assert_eq!(failed["code"], "runner_unreachable");
    assert!(failed["detail"].as_str().unwrap().contains("runner"));
    instance.finish().await;
}

#[actix_web::test]
async fn sockets_are_bounded_in_number_and_size() {
    let (instance, browser, workspace) = with_workspace().await;
    browser.enter(&workspace).await;
    let path = format!("/ide/v1/workspaces/{workspace}/events");
    let mut open = Vec::new();
    for _ in 0..20 {
        open.push(browser.events(&workspace).await);
    }
    let refused = browser.socket(&path, Some(&browser.origin)).await.map(drop);
    assert_eq!(refused, Err(StatusCode::TOO_MANY_REQUESTS));
    // T-25: a message over 1 MiB ends its socket, and its place is free again.
    let mut last = open.pop().unwrap();
    last.text(&"x".repeat(2 << 20)).await;
    while let Some(message) = last.next().await {
        assert!(matches!(message, Message::Text(_)));
    }
    let again = carrel_test_support::wait_until(Duration::from_secs(10), "a free place", || async {
        browser.socket(&path, Some(&browser.origin)).await.ok().map(Socket)
    });
    drop((again.await.unwrap(), open));
    instance.finish().await;
}
