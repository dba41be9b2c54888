//! How a program gets its app password, and gives it back.

use reqwest::Method;
use serde_json::Value;

use super::synced;
use crate::{
    app::{TestApp, both},
    client::{Answer, Auth},
    dav::dav,
};

/// A program that waits: its poll token, and the secret in the link for the person.
async fn waiting(app: &TestApp) -> (String, String) {
    let begun = app
        .client()
        .call(Method::POST, "/index.php/login/v2")
        .header("user-agent", "My phone (Android)")
        .send()
        .await
        .expect(200)
        .json();
    let link = begun["login"].as_str().unwrap();
    let (before, flow) = link.rsplit_once('/').unwrap();
    assert_eq!(before, format!("{}/login/v2/flow", app.base));
    assert_eq!(begun["poll"]["endpoint"], format!("{}/login/v2/poll", app.base));
    (begun["poll"]["token"].as_str().unwrap().to_owned(), flow.to_owned())
}

async fn poll(app: &TestApp, token: &str) -> Answer {
    let call =
        app.client().bare(Method::POST, "/login/v2/poll").header("content-type", "application/x-www-form-urlencoded");
    call.body(format!("token={token}")).send().await
}

both! {
    async fn a_program_is_let_in_once_and_signs_out(app: TestApp) {
        let (owner, _) = synced(&app).await;
        let (token, flow) = waiting(&app).await;
        poll(&app, &token).await.expect(404);
        let link = format!("/api/v1/account/programs/{flow}");
        let shown = owner.get(&link).await.expect(200).json();
        assert_eq!(shown["client"], "My phone (Android)");
        owner.call(Method::POST, &link).send().await.expect(204);
        owner.call(Method::POST, &link).send().await.expect(404);
        let granted: Value = poll(&app, &token).await.expect(200).json();
        assert_eq!((granted["loginName"].as_str(), granted["server"].as_str()), (Some("olivia.owner"), Some(app.base.as_str())));
        poll(&app, &token).await.expect(404);
        let password = granted["appPassword"].as_str().unwrap().to_owned();
        let program = app.client().with(Auth::Basic("olivia.owner".to_owned(), password));
        dav(&program, "PROPFIND", "/remote.php/dav/files/olivia.owner/").header("depth", "0").send().await.expect(207);
        let tokens = owner.get("/api/v1/account/tokens").await.expect(200).json();
        assert!(tokens["items"].as_array().unwrap().iter().any(|token| token["label"] == "My phone (Android)"), "{tokens}");
        program.call(Method::DELETE, "/ocs/v2.php/core/apppassword").header("ocs-apirequest", "true").send().await.expect(200);
        dav(&program, "PROPFIND", "/remote.php/dav/files/olivia.owner/").send().await.expect(401);
        assert_eq!(app.database.count("SELECT COUNT(*) FROM login_flows").await, 0);
    }

    async fn t_026_whoever_begins_to_wait_again_and_again_is_sent_away(app: TestApp) {
        for _ in 0..100 {
            app.client().bare(Method::POST, "/login/v2").send().await.expect(200);
        }
        app.client().bare(Method::POST, "/login/v2").send().await.refused(429, "too_many_requests");
    }

    async fn t_033_only_a_person_who_was_asked_lets_a_program_in(app: TestApp) {
        let (owner, program) = synced(&app).await;
        let (token, flow) = waiting(&app).await;
        let link = format!("/api/v1/account/programs/{flow}");
        // A program lets no other program in, and nobody does without signing in.
        program.get(&link).await.expect(403);
        program.call(Method::POST, &link).send().await.expect(403);
        app.client().call(Method::POST, &link).send().await.expect(401);
        // Neither secret is good for the other side.
        poll(&app, &flow).await.expect(404);
        owner.call(Method::POST, &format!("/api/v1/account/programs/{token}")).send().await.expect(404);
        // A sign-in that is too old has to be shown anew, as for every app password.
        app.database.execute("UPDATE sessions SET confirmed_until = created_at WHERE user_id = $1", &[owner.id.uuid()]).await;
        owner.call(Method::POST, &link).send().await.expect(403);
        poll(&app, &token).await.expect(404);
        // Its time ends.
        app.database.execute("UPDATE login_flows SET expires_at = created_at WHERE user_id IS NULL AND $1 = $1", &[owner.id.uuid()]).await;
        owner.get(&link).await.expect(404);
        assert_eq!(app.database.count("SELECT COUNT(*) FROM tokens WHERE label LIKE 'My phone%'").await, 0);
        // What waits is nothing that could be read out of the database.
        let stored = app.database.count("SELECT COUNT(*) FROM login_flows WHERE sealed IS NOT NULL").await;
        assert_eq!(stored, 0);
    }
}
