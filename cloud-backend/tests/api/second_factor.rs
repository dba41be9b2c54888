//! Second factors: authenticator app, recovery codes, what the rules of roles ask for, elevation and confirmation.

use carrel_cloud_backend::{authz::Role, store::Timestamp};
use serde_json::{Value, json};
use time::Duration;

use crate::{
    actors::{Administrator, Auditor, Owner, Person, sign_in},
    app::{PASSWORD, TestApp, both},
    client::{Answer, Auth, Client},
    factors::{Authenticator, Elevated},
};

/// Signs in with the password; the browser that waits for its second factor.
async fn first_factor(app: &TestApp, name: &str, methods: &[&str]) -> Client {
    let answer = sign_in(&app.client(), name, PASSWORD).await.expect(202);
    assert_eq!(answer.json()["methods"], json!(methods));
    app.client().with(Auth::Cookie(answer.cookies()))
}

async fn show(client: &Client, method: &str, code: &str) -> Answer {
    client.post("/api/v1/session/second-factor", json!({"method": method, "code": code})).await
}

async fn recovery_codes(person: &Client) -> Vec<String> {
    let codes: Value = person.post("/api/v1/account/recovery-codes", json!({})).await.expect(201).json();
    codes["codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()).collect()
}

async fn set_policy(app: &TestApp, role: Role, sql: &'static str) {
    assert_eq!(app.database.execute(sql, &[role.id().uuid()]).await, 1);
}

const ANY: &str = "UPDATE roles SET second_factor = 'any' WHERE id = $1";
const PASSKEY: &str = "UPDATE roles SET second_factor = 'passkey' WHERE id = $1";

both! {
    async fn t_012_a_password_alone_no_longer_signs_in(app: TestApp) {
        let owner = Owner::of(&app).await;
        let totp = Authenticator::enrol(&app, &owner).await;
        let client = first_factor(&app, owner.name, &["totp"]).await;
        client.get("/api/v1/session").await.refused(401, "not_signed_in");
        let me = show(&client, "totp", &totp.code(&app).await).await.expect(200);
        assert_eq!(me.json()["session"]["factor"], "totp");
        app.client().with(Auth::Cookie(me.cookie().0)).get("/api/v1/spaces").await.expect(200);
        // What was pending is used up, also with another right code.
        show(&client, "totp", &totp.code(&app).await).await.refused(401, "sign_in_expired");
    }

    async fn another_tab_that_offers_passkeys_does_not_end_what_waits(app: TestApp) {
        let owner = Owner::of(&app).await;
        let totp = Authenticator::enrol(&app, &owner).await;
        let pending = sign_in(&app.client(), owner.name, PASSWORD).await.expect(202).cookie_named("carrel_p").0;
        // Passkeys need a name in the address.
        let base = app.base.replace("127.0.0.1", "localhost");
        let tab = app.client().at(&base).with(Auth::Cookie(pending.clone()));
        let options = tab.post("/api/v1/session/passkey-options", json!({})).await.expect(200);
        assert_eq!(options.cookie_named("carrel_p").0, pending);
        show(&tab, "totp", &totp.code(&app).await).await.expect(200);
        // A cookie of one's own making is not taken for ours.
        let made = app.client().at(&base).with(Auth::Cookie("carrel_p=mine".to_owned()));
        let options = made.post("/api/v1/session/passkey-options", json!({})).await.expect(200);
        assert_ne!(options.cookie_named("carrel_p").0, "carrel_p=mine");
    }

    async fn t_012_a_code_is_taken_once(app: TestApp) {
        let owner = Owner::of(&app).await;
        let totp = Authenticator::enrol(&app, &owner).await;
        let (first, second) = (first_factor(&app, owner.name, &["totp"]).await, first_factor(&app, owner.name, &["totp"]).await);
        let code = totp.code(&app).await;
        // At the same time, and one after the other.
        let (a, b) = futures_util::future::join(show(&first, "totp", &code), show(&second, "totp", &code)).await;
        let mut statuses = [a.status.as_u16(), b.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 401]);
        let third = first_factor(&app, owner.name, &["totp"]).await;
        show(&third, "totp", &code).await.refused(401, "code_used");
        assert_eq!(app.database.count("SELECT COUNT(*) FROM sessions").await, 2);
    }

    async fn t_012_wrong_codes_are_slowed_down_and_logged(app: TestApp) {
        let owner = Owner::of(&app).await;
        let totp = Authenticator::enrol(&app, &owner).await;
        app.database.forget_leaves().await;
        let client = first_factor(&app, owner.name, &["totp"]).await;
        for _ in 0..5 {
            show(&client, "totp", &totp.wrong_code()).await.refused(401, "factor_invalid");
        }
        let refused = show(&client, "totp", &totp.code(&app).await).await.refused(429, "too_many_requests");
        assert!(refused.header("retry-after").is_some());
        let denied = app.database.leaves().await.into_iter().filter(|leaf| leaf["act"] == "session.create" && leaf["out"] == "denied").count();
        assert_eq!(denied, 6);
    }

    async fn t_014_a_recovery_code_signs_in_once_and_its_person_is_told(app: TestApp) {
        let owner = Owner::of(&app).await;
        owner.post("/api/v1/account/recovery-codes", json!({})).await.refused(403, "second_factor_missing");
        Authenticator::enrol(&app, &owner).await;
        let codes = recovery_codes(&owner).await;
        assert_eq!(codes.len(), 10);
        let client = first_factor(&app, owner.name, &["totp", "recovery_code"]).await;
        show(&client, "recovery_code", "AAAA-AAAA-AAAA-AAAA-AAAA").await.refused(401, "factor_invalid");
        let me = show(&client, "recovery_code", &codes[3].to_lowercase()).await.expect(200);
        assert_eq!(me.json()["session"]["factor"], "recovery");
        let again = first_factor(&app, owner.name, &["totp", "recovery_code"]).await;
        show(&again, "recovery_code", &codes[3]).await.refused(401, "factor_invalid");
        let kinds: Vec<_> = owner.get("/api/v1/account/notices").await.json()["items"].as_array().unwrap().iter().map(|item| item["kind"].clone()).collect();
        assert!(kinds.contains(&json!("recovery_code_used")), "{kinds:?}");
        let security = owner.get("/api/v1/account/security").await.json();
        assert_eq!(security["recovery_codes"]["left"], 9);
        // New ones make the old ones worthless; the database holds none in the clear.
        let fresh = recovery_codes(&owner).await;
        show(&again, "recovery_code", &codes[4]).await.refused(401, "factor_invalid");
        show(&again, "recovery_code", &fresh[0]).await.expect(200);
    }

    async fn t_011_a_rule_gives_time_and_then_asks(app: TestApp) {
        let owner = Owner::of(&app).await;
        set_policy(&app, Role::Member, ANY).await;
        let soon = Timestamp::now().plus(Duration::hours(1));
        app.database.execute_at("UPDATE users SET factor_due_at = $1", soon, &[]).await;
        let me = owner.get("/api/v1/session").await.json();
        assert_eq!((&me["second_factor"]["missing"], &me["second_factor"]["limited"]), (&json!(true), &json!(false)));
        owner.get("/api/v1/spaces").await.expect(200);
        app.database.execute_at("UPDATE users SET factor_due_at = $1", Timestamp::now().minus(Duration::hours(1)), &[]).await;
        // Now the session can look at itself, set up a factor and end; nothing else, by whatever route.
        assert_eq!(owner.get("/api/v1/session").await.json()["second_factor"]["limited"], true);
        for path in ["/api/v1/spaces", "/api/v1/workspaces", "/api/v1/account/tokens", "/api/v1/account/sessions"] {
            owner.get(path).await.refused(403, "second_factor_required");
        }
        owner.post("/api/v1/account/tokens", json!({"kind": "personal", "label": "x", "scopes": ["files:read"]})).await.refused(403, "second_factor_required");
        Authenticator::enrol(&app, &owner).await;
        owner.get("/api/v1/spaces").await.expect(200);
    }

    async fn t_011_passkeys_only_is_met_by_nothing_else(app: TestApp) {
        let owner = Owner::of(&app).await;
        let totp = Authenticator::enrol(&app, &owner).await;
        recovery_codes(&owner).await;
        set_policy(&app, Role::Member, PASSKEY).await;
        // A person without a passkey shows what they have, and can do nothing but make one.
        let client = first_factor(&app, owner.name, &["totp"]).await;
        let me = show(&client, "totp", &totp.code(&app).await).await.expect(200);
        let limited = app.client().with(Auth::Cookie(me.cookie().0));
        limited.get("/api/v1/spaces").await.refused(403, "second_factor_required");
        owner.get("/api/v1/spaces").await.refused(403, "second_factor_required");
        // A recovery code does not even do that.
        let client = first_factor(&app, owner.name, &["totp"]).await;
        show(&client, "recovery_code", "AAAA-AAAA-AAAA-AAAA-AAAA").await.refused(401, "factor_invalid");
    }

    async fn t_015_dangerous_acts_need_a_fresh_second_factor(app: TestApp) {
        let auditor = Auditor::of(&app).await;
        // Looking is not dangerous, carrying away is.
        auditor.get("/api/v1/audit/head").await.expect(200);
        auditor.post("/api/v1/audit/exports", json!({})).await.refused(403, "elevation_required");
        auditor.post("/api/v1/session/elevation", json!({"method": "totp", "code": "000000"})).await.refused(403, "second_factor_missing");
        let totp = Authenticator::enrol(&app, &auditor).await;
        let wrong = json!({"method": "totp", "code": totp.wrong_code()});
        auditor.post("/api/v1/session/elevation", wrong).await.refused(401, "factor_invalid");
        let answer = auditor.post("/api/v1/session/elevation", json!({"method": "totp", "code": totp.code(&app).await})).await.expect(200);
        let (pair, attributes) = answer.cookie_named("carrel_e");
        assert!(attributes.contains("SameSite=Strict") && attributes.contains("HttpOnly") && attributes.contains("Max-Age=900"), "{attributes}");
        let Auth::Cookie(session) = auditor.auth().clone() else { panic!("a cookie") };
        let elevated = auditor.with(Auth::Cookie(format!("{session}; {pair}")));
        // Not forbidden any more: what is missing is a signature.
        assert_ne!(elevated.post("/api/v1/audit/exports", json!({})).await.status, 403);
        assert!(elevated.get("/api/v1/session").await.json()["session"]["elevated_until"].is_string());
        // The session alone, stolen, is not elevated; a made-up cookie elevates nothing; neither does one of another session.
        auditor.post("/api/v1/audit/exports", json!({})).await.refused(403, "elevation_required");
        auditor.with(Auth::Cookie(format!("{session}; carrel_e=x"))).post("/api/v1/audit/exports", json!({})).await.refused(403, "elevation_required");
        elevated.delete("/api/v1/session/elevation").await.expect(204);
        elevated.post("/api/v1/audit/exports", json!({})).await.refused(403, "elevation_required");
    }

    async fn t_015_an_elevation_ends_by_itself(app: TestApp) {
        let auditor = Auditor::of(&app).await;
        let totp = Authenticator::enrol(&app, &auditor).await;
        let elevated = Elevated::again(&app, &auditor, totp).await;
        assert_ne!(elevated.post("/api/v1/audit/exports", json!({})).await.status, 403);
        app.database.execute_at("UPDATE sessions SET elevated_until = $1", Timestamp::now().minus(Duration::seconds(1)), &[]).await;
        elevated.post("/api/v1/audit/exports", json!({})).await.refused(403, "elevation_required");
    }

    async fn t_033_what_protects_the_account_is_changed_only_by_a_fresh_sign_in(app: TestApp) {
        let owner = Owner::of(&app).await;
        let token = json!({"kind": "personal", "label": "ci", "scopes": ["files:read"]});
        let made = owner.post("/api/v1/account/tokens", token.clone()).await.expect(201).json();
        app.database.execute_at("UPDATE sessions SET confirmed_until = $1", Timestamp::now().minus(Duration::seconds(1)), &[]).await;
        owner.post("/api/v1/account/tokens", token.clone()).await.refused(403, "confirmation_required");
        owner.post("/api/v1/account/totp", json!({})).await.refused(403, "confirmation_required");
        owner.post("/api/v1/session/confirmation", json!({"password": "not the password"})).await.refused(401, "credentials_invalid");
        owner.post("/api/v1/session/confirmation", json!({"password": PASSWORD})).await.expect(200);
        owner.post("/api/v1/account/tokens", token.clone()).await.expect(201);
        // A token makes no token, and changes nothing of the account.
        let program = app.client().with(Auth::Bearer(made["secret"].as_str().unwrap().to_owned()));
        program.post("/api/v1/account/tokens", token).await.refused(403, "scope_too_small");
        program.put("/api/v1/account/password", b"{}".to_vec()).header("content-type", "application/json").send().await;
        for path in ["/api/v1/account/security", "/api/v1/account/sessions", "/api/v1/account/tokens", "/api/v1/account/notices"] {
            program.get(path).await.refused(403, "scope_too_small");
        }
    }

    async fn t_011_the_last_factor_that_a_rule_asks_for_stays(app: TestApp) {
        let administrator = Administrator::of(&app).await;
        Authenticator::enrol(&app, &administrator).await;
        administrator.delete("/api/v1/account/totp").await.refused(409, "last_factor");
        // Whoever has none of these rules can go without.
        let owner = Owner::of(&app).await;
        Authenticator::enrol(&app, &owner).await;
        sign_in(&app.client(), owner.name, PASSWORD).await.expect(202);
        owner.delete("/api/v1/account/totp").await.expect(204);
        sign_in(&app.client(), owner.name, PASSWORD).await.expect(200);
    }

    async fn t_003_a_new_password_ends_the_other_sessions(app: TestApp) {
        let owner = Owner::of(&app).await;
        let other = Person::of(&app, owner.name).await;
        let new = "some other words that nobody guesses";
        let change = |current: &str, new: &str| owner.put("/api/v1/account/password", json!({"current": current, "new": new}).to_string()).header("content-type", "application/json").send();
        change("not the password", new).await.refused(401, "credentials_invalid");
        change(PASSWORD, "short").await.refused(422, "password_too_short");
        change(PASSWORD, "aaaaaaaaaaaaaaaaaaaa").await.refused(422, "password_weak");
        change(PASSWORD, new).await.expect(204);
        other.get("/api/v1/session").await.refused(401, "not_signed_in");
        owner.get("/api/v1/session").await.expect(200);
        sign_in(&app.client(), owner.name, PASSWORD).await.refused(401, "credentials_invalid");
        sign_in(&app.client(), owner.name, new).await.expect(200);
    }

    async fn t_001_a_hundred_failures_in_a_row_end_the_password(app: TestApp) {
        let owner = Owner::of(&app).await;
        for round in 0..100 {
            // As if the waits between them had passed.
            app.database.execute("UPDATE throttles SET free_at = 0", &[]).await;
            app.database.execute("DELETE FROM rate_limits", &[]).await;
            let status = sign_in(&app.client(), owner.name, &format!("a wrong password {round}")).await.status;
            assert_eq!(status, 401, "{round}");
        }
        app.database.execute("UPDATE throttles SET free_at = 0", &[]).await;
        sign_in(&app.client(), owner.name, PASSWORD).await.refused(401, "credentials_invalid");
        let kinds = owner.get("/api/v1/account/notices").await.json();
        assert_eq!(kinds["items"][0]["kind"], "password_disabled");
    }

    async fn t_001_a_known_device_is_not_kept_out_by_others_who_guess(app: TestApp) {
        let owner = Owner::of(&app).await;
        let known = sign_in(&app.client(), owner.name, PASSWORD).await.expect(200).cookie_named("carrel_d").0;
        for _ in 0..8 {
            sign_in(&app.client(), owner.name, "a wrong password").await;
        }
        sign_in(&app.client(), owner.name, PASSWORD).await.refused(429, "too_many_requests");
        let here = app.client().with(Auth::Cookie(known.clone()));
        sign_in(&here, owner.name, PASSWORD).await.expect(200);
        // The device is known for its person only.
        app.create_user("eve", &[]).await;
        for _ in 0..5 {
            sign_in(&app.client(), "eve", "a wrong password").await;
        }
        sign_in(&here, "eve", PASSWORD).await.refused(429, "too_many_requests");
    }
}
