//! Requests that another site makes a browser send.

use reqwest::Method;
use serde_json::json;

use crate::{
    actors::{Owner, TokenWriter},
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
        let origins = [
            (Some(ours), true), (None, true), (Some("http://evil.example"), false), (Some("null"), false), (Some(""), false),
            (Some(wrong_port.as_str()), false), (Some(https.as_str()), false), (Some(suffix.as_str()), false),
        ];
        let sites = [(Some("same-origin"), true), (None, true), (Some("same-site"), false), (Some("cross-site"), false), (Some("none"), false), (Some("bogus"), false)];
        let paths = [
            (Method::POST, format!("/api/v1/nodes/{}/folders", owner.root)),
            (Method::PATCH, "/api/v1/session/user".to_owned()),
            (Method::PUT, format!("/api/v1/nodes/{}/files?name=a", owner.root)),
            (Method::DELETE, "/api/v1/workspaces/none".to_owned()),
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

    async fn reading_is_open_to_links_and_a_token_is_no_cookie(app: TestApp) {
        let owner = Owner::of(&app).await;
        assert_eq!(send(&owner, Method::GET, "/api/v1/spaces", Some("cross-site"), None).await, 200);
        let token = TokenWriter::of(&app, &owner).await;
        let path = format!("/api/v1/nodes/{}/folders", owner.root);
        let made = token.bare(Method::POST, &path).header("origin", "http://evil.example").json(&json!({"name": "f"})).send().await;
        made.expect(201);
        // A cookie next to the token is a browser again.
        let call = owner.bare(Method::POST, &path).header("authorization", "Bearer x").header("origin", "http://evil.example");
        call.json(&json!({"name": "g"})).send().await.refused(403, "cross_site");
    }

    async fn t_024_no_other_site_may_read_answers(app: TestApp) {
        let owner = Owner::of(&app).await;
        for origin in ["http://evil.example", "null", app.base.as_str()] {
            let answer = owner.bare(Method::GET, "/api/v1/session").header("origin", origin).send().await.expect(200);
            assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("access-control-")), "{:?}", answer.headers);
            let preflight = app.client().bare(Method::OPTIONS, "/api/v1/session").header("origin", origin)
                .header("access-control-request-method", "DELETE").send().await;
            assert!(preflight.headers.keys().all(|name| !name.as_str().starts_with("access-control-")), "{:?}", preflight.headers);
        }
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
