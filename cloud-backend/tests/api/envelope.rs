//! What every answer carries, and the one form of every error.

use reqwest::Method;
use serde_json::json;

use crate::{
    actors::{Owner, files_path},
    app::{TestApp, both},
    client::Answer,
};

/// Headers that stand on every answer, whatever answered.
#[track_caller]
fn complete(answer: &Answer, what: &str) {
    let id = answer.header("x-request-id").unwrap_or_else(|| panic!("{what}: no request id"));
    assert!(uuid::Uuid::parse_str(id).is_ok(), "{what}: {id}");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{what}");
    }
    let policy = answer.header("content-security-policy").unwrap_or_else(|| panic!("{what}: no policy"));
    assert!(policy.contains("default-src 'none'"), "{what}: {policy}");
    assert!(policy.contains("frame-ancestors 'none'"), "{what}: {policy}");
    assert_eq!(answer.header("x-frame-options"), Some("DENY"), "{what}");
    assert!(answer.header("permissions-policy").is_some() && answer.header("cache-control").is_some(), "{what}");
    assert!(answer.header("server").is_none() && answer.header("x-powered-by").is_none(), "{what}");
}

/// What a raw connection gets for these bytes.
async fn raw(app: &TestApp, request: &str) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut connection = tokio::net::TcpStream::connect(app.base.trim_start_matches("http://")).await.unwrap();
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

