//! Making, changing, shutting out and letting in; service accounts.

use carrel_cloud_backend::{
    administration,
    authz::Role::{Administrator, Guest, Member},
};
use serde_json::json;

use super::{Root, admin, logged, notices, token_of};
use crate::{
    actors::{Owner, Person, sign_in},
    app::{PASSWORD, both},
    client::Auth,
    factors::{Elevated, sign_in_with_code},
};

both! {
    async fn a_new_person_sets_their_password_by_the_link(app: TestApp) {
        let root = Root::of(&app).await;
        let body = json!({"kind": "person", "name": "nora", "display_name": "Nora N.", "email": "nora@example.org", "role_ids": [Member.id()]});
        let made = root.post("/api/v1/admin/users", body.clone()).await.expect(201).json();
        assert_eq!((&made["user"]["state"], &made["user"]["second_factor"], &made["user"]["email"]), (&json!("active"), &json!("none"), &json!("nora@example.org")));
        root.post("/api/v1/admin/users", body).await.refused(409, "name_taken");
        sign_in(&app.client(), "nora", PASSWORD).await.refused(401, "credentials_invalid");
        let accept = json!({"token": token_of(&made["link"]), "password": PASSWORD});
        app.client().post("/api/v1/password-resets/accept", accept.clone()).await.expect(204);
        sign_in(&app.client(), "Nora", PASSWORD).await.expect(200);
        app.client().post("/api/v1/password-resets/accept", accept).await.refused(401, "link_invalid");
        // The administrator's word about them is not the link, and no password.
        let user = made["user"].to_string();
        assert!(!user.contains("password") && !user.contains("reset#"), "{user}");
    }

    async fn seed_04_who_is_deactivated_has_nothing_left_and_nothing_comes_back(app: TestApp) {
        let root = Root::of(&app).await;
        let owner = Owner::of(&app).await;
        let second = Person::of(&app, owner.name).await;
        let token = app.client().with(Auth::Bearer(app.create_token(owner.name, &["files:read"]).await));
        token.get("/api/v1/session").await.expect(200);
        let link = root.post(&admin(format_args!("users/{}/password-reset", owner.id)), json!({})).await.expect(201).json();
        owner.post("/api/v1/account/role-requests", json!({"reason": "something is broken", "minutes": 5})).await.expect(201);
        let path = |act: &str| admin(format_args!("users/{}/{act}", owner.id));
        root.post(&path("deactivation"), json!({})).await.expect(204);
        root.post(&path("deactivation"), json!({})).await.expect(204);
        owner.get("/api/v1/session").await.refused(401, "not_signed_in");
        second.get("/api/v1/spaces").await.refused(401, "not_signed_in");
        token.get("/api/v1/session").await.refused(401, "not_signed_in");
        sign_in(&app.client(), owner.name, PASSWORD).await.refused(401, "credentials_invalid");
        assert_eq!(root.user(owner.id).await["state"], "disabled");
        root.post(&path("password-reset"), json!({})).await.refused(404, "not_found");
        root.post(&path("activation"), json!({})).await.expect(204);
        root.post(&path("activation"), json!({})).await.refused(404, "not_found");
        owner.get("/api/v1/session").await.refused(401, "not_signed_in");
        token.get("/api/v1/session").await.refused(401, "not_signed_in");
        let accept = json!({"token": token_of(&link["link"]), "password": "another password of words"});
        app.client().post("/api/v1/password-resets/accept", accept).await.refused(401, "link_invalid");
        let requests = root.get("/api/v1/admin/role-requests?state=withdrawn").await.expect(200).json();
        assert_eq!(requests["items"][0]["user"]["id"], json!(owner.id));
        sign_in(&app.client(), owner.name, PASSWORD).await.expect(200);
        assert_eq!((logged(&app, "user.disable", "ok").await, logged(&app, "user.enable", "ok").await), (2, 1));
    }

    async fn nobody_shuts_themselves_out(app: TestApp) {
        let root = Root::of(&app).await;
        let other = root.account("person", "other", &[Administrator]).await;
        let own = root.id();
        root.post(&admin(format_args!("users/{own}/deactivation")), json!({})).await.refused(403, "own_account");
        let path = admin(format_args!("users/{own}"));
        root.call(reqwest::Method::DELETE, &path).json(&json!({"transfer_to": other})).send().await.refused(403, "own_account");
        let reset = admin(format_args!("users/{own}/second-factors/reset"));
        root.post(&reset, json!({"reason": "I do not like mine"})).await.refused(403, "own_account");
        let me = root.user(own).await;
        assert_eq!(me["abilities"], json!({"edit": true, "deactivate": false, "activate": false, "delete": false, "reset": true}));
    }

    async fn a_service_account_has_tokens_and_no_way_in(app: TestApp) {
        let root = Root::of(&app).await;
        let made = root.post("/api/v1/admin/users", json!({"kind": "service", "name": "robot", "role_ids": [Member.id()]})).await.expect(201).json();
        assert_eq!((&made["link"], &made["user"]["kind"]), (&json!(null), &json!("service")));
        let robot = made["user"]["id"].as_str().unwrap();
        root.post(&admin(format_args!("users/{robot}/password-reset")), json!({})).await.refused(404, "not_found");
        let path = admin(format_args!("users/{robot}/tokens"));
        let token = root.post(&path, json!({"kind": "personal", "label": "ci", "scopes": ["files:write"], "days": 7})).await.expect(201);
        assert_eq!(token.header("cache-control"), Some("no-store"));
        let token = token.json();
        let program = app.client().with(Auth::Bearer(token["secret"].as_str().unwrap().to_owned()));
        let me = program.get("/api/v1/session").await.expect(200).json();
        assert_eq!(me["user"]["name"], "robot");
        let list = root.get(&path).await.expect(200).json();
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
        assert!(!list.to_string().contains(token["secret"].as_str().unwrap()));
        let one = format!("{path}/{}", token["token"]["id"].as_str().unwrap());
        root.delete(&one).await.expect(204);
        root.delete(&one).await.refused(404, "not_found");
        program.get("/api/v1/session").await.refused(401, "not_signed_in");
        root.post(&path, json!({"kind": "personal", "label": "ci", "scopes": ["files:admin"]})).await.refused(422, "field_invalid");
        // Nobody makes a token in the name of a person.
        let owner = Owner::of(&app).await;
        let of_person = admin(format_args!("users/{}/tokens", owner.id));
        root.post(&of_person, json!({"kind": "personal", "label": "x", "scopes": ["files:read"]})).await.refused(404, "not_found");
        assert_eq!(app.database.count("SELECT COUNT(*) FROM tokens WHERE revoked_at IS NULL").await, 0);
        // On the machine too: an account without a password is nobody's way in.
        administration::create_account(&app.cloud.store, &app.cloud.passwords, "robot2", None, "ops@example.org", &[Guest]).await.unwrap();
        sign_in(&app.client(), "robot2", PASSWORD).await.refused(401, "credentials_invalid");
    }

    async fn t_014_who_lost_all_factors_is_helped_by_somebody_else_with_a_reason(app: TestApp) {
        let root = Root::of(&app).await;
        let ada = Person::signed_in(&app, "ada", &[Administrator, Member]).await;
        let elevated = Elevated::of(&app, &ada).await;
        ada.post("/api/v1/account/recovery-codes", json!({})).await.expect(201);
        app.database.execute("UPDATE users SET factor_due_at = created_at WHERE id = $1", &[ada.id.uuid()]).await;
        let path = admin(format_args!("users/{}/second-factors/reset", ada.id));
        root.post(&path, json!({"reason": "lost it"})).await.refused(422, "field_invalid");
        root.post(&path, json!({"reason": "phone stolen, passport checked"})).await.expect(204);
        elevated.get("/api/v1/session").await.refused(401, "not_signed_in");
        for count in ["SELECT COUNT(*) FROM totp_factors WHERE user_id <> (SELECT id FROM users WHERE name = 'root')", "SELECT COUNT(*) FROM recovery_codes"] {
            assert_eq!(app.database.count(count).await, 0);
        }
        // The password alone is enough until the new time of grace is over, and the person is told.
        let again = Person::of(&app, "ada").await;
        let me = again.get("/api/v1/session").await.expect(200).json();
        assert_eq!((&me["second_factor"]["missing"], &me["second_factor"]["limited"]), (&json!(true), &json!(false)));
        assert!(notices(&again).await.contains(&"factors_reset".to_owned()));
        assert_eq!(logged(&app, "factors.reset", "ok").await, 1);
        administration::reset_factors(&app.cloud.store, "root", "all administrators lost their phones").await.unwrap();
        root.get("/api/v1/session").await.refused(401, "not_signed_in");
        assert!(administration::reset_factors(&app.cloud.store, "root", "no").await.is_err());
    }

    async fn sessions_of_others_can_be_ended(app: TestApp) {
        let root = Root::of(&app).await;
        let ada = Person::signed_in(&app, "ada", &[Administrator, Member]).await;
        let elevated = Elevated::of(&app, &ada).await;
        root.delete(&admin(format_args!("users/{}/sessions", ada.id))).await.expect(204);
        ada.get("/api/v1/session").await.refused(401, "not_signed_in");
        sign_in_with_code(&app, "ada", &elevated.app).await.expect(200);
    }

    async fn bad_input_is_refused(app: TestApp) {
        let root = Root::of(&app).await;
        let users = "/api/v1/admin/users";
        root.post(users, json!({"kind": "person", "name": "a b"})).await.refused(422, "user_name_invalid");
        root.post(users, json!({"kind": "person", "name": "deleted/1"})).await.refused(422, "user_name_invalid");
        root.post(users, json!({"kind": "person", "name": "x", "email": "no"})).await.refused(422, "email_invalid");
        root.post(users, json!({"kind": "robot", "name": "x"})).await.refused(400, "bad_request");
        root.post(users, json!({"kind": "person", "name": "x", "state": "active"})).await.refused(400, "bad_request");
        root.post(users, json!({"kind": "person", "name": "x", "role_ids": [carrel_ids::RoleId::new()]})).await.refused(400, "bad_request");
        root.get(&format!("{users}/nobody")).await.refused(404, "not_found");
        root.get(&format!("{users}/{}", carrel_ids::UserId::new())).await.refused(404, "not_found");
        root.patch(&format!("{users}/{}", carrel_ids::UserId::new()), json!({})).await.refused(404, "not_found");
        assert_eq!(app.database.count("SELECT COUNT(*) FROM users").await, 1);
    }
}
