//! Requests that another site makes a browser send.

use reqwest::Method;
use serde_json::json;

use crate::{
    actors::{AppPassword, Owner, TokenWriter},
    app::{Backend, both, spawn_app_with},
    client::Client,
};

/// Sends with these two headers; the status.
async fn send(client: &Client, method: Method, path: &str, site: Option<&str>, origin: Option<&str>) -> u16 {
    let mut call = client.bare(method, path);
    for (name, value) in [("sec-fetch-site", site), ("origin", origin)] {
        if let Some(value) = value {
            call = call.header(name, value);
        }
    }
    let answer = call.json(&json!({"name": "x", "password": "y"})).send().await;
    if answer.status == 403 {
        return answer.refused(403, "cross_site").status.as_u16();
    }
    answer.status.as_u16()
}

both! {
    async fn t_023_a_change_with_a_cookie_needs_proof_that_our_page_asked(app: TestApp) {
        let owner = Owner::of(&app).await;
        let port = app.base.rsplit_once(':').unwrap().1.to_owned();
        let (ours, wrong_port) = (app.base.as_str(), format!("http://127.0.0.1:1{port}"));
        let (https, suffix) = (app.base.replacen("http:", "https:", 1), format!("{ours}.evil.example"));
        let other_name = format!("http://localhost:{port}");
        let origins = [
            (Some(ours), true), (None, true), (Some("http://evil.example"), false), (Some("null"), false), (Some(""), false),
            (Some(wrong_port.as_str()), false), (Some(https.as_str()), false), (Some(suffix.as_str()), false),
            (Some(other_name.as_str()), false),
        ];
        let sites = [(Some("same-origin"), true), (None, true), (Some("same-site"), false), (Some("cross-site"), false), (Some("none"), false), (Some("bogus"), false)];
        let paths = [
            (Method::POST, format!("/api/v1/nodes/{}/folders", owner.root)),
            (Method::PATCH, "/api/v1/session/user".to_owned()),
            (Method::PUT, format!("/api/v1/nodes/{}/files?name=a", owner.root)),
            (Method::DELETE, "/api/v1/workspaces/none".to_owned()),
            (Method::POST, "/api/v1/no/such/route".to_owned()),
        ];
        for (method, path) in paths {
            for (site, site_fine) in sites {
                for (origin, origin_fine) in origins {
                    // With a cookie one of the two must speak for us, and none against.
                    let fine = site_fine && origin_fine && (site.is_some() || origin.is_some());
                    let status = send(&owner, method.clone(), &path, site, origin).await;
                    assert_eq!(status != 403, fine, "{method} {path} {site:?} {origin:?}: {status}");
                    // Without a cookie a program may leave both out; what a browser says counts all the same.
                    let fine = site_fine && origin_fine;
                    let status = send(&app.client(), method.clone(), &path, site, origin).await;
                    assert_eq!(status != 403, fine, "no cookie, {method} {path} {site:?} {origin:?}: {status}");
                }
            }
        }
    }

    async fn t_023_a_header_that_comes_twice_is_no_proof(app: TestApp) {
        let owner = Owner::of(&app).await;
        let path = format!("/api/v1/nodes/{}/folders", owner.root);
        for headers in [
            [("origin", app.base.as_str()), ("origin", "http://evil.example")],
            [("origin", "http://evil.example"), ("origin", app.base.as_str())],
            [("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
        ] {
            let mut call = owner.bare(Method::POST, &path);
            for (name, value) in headers {
                call = call.header(name, value);
            }
            call.json(&json!({"name": "f"})).send().await.refused(403, "cross_site");
        }
        assert!(owner.names(owner.root).await.is_empty());
    }

    async fn t_023_no_form_changes_anything(app: TestApp) {
        let owner = Owner::of(&app).await;
        let folders = format!("/api/v1/nodes/{}/folders", owner.root);
        let files = format!("/api/v1/nodes/{}/files?name=a.txt", owner.root);
        for form in [
            "application/x-www-form-urlencoded",
            "application/x-www-form-urlencoded; charset=utf-8",
            "multipart/form-data; boundary=x",
            "text/plain",
            "Text/Plain;charset=UTF-8",
            "application/json, text/plain",
        ] {
            for (method, path) in [(Method::POST, &folders), (Method::PUT, &files)] {
                let call = owner.call(method, path).header("content-type", form).body(r#"{"name":"f"}"#);
                call.send().await.refused(400, "bad_request");
            }
        }
        assert!(owner.names(owner.root).await.is_empty());
        // Bytes of any other kind, and none at all.
        for (number, kind) in ["application/octet-stream", "image/png", "text/html"].iter().enumerate() {
            let path = format!("/api/v1/nodes/{}/files?name={number}", owner.root);
            owner.put(&path, "text").header("if-none-match", "*").header("content-type", kind).send().await.expect(201);
        }
        owner.put(&files, "text").header("if-none-match", "*").send().await.expect(201);
    }

    async fn t_023_what_the_api_answers_to_somebody_is_for_our_own_pages(app: TestApp) {
        let owner = Owner::of(&app).await;
        let file = owner.file(owner.root, "a.txt", "text").await;
        let content = format!("/api/v1/nodes/{}/content", file["id"].as_str().unwrap());
        for path in ["/api/v1/spaces", "/api/v1/session", content.as_str()] {
            for (site, mode, dest, status) in [
                ("same-origin", "cors", "empty", 200), ("none", "navigate", "document", 200),
                ("cross-site", "cors", "empty", 403), ("cross-site", "no-cors", "image", 403), ("cross-site", "no-cors", "script", 403),
                ("cross-site", "navigate", "document", 403), ("cross-site", "navigate", "iframe", 403), ("same-site", "cors", "empty", 403),
            ] {
                let call = owner.bare(Method::GET, path).header("sec-fetch-site", site);
                let answer = call.header("sec-fetch-mode", mode).header("sec-fetch-dest", dest).send().await.expect(status);
                assert!(answer.header("vary").is_some_and(|vary| vary.contains("Sec-Fetch-Site") && vary.contains("Origin")));
            }
        }
        // Pages are open to links from everywhere, and nobody in particular gets what nobody in particular may have.
        let link = owner.bare(Method::GET, "/files").header("sec-fetch-site", "cross-site").header("sec-fetch-mode", "navigate");
        link.send().await.expect(200);
        assert_eq!(send(&app.client(), Method::GET, "/api/v1/setup", Some("cross-site"), None).await, 200);
    }

    async fn t_023_a_token_is_no_cookie_and_a_password_that_browsers_keep_is_like_one(app: TestApp) {
        let owner = Owner::of(&app).await;
        let token = TokenWriter::of(&app, &owner).await;
        let path = format!("/api/v1/nodes/{}/folders", owner.root);
        let made = token.bare(Method::POST, &path).header("origin", "http://evil.example").json(&json!({"name": "f"})).send().await;
        made.expect(201);
        // A cookie next to the token is a browser again.
        let call = owner.bare(Method::POST, &path).header("authorization", "Bearer x").header("origin", "http://evil.example");
        call.json(&json!({"name": "g"})).send().await.refused(403, "cross_site");
        let program = AppPassword::of(&app, &owner).await;
        let call = || program.bare(Method::POST, &path).json(&json!({"name": "h"}));
        call().header("origin", "http://evil.example").send().await.refused(403, "cross_site");
        call().header("sec-fetch-site", "cross-site").send().await.refused(403, "cross_site");
        call().send().await.expect(201);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_023_a_configured_origin_is_the_only_one() {
    let origin = "https://cloud.example.org";
    let app = spawn_app_with(Backend::Sqlite, |config| config.public_origin = origin.to_owned()).await;
    let client = app.client();
    for (from, status) in [
        (origin, 401),
        ("https://cloud.example.org.evil.example", 403),
        ("https://cloud.example.org:8443", 403),
        ("http://cloud.example.org", 403),
        (app.base.as_str(), 403),
    ] {
        assert_eq!(send(&client, Method::POST, "/api/v1/session", None, Some(from)).await, status, "{from}");
    }
}