both! {
    async fn t_028_t_141_every_kind_of_answer_has_the_headers(app: TestApp) {
        let owner = Owner::of(&app).await;
        let file = owner.file(owner.root, "a.txt", "text").await;
        let content = format!("/api/v1/nodes/{}/content", file["id"].as_str().unwrap());
        let anonymous = app.client();
        let nodes = format!("/api/v1/nodes/{}", owner.root);
        for (what, answer) in [
            ("json", owner.get("/api/v1/session").await.expect(200)),
            ("not signed in", anonymous.get("/api/v1/session").await.refused(401, "not_signed_in")),
            ("no such node", owner.get(&format!("/api/v1/nodes/{}", uuid::Uuid::now_v7())).await.refused(404, "not_found")),
            ("no such route", owner.get("/api/v1/nothing").await.refused(404, "not_found")),
            ("no such internal route", anonymous.get("/internal/v1/sandboxes/x/etag").await.refused(404, "not_found")),
            ("no such method", owner.call(Method::PUT, "/api/v1/session").send().await.refused(404, "not_found")),
            ("no identifier", owner.get("/api/v1/nodes/..%2f..%2fetc").await.refused(404, "not_found")),
            ("cross-site", owner.bare(Method::DELETE, &nodes).send().await.refused(403, "cross_site")),
            ("broken JSON", owner.call(Method::POST, &format!("{nodes}/folders")).header("content-type", "application/json").body("{").send().await.refused(400, "bad_request")),
            ("not JSON", owner.call(Method::POST, &format!("{nodes}/folders")).header("content-type", "text/plain").body("{}").send().await.refused(400, "bad_request")),
            ("unknown member", owner.post(&format!("{nodes}/folders"), json!({"name": "f", "owner_id": "x"})).await.refused(400, "bad_request")),
            ("missing member", owner.post(&format!("{nodes}/folders"), json!({})).await.refused(400, "bad_request")),
            ("too large JSON", owner.post(&format!("{nodes}/folders"), json!({"name": "n".repeat(70_000)})).await.refused(413, "content_too_large")),
            ("broken query", owner.get(&format!("{nodes}/children?limit=many")).await.refused(400, "bad_request")),
            ("unknown query", owner.get(&format!("{nodes}/children?colour=red")).await.refused(400, "bad_request")),
            ("broken cursor", owner.get(&format!("{nodes}/children?after=xyz")).await.refused(400, "bad_request")),
            ("field", owner.post(&format!("{nodes}/folders"), json!({"name": "a/b"})).await.refused(422, "name_invalid")),
            ("no content", owner.delete(&format!("/api/v1/nodes/{}", owner.folder(owner.root, "gone").await)).await.expect(204)),
            ("download", owner.get(&content).await.expect(200)),
            ("part", owner.call(Method::GET, &content).header("range", "bytes=0-1").send().await.expect(206)),
            ("no such part", owner.call(Method::GET, &content).header("range", "bytes=9-").send().await.refused(416, "range_not_satisfiable")),
            ("not modified", owner.call(Method::GET, &content).header("if-none-match", "*").send().await.expect(304)),
            ("health", anonymous.get("/healthz").await.expect(200)),
            ("readiness", anonymous.get("/readyz").await.expect(200)),
            ("description", anonymous.get("/api/v1/openapi.json").await.expect(200)),
            ("page", anonymous.get("/files/some/page").await.expect(200)),
            ("no such asset", anonymous.get("/assets/none.js").await.refused(404, "not_found")),
        ] {
            complete(&answer, what);
        }
    }

    async fn request_ids_are_new_each_time_and_not_the_senders(app: TestApp) {
        let call = || app.client().call(Method::GET, "/healthz").header("x-request-id", "mine").send();
        let (first, second) = (call().await, call().await);
        assert_ne!(first.header("x-request-id"), Some("mine"));
        assert_ne!(first.header("x-request-id"), second.header("x-request-id"));
    }

    async fn a_field_is_named_for_422_only(app: TestApp) {
        let owner = Owner::of(&app).await;
        let body = owner.put(&files_path(owner.root, ".."), "x").send().await.refused(422, "name_invalid").json();
        assert_eq!(body["error"]["field"], "name");
        let body = owner.get("/api/v1/nothing").await.refused(404, "not_found").json();
        assert!(body["error"].get("field").is_none());
    }

    async fn t_148_parsers_do_not_differ(app: TestApp) {
        let owner = Owner::of(&app).await;
        let path = format!("/api/v1/nodes/{}/folders", owner.root);
        let call = owner.call(Method::POST, &path).header("content-type", "application/json");
        call.body(r#"{"name":"one","name":"two"}"#).send().await.refused(400, "bad_request");
        // One request, two lengths: refused before any route.
        let host = app.base.trim_start_matches("http://");
        let answer = raw(&app, &format!("POST /api/v1/session HTTP/1.1\r\nhost: {host}\r\ncontent-length: 2\r\ncontent-length: 5\r\nconnection: close\r\n\r\n{{}}")).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
        let answer = raw(&app, &format!("POST /api/v1/session HTTP/1.1\r\nhost: {host}\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n0\r\n\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
        assert!(owner.names(owner.root).await.is_empty());
    }

    async fn t_084_what_fails_inside_is_not_told_outside(app: TestApp) {
        let owner = Owner::of(&app).await;
        let file = owner.file(owner.root, "a.txt", "text").await;
        // Somebody deletes the blob behind the server's back.
        for file in app.stored_files() {
            std::fs::remove_file(file).unwrap();
        }
        let answer = owner.get(&format!("/api/v1/nodes/{}/content", file["id"].as_str().unwrap())).await.refused(500, "internal");
        let text = String::from_utf8(answer.body).unwrap();
        assert!(!text.contains("blob") && !text.contains("store") && !text.contains('/'), "{text}");
    }

    async fn health_names_the_parts_to_those_who_signed_in(app: TestApp) {
        let owner = Owner::of(&app).await;
        let parts = owner.get("/api/v1/system/health").await.expect(200).json();
        let state = |name: &str| parts["parts"].as_array().unwrap().iter().find(|part| part["name"] == name).unwrap()["state"].clone();
        assert_eq!((state("database"), state("store"), state("signer")), (json!("fine"), json!("fine"), json!("degraded")));
        assert_eq!(app.client().get("/readyz").await.json(), json!({"status": "ready"}));
        app.client().get("/api/v1/system/health").await.refused(401, "not_signed_in");
        let client = app.client();
        let answers = futures_util::future::join_all((0..16).map(|_| client.get("/readyz"))).await;
        assert!(answers.iter().all(|answer| answer.status == 200), "asked at the same time");
        app.nothing_stored().await;
    }
}
