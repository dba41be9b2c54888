//! Getting an account back, and what does not move through it for a while; and that nobody takes one over alone.

use carrel_cloud_backend::{
    authz::{
        RECOVERY_HOLD,
        Role::{Administrator, Member},
    },
    store::Timestamp,
};
use serde_json::{Value, json};
use time::Duration;

use super::{Root, admin, logged, token_of};
use crate::{
    actors::{Person, sign_in},
    app::{PASSWORD, TestApp, both},
    client::{Auth, Client},
    factors::{Authenticator, Elevated},
};

const OTHER: &str = "another password of words";
const REASON: &str = "phone stolen, passport checked";

fn of(person: &Person, act: &str) -> String {
    admin(format_args!("users/{}/{act}", person.id))
}

/// Everything by which rights change hands.
async fn passes_nothing_on(app: &TestApp, by: &Client, mia: &Person) {
    by.patch(&admin(format_args!("users/{}", mia.id)), json!({"role_ids": [Administrator.id()]}))
        .await
        .refused(403, "recovery_hold");
    let person = json!({"kind": "person", "name": "new", "role_ids": [Member.id()]});
    by.post("/api/v1/admin/users", person).await.refused(403, "recovery_hold");
    by.post("/api/v1/admin/invitations", json!({"days": 1, "role_ids": [Member.id()]}))
        .await
        .refused(403, "recovery_hold");
    let role = json!({"name": "spare", "permissions": ["file_read"], "second_factor": "none", "grace_hours": 1});
    by.post("/api/v1/admin/roles", role).await.refused(403, "recovery_hold");
    let request = mia
        .post("/api/v1/account/role-requests", json!({"reason": "the disk is full", "minutes": 5}))
        .await
        .expect(201)
        .json();
    let approval = admin(format_args!("role-requests/{}/approval", request["id"].as_str().unwrap()));
    by.post(&approval, json!({})).await.refused(403, "recovery_hold");
    let provider = json!({"name": "P", "issuer": "https://id.example.org", "client_id": "c", "make_users": true});
    by.post("/api/v1/admin/identity-providers", provider).await;
    let robot = json!({"kind": "service", "name": "robot"});
    let robot = by.post("/api/v1/admin/users", robot).await.expect(201).json();
    let tokens = admin(format_args!("users/{}/tokens", robot["user"]["id"].as_str().unwrap()));
    by.post(&tokens, json!({"kind": "personal", "label": "x", "scopes": ["files:read"]}))
        .await
        .refused(403, "recovery_hold");
    for (act, times) in [("user.roles", 3), ("role.update", 1), ("role_request.approve", 1), ("token.create", 1)] {
        assert_eq!(logged(app, act, "denied").await, times, "{act}");
    }
}

