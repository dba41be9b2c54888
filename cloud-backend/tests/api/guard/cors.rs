//! Other sites that read answers: only those that the settings list, with a token, never with a cookie.

use reqwest::Method;

use crate::{
    actors::{Owner, TokenReader},
    app::{Backend, both, spawn_app_with},
    client::Answer,
};

const LISTED: &str = "https://app.example.org";

fn says_nothing(answer: &Answer, what: &str) {
    assert!(
        answer.headers.keys().all(|name| !name.as_str().starts_with("access-control-")),
        "{what}: {:?}",
        answer.headers
    );
}

both! {
    async fn t_024_no_other_site_may_read_answers(app: TestApp) {
        let owner = Owner::of(&app).await;
        for origin in ["http://evil.example", "null", app.base.as_str()] {
            says_nothing(&owner.bare(Method::GET, "/api/v1/session").header("origin", origin).send().await.expect(200), origin);
            let preflight = app.client().bare(Method::OPTIONS, "/api/v1/session").header("origin", origin)
                .header("access-control-request-method", "DELETE").send().await;
            says_nothing(&preflight, origin);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_024_a_listed_site_reads_with_a_token_and_nobody_else_does() {
    let app = spawn_app_with(Backend::Sqlite, |config| config.cors_origins = vec![LISTED.parse().unwrap()]).await;
    let owner = Owner::of(&app).await;
    let token = TokenReader::of(&app, &owner).await;
    let ask = |origin: &'static str| token.bare(Method::GET, "/api/v1/spaces").header("origin", origin).send();
    let answer = ask(LISTED).await.expect(200);
    assert_eq!(answer.header("access-control-allow-origin"), Some(LISTED));
    assert_eq!(answer.header("access-control-allow-credentials"), None);
    assert!(answer.header("access-control-expose-headers").unwrap().contains("retry-after"));
    assert!(answer.header("vary").unwrap().contains("Origin"));
    // A site may know why it was refused.
    let refused = app.client().bare(Method::GET, "/api/v1/spaces").header("origin", LISTED).send().await;
    assert_eq!(refused.refused(401, "not_signed_in").header("access-control-allow-origin"), Some(LISTED));

    for trick in [
        "null",
        "",
        "*",
        "https://app.example.org.evil.example",
        "https://evil.example/https://app.example.org",
        "https://evilapp.example.org",
        "https://sub.app.example.org",
        "https://app.example.org:443",
        "https://app.example.org:8443",
        "http://app.example.org",
        "https://app.example.org/",
        "https://APP.example.org",
        "https://app.example.or",
        "https://app.example.org, https://evil.example",
    ] {
        let answer = ask(trick).await.expect(200);
        says_nothing(&answer, trick);
        assert!(answer.header("vary").unwrap().contains("Origin"), "{trick}");
        let preflight = app.client().bare(Method::OPTIONS, "/api/v1/spaces").header("origin", trick);
        says_nothing(&preflight.header("access-control-request-method", "GET").send().await, trick);
    }
    let twice = token.bare(Method::GET, "/api/v1/spaces").header("origin", LISTED).header("origin", LISTED);
    says_nothing(&twice.send().await, "two origins");
    // Who comes with a cookie is at our own pages; nothing but the API is for others.
    says_nothing(&owner.bare(Method::GET, "/api/v1/spaces").header("origin", LISTED).send().await, "a cookie");
    says_nothing(&token.bare(Method::GET, "/files").header("origin", LISTED).send().await, "a page");
    // No sign-in from elsewhere either.
    let body = serde_json::json!({"name": owner.name, "password": crate::app::PASSWORD});
    let sign_in = app.client().bare(Method::POST, "/api/v1/session").header("origin", LISTED).json(&body).send().await;
    sign_in.refused(403, "cross_site");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_024_a_browser_that_asks_in_advance_is_told_what_a_listed_site_may() {
    let app = spawn_app_with(Backend::Sqlite, |config| config.cors_origins = vec![LISTED.parse().unwrap()]).await;
    let ask = || app.client().bare(Method::OPTIONS, "/api/v1/nodes/x/content").header("origin", LISTED);
    let answer = ask().header("access-control-request-method", "PUT").send().await.expect(204);
    assert_eq!(answer.header("access-control-allow-origin"), Some(LISTED));
    assert_eq!(answer.header("access-control-allow-methods"), Some("GET, HEAD, POST, PUT, PATCH, DELETE"));
    let headers = answer.header("access-control-allow-headers").unwrap();
    assert!(
        headers.contains("authorization") && headers.contains("if-match") && !headers.contains("cookie"),
        "{headers}"
    );
    assert_eq!(answer.header("access-control-max-age"), Some("600"));
    assert_eq!(answer.header("access-control-allow-credentials"), None);
    assert_eq!(answer.header("vary"), Some("Origin"));
    // Without the question it is a request like any other, and no route has it.
    ask().send().await.refused(404, "not_found");
}
