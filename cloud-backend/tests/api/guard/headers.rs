//! The policy of the page and of everything that is none; what stands on answers by https; what a sign-out tells the browser.

use std::collections::BTreeSet;

use reqwest::Method;

use crate::{
    actors::Owner,
    app::{Backend, TestApp, both, spawn_app, spawn_app_with},
    client::Auth,
};

const NO_PAGE: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

/// The nonce that a policy names.
#[track_caller]
fn nonce(policy: &str) -> String {
    policy
        .split("script-src 'self' 'nonce-")
        .nth(1)
        .and_then(|rest| rest.split('\'').next())
        .expect("a nonce")
        .to_owned()
}

/// Without the browser application in the build there is no page to look at.
async fn has_pages(app: &TestApp) -> bool {
    let built = app.client().get("/").await.header("content-type").is_some_and(|kind| kind.starts_with("text/html"));
    if !built {
        println!("skipped: this build has no browser application");
    }
    built
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_028_t_059_each_page_has_a_policy_of_its_own() {
    let app = spawn_app(Backend::Sqlite).await;
    if !has_pages(&app).await {
        return;
    }
    let mut nonces = BTreeSet::new();
    for path in ["/", "/index.html", "/files/x", "/sign-in", "/"] {
        let answer = app.client().get(path).await.expect(200);
        let text = String::from_utf8(answer.body.clone()).unwrap();
        assert!(text.contains("<!doctype html>"), "{text}");
        let policy = answer.header("content-security-policy").unwrap();
        let nonce = nonce(policy);
        assert_eq!(nonce.len(), 24, "128 bits");
        assert!(policy.contains(&format!("style-src 'self' 'nonce-{nonce}';")), "{policy}");
        for part in [
            "default-src 'none'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types default",
            "report-uri /api/v1/csp-reports",
            "connect-src 'self'",
        ] {
            assert!(policy.split("; ").any(|directive| directive == part), "{part}: {policy}");
        }
        // No text of the page but its own tags: nothing inline to allow.
        assert!(!text.contains("__CSP_NONCE__") && !policy.contains("unsafe-eval"), "{text}");
        // A page that is kept would use its nonce twice.
        assert_eq!((answer.header("cache-control"), answer.header("etag")), (Some("no-store"), None));
        nonces.insert(nonce);
    }
    assert_eq!(nonces.len(), 5);
}

both! {
    async fn t_028_what_is_no_page_may_load_and_run_nothing(app: TestApp) {
        let owner = Owner::of(&app).await;
        let file = owner.file(owner.root, "a.html", "<script>1</script>").await;
        let content = format!("/api/v1/nodes/{}/content", file["id"].as_str().unwrap());
        let refused = app.client().get("/api/v1/session").await.refused(401, "not_signed_in");
        for answer in [owner.get(&content).await.expect(200), refused, app.client().get("/healthz").await, app.client().get("/assets/none.js").await.expect(404)] {
            assert_eq!(answer.header("content-security-policy"), Some(NO_PAGE));
            assert_eq!(answer.header("x-frame-options"), Some("DENY"));
            // This machine has no certificate.
            assert_eq!(answer.header("strict-transport-security"), None);
        }
    }

    async fn t_022_signing_out_tells_the_browser_to_forget(app: TestApp) {
        let owner = Owner::of(&app).await;
        let answer = owner.delete("/api/v1/session").await.expect(204);
        assert_eq!(answer.header("clear-site-data"), Some("\"cache\", \"storage\""));
        let (pair, attributes) = answer.cookie();
        assert_eq!(pair, "carrel_s=");
        assert!(attributes.contains("Max-Age=0"), "{attributes}");
        owner.get("/api/v1/session").await.refused(401, "not_signed_in");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_028_by_https_every_answer_asks_for_https_from_then_on() {
    let origin = "https://cloud.example.org";
    let app = spawn_app_with(Backend::Sqlite, |config| config.public_origin = origin.to_owned()).await;
    let client = app.client().with(Auth::Cookie("__Host-carrel_s=none".to_owned()));
    for (method, path) in [
        (Method::GET, "/"),
        (Method::GET, "/api/v1/session"),
        (Method::POST, "/api/v1/session"),
        (Method::GET, "/assets/none.js"),
    ] {
        let answer = client.bare(method.clone(), path).send().await;
        let asked = answer.header("strict-transport-security");
        assert_eq!(asked, Some("max-age=31536000; includeSubDomains"), "{method} {path} {}", answer.status);
    }
    if !has_pages(&app).await {
        return;
    }
    let page = client.get("/").await;
    assert!(page.header("content-security-policy").unwrap().contains("connect-src 'self' wss://cloud.example.org;"));
}
