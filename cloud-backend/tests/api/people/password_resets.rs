//! A new password by a link: nobody sets one for somebody else, and nobody takes over who is above them.

use carrel_cloud_backend::{
    authz::Role::{Administrator, Auditor, Member},
    store::Timestamp,
};
use serde_json::json;
use time::Duration;

use super::{Root, admin, logged, notices, token_of};
use crate::{
    actors::{Owner, Person, sign_in},
    app::{PASSWORD, TestApp, both},
    client::Answer,
    factors::{Authenticator, sign_in_with_code},
};

const OTHER: &str = "another password of words";

async fn accept(app: &TestApp, link: &serde_json::Value, password: &str) -> Answer {
    app.client().post("/api/v1/password-resets/accept", json!({"token": token_of(link), "password": password})).await
}

both! {
    async fn a_link_sets_a_password_once_and_ends_the_sessions(app: TestApp) {
        let root = Root::of(&app).await;
        let owner = Owner::of(&app).await;
        let totp = Authenticator::enrol(&app, &owner).await;
        let path = admin(format_args!("users/{}/password-reset", owner.id));
        let first = root.post(&path, json!({})).await.expect(201).json();
        let answer = root.post(&path, json!({})).await.expect(201);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let second = answer.json();
        assert!(second["link"].as_str().unwrap().contains("/reset#"));
        // The one before is worthless, and until one is used nothing ends.
        accept(&app, &first["link"], OTHER).await.refused(401, "link_invalid");
        owner.get("/api/v1/session").await.expect(200);
        let look = json!({"token": token_of(&second["link"])});
        let whose = app.client().post("/api/v1/password-resets/look", look.clone()).await.expect(200).json();
        assert_eq!(whose, json!({"name": "olivia.owner", "display_name": whose["display_name"]}));
        accept(&app, &second["link"], "olivia.owner").await.refused(422, "password_too_short");
        accept(&app, &second["link"], "passwordpassword").await.expect(422);
        accept(&app, &second["link"], OTHER).await.expect(204);
        accept(&app, &second["link"], OTHER).await.refused(401, "link_invalid");
        app.client().post("/api/v1/password-resets/look", look).await.refused(401, "link_invalid");
        owner.get("/api/v1/session").await.refused(401, "not_signed_in");
        sign_in(&app.client(), owner.name, PASSWORD).await.refused(401, "credentials_invalid");
        // T-14: the second factor stays.
        let pending = sign_in(&app.client(), owner.name, OTHER).await.expect(202).json();
        assert_eq!(pending["methods"], json!(["totp"]));
        assert!(sign_in_with_code_of(&app, owner.name, &totp).await);
        assert_eq!((logged(&app, "password_reset.use", "ok").await, logged(&app, "password_reset.use", "denied").await), (1, 3));
    }

    async fn a_link_ends_after_a_day_and_with_its_person(app: TestApp) {
        let root = Root::of(&app).await;
        let owner = Owner::of(&app).await;
        let path = admin(format_args!("users/{}/password-reset", owner.id));
        let link = root.post(&path, json!({})).await.expect(201).json();
        let past = Timestamp::now().minus(Duration::hours(24));
        app.database.execute_at("UPDATE password_resets SET expires_at = $1", past, &[]).await;
        accept(&app, &link["link"], OTHER).await.refused(401, "link_invalid");
        let link = root.post(&path, json!({})).await.expect(201).json();
        root.post(&admin(format_args!("users/{}/deactivation", owner.id)), json!({})).await.expect(204);
        accept(&app, &link["link"], OTHER).await.refused(401, "link_invalid");
        assert_eq!(app.database.count("SELECT COUNT(*) FROM password_resets").await, 0);
    }

    async fn seed_06_who_manages_people_cannot_take_over_an_administrator(app: TestApp) {
        let root = Root::of(&app).await;
        let mut held: Vec<_> = Member.permissions().iter().map(|permission| permission.code()).collect();
        held.push("user_manage");
        let desk = root.role("people's desk", &held).await;
        let (_, mallory) = root.holder(&app, "mallory", desk).await;
        let ada = Person::signed_in(&app, "ada", &[Administrator]).await;
        let aron = Person::signed_in(&app, "aron", &[Auditor]).await;
        for above in [ada.id, aron.id, root.id()] {
            let path = admin(format_args!("users/{above}"));
            mallory.post(&format!("{path}/password-reset"), json!({})).await.refused(403, "above_you");
            mallory.patch(&path, json!({"email": "mallory@example.org"})).await.refused(403, "above_you");
            mallory.post(&format!("{path}/second-factors/reset"), json!({"reason": "they said they lost it"})).await.refused(403, "above_you");
            mallory.post(&format!("{path}/deactivation"), json!({})).await.refused(403, "above_you");
            mallory.delete(&format!("{path}/sessions")).await.refused(403, "above_you");
        }
        assert_eq!(app.database.count("SELECT COUNT(*) FROM password_resets").await, 0);
        assert_eq!(logged(&app, "user.update", "denied").await, 15);
        // A link for somebody who rises afterwards is worthless: it would be a link to an administrator.
        let mia = Person::signed_in(&app, "mia", &[Member]).await;
        let link = mallory.post(&admin(format_args!("users/{}/password-reset", mia.id)), json!({})).await.expect(201).json();
        root.give(mia.id, &[Member.id(), Administrator.id()]).await;
        accept(&app, &link["link"], OTHER).await.refused(401, "link_invalid");
        sign_in(&app.client(), "mia", PASSWORD).await.expect(200);
        // So is one whose maker was shut out since.
        root.give(mia.id, &[Member.id()]).await;
        let link = mallory.post(&admin(format_args!("users/{}/password-reset", mia.id)), json!({})).await.expect(201).json();
        root.post(&admin(format_args!("users/{}/deactivation", mallory.id)), json!({})).await.expect(204);
        accept(&app, &link["link"], OTHER).await.refused(401, "link_invalid");
        let mia = Person::of(&app, "mia").await;
        let told = notices(&mia).await;
        assert!(!told.contains(&"password_changed".to_owned()), "{told:?}");
    }
}

async fn sign_in_with_code_of(app: &TestApp, name: &str, totp: &Authenticator) -> bool {
    // The helper knows the usual password only.
    app.reset_user(name, PASSWORD).await;
    sign_in_with_code(app, name, totp).await.status.is_success()
}
