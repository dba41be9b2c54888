//! What browsers report about our pages.

use reqwest::Method;
use serde_json::json;

use crate::{
    actors::Owner,
    app::{Backend, both, spawn_app_with},
};

const PATH: &str = "/api/v1/csp-reports";

both! {
    async fn a_report_is_taken_from_anybody_and_answered_with_nothing(app: TestApp) {
        let owner = Owner::of(&app).await;
        let report = json!({"csp-report": {"effective-directive": "script-src", "blocked-uri": "https://evil.example/x"}}).to_string();
        for (client, kind, site, body) in [
            (owner.with(owner.auth().clone()), "application/csp-report", "same-origin", report.clone()),
            (owner.with(owner.auth().clone()), "application/reports+json", "cross-site", report.clone()),
            (app.client(), "application/csp-report", "none", report),
            (app.client(), "text/plain", "cross-site", "no JSON".to_owned()),
            (app.client(), "application/csp-report", "same-origin", "x".repeat(100_000)),
            (app.client(), "application/csp-report", "same-origin", String::new()),
        ] {
            let call = client.bare(Method::POST, PATH).header("content-type", kind).header("sec-fetch-site", site);
            let answer = call.body(body).send().await.expect(204);
            assert!(answer.body.is_empty() && answer.header("set-cookie").is_none());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_026_reports_have_a_narrow_limit_of_their_own() {
    let app = spawn_app_with(Backend::Sqlite, |config| config.request_limits.report = 3).await;
    let owner = Owner::of(&app).await;
    for _ in 0..3 {
        owner.bare(Method::POST, PATH).body("{}").send().await.expect(204);
    }
    // Signed in or not: it is the network that pays.
    owner.bare(Method::POST, PATH).body("{}").send().await.refused(429, "too_many_requests");
    app.client().bare(Method::POST, PATH).body("{}").send().await.refused(429, "too_many_requests");
    owner.get("/api/v1/session").await.expect(200);
}