both! {
    async fn t_014_after_a_recovery_code_no_rights_change_hands_for_a_day(app: TestApp) {
        let ada = Person::signed_in(&app, "ada", &[Administrator]).await;
        let mia = Person::signed_in(&app, "mia", &[Member]).await;
        let elevated = Elevated::of(&app, &ada).await;
        let codes = elevated.post("/api/v1/account/recovery-codes", json!({})).await.expect(201).json();
        elevated.patch(&admin(format_args!("users/{}", mia.id)), json!({"display_name": "Mia M."})).await.expect(200);
        let pending = sign_in(&app.client(), "ada", PASSWORD).await.expect(202);
        let pending = app.client().with(Auth::Cookie(pending.cookie_named("carrel_p").0));
        let code = json!({"method": "recovery_code", "code": codes["codes"][0]});
        let back = pending.post("/api/v1/session/second-factor", code).await.expect(200);
        let back = Person::behind(app.client().with(Auth::Cookie(back.cookie().0)), "ada").await;
        let again = Elevated::again(&app, &back, elevated.app.clone()).await;
        passes_nothing_on(&app, &again, &mia).await;
        // What gives nobody a right goes on, and after the day everything does.
        again.patch(&admin(format_args!("users/{}", mia.id)), json!({"display_name": "Mia"})).await.expect(200);
        let past = Timestamp::now().minus(RECOVERY_HOLD);
        app.database.execute_at("UPDATE users SET recovered_at = $1 WHERE recovered_at IS NOT NULL", past, &[]).await;
        again.patch(&admin(format_args!("users/{}", mia.id)), json!({"role_ids": [Administrator.id()]})).await.expect(200);
    }

    async fn t_014_after_a_link_for_a_new_password_no_rights_change_hands_for_a_day(app: TestApp) {
        let root = Root::of(&app).await;
        let ada = Person::signed_in(&app, "ada", &[Administrator]).await;
        let mia = Person::signed_in(&app, "mia", &[Member]).await;
        let link = root.post(&of(&ada, "password-reset"), json!({})).await.expect(201).json();
        let body = json!({"token": token_of(&link["link"]), "password": OTHER});
        app.client().post("/api/v1/password-resets/accept", body).await.expect(204);
        let back = sign_in(&app.client(), "ada", OTHER).await.expect(200);
        let back = Person::behind(app.client().with(Auth::Cookie(back.cookie().0)), "ada").await;
        let elevated = Elevated::of(&app, &back).await;
        passes_nothing_on(&app, &elevated, &mia).await;
        // Neither does it need that there was a password.
        let otto = Person::signed_in(&app, "otto", &[Administrator]).await;
        app.database.execute("UPDATE users SET password_hash = NULL WHERE name = 'otto'", &[]).await;
        let link = root.post(&of(&otto, "password-reset"), json!({})).await.expect(201).json();
        let body = json!({"token": token_of(&link["link"]), "password": OTHER});
        app.client().post("/api/v1/password-resets/accept", body).await.expect(204);
        // The first password of somebody new is no recovery.
        let made = root.post("/api/v1/admin/users", json!({"kind": "person", "name": "nora"})).await.expect(201).json();
        let body = json!({"token": token_of(&made["link"]), "password": OTHER});
        app.client().post("/api/v1/password-resets/accept", body).await.expect(204);
        assert_eq!(app.database.count("SELECT COUNT(*) FROM users WHERE recovered_at IS NOT NULL").await, 2);
    }

    async fn t_014_an_emergency_does_not_follow_a_recovery(app: TestApp) {
        let root = Root::of(&app).await;
        let rescuer = root.role("rescuer", &["break_glass", "file_read"]).await;
        let (_, elevated) = root.holder(&app, "rita", rescuer).await;
        app.database.execute_at("UPDATE users SET recovered_at = $1 WHERE name = 'rita'", Timestamp::now(), &[]).await;
        let body = json!({"reason": "all administrators are on a plane"});
        elevated.post("/api/v1/account/break-glass", body).await.refused(403, "recovery_hold");
    }

    async fn t_042_one_person_alone_does_not_reset_password_and_factors(app: TestApp) {
        let root = Root::of(&app).await;
        let mia = Person::signed_in(&app, "mia", &[Member]).await;
        let other = Person::signed_in(&app, "uma", &[Member]).await;
        Authenticator::enrol(&app, &mia).await;
        // Alone there is nobody else to ask.
        root.post(&of(&other, "password-reset"), json!({})).await.expect(201);
        root.post(&of(&other, "second-factors/reset"), json!({"reason": REASON})).await.expect(204);
        let ada = Person::signed_in(&app, "ada", &[Administrator]).await;
        let ada = Elevated::of(&app, &ada).await;
        // Nobody here was made a short while ago.
        let past = Timestamp::now().minus(Duration::hours(24));
        app.database.execute_at("UPDATE users SET created_at = $1", past, &[]).await;
        let alone: [(&str, Value); 2] = [("password-reset", json!({})), ("second-factors/reset", json!({"reason": REASON}))];
        for [first, second] in [[0, 1], [1, 0]] {
            app.database.execute("DELETE FROM account_resets", &[]).await;
            let half = async |by: &Client, which: usize| by.post(&of(&mia, alone[which].0), alone[which].1.clone()).await;
            assert!(half(&root, first).await.status.is_success());
            half(&root, second).await.refused(403, "second_person_needed");
            // The same half again is no more than before; the other half is for somebody else.
            assert!(half(&root, first).await.status.is_success());
            assert!(half(&ada, second).await.status.is_success());
            // That somebody else did the same half as well does not hide who did it first.
            app.database.execute("DELETE FROM account_resets", &[]).await;
            assert!(half(&root, first).await.status.is_success());
            assert!(half(&ada, first).await.status.is_success());
            half(&root, second).await.refused(403, "second_person_needed");
        }
        // Nor does doing both at once.
        app.database.execute("DELETE FROM account_resets", &[]).await;
        let (path, reset) = (of(&mia, alone[0].0), of(&mia, alone[1].0));
        let both = (root.post(&path, alone[0].1.clone()), root.post(&reset, alone[1].1.clone()));
        let answers: [_; 2] = futures_util::future::join(both.0, both.1).await.into();
        assert_eq!(answers.iter().filter(|answer| answer.status.is_success()).count(), 1, "{answers:?}");
        // Nor does somebody who was made for it.
        app.database.execute("DELETE FROM account_resets", &[]).await;
        root.post(&of(&mia, "password-reset"), json!({})).await.expect(201);
        let made = Person::signed_in(&app, "made", &[Administrator]).await;
        let now = Timestamp::now();
        app.database.execute_at("UPDATE users SET created_at = $1 WHERE name = 'made'", now, &[]).await;
        let made = Elevated::of(&app, &made).await;
        made.post(&of(&mia, "second-factors/reset"), json!({"reason": REASON})).await.refused(403, "second_person_needed");
        // A day later it is another matter.
        app.database.execute("DELETE FROM account_resets", &[]).await;
        root.post(&of(&mia, "password-reset"), json!({})).await.expect(201);
        let past = Timestamp::now().minus(Duration::hours(24));
        app.database.execute_at("UPDATE account_resets SET reset_at = $1", past, &[]).await;
        root.post(&of(&mia, "second-factors/reset"), json!({"reason": REASON})).await.expect(204);
    }
}
