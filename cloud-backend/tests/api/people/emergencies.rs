//! The administrator's role for a time: by somebody else's approval, or at once in an emergency.

use carrel_cloud_backend::{
    app::prune,
    authz::Role::{Administrator, Auditor, Member},
    store::Timestamp,
};
use serde_json::{Value, json};
use time::Duration;

use super::{Root, admin, logged, notices};
use crate::{
    actors::{Person, abilities},
    app::both,
    client::Auth,
    factors::Elevated,
};

const REQUESTS: &str = "/api/v1/account/role-requests";
const BREAK: &str = "/api/v1/account/break-glass";
const REASON: &str = "all administrators are on a plane";

const EMERGENCIES: &str = "/api/v1/audit/emergencies";

fn review(event: &Value) -> String {
    format!("{EMERGENCIES}/{}/review", event["id"].as_str().unwrap())
}

fn path(request: &Value, act: &str) -> String {
    admin(format_args!("role-requests/{}/{act}", request["id"].as_str().unwrap()))
}

async fn ask(person: &Person) -> Value {
    person.post(REQUESTS, json!({"reason": "the disk is full", "minutes": 15})).await.expect(201).json()
}

both! {
    async fn a_request_is_approved_by_another_administrator_and_ends_by_itself(app: TestApp) {
        let root = Root::of(&app).await;
        let mia = Person::signed_in(&app, "mia", &[Member]).await;
        let elevated = Elevated::of(&app, &mia).await;
        let request = ask(&mia).await;
        assert_eq!((&request["state"], &request["kind"], &request["role"]["code"]), (&json!("pending"), &json!("request"), &json!("administrator")));
        assert_eq!(request["abilities"], json!({"decide": false, "review": false, "withdraw": true}));
        mia.post(REQUESTS, json!({"reason": "once more, please", "minutes": 5})).await.refused(409, "request_open");
        let list = root.get("/api/v1/admin/role-requests?state=pending").await.expect(200).json();
        assert_eq!((list["items"].as_array().unwrap().len(), &list["items"][0]["abilities"]["decide"]), (1, &json!(true)));
        elevated.get("/api/v1/admin/users").await.refused(404, "not_found");
        let approved = root.post(&path(&request, "approval"), json!({})).await.expect(200).json();
        assert_eq!((&approved["state"], &approved["decided_by"]), (&json!("approved"), &json!("root")));
        root.post(&path(&request, "approval"), json!({})).await.refused(404, "not_found");
        // The role is there; the second factor has to be shown anew for it.
        elevated.get("/api/v1/admin/users").await.refused(403, "elevation_required");
        let again = Elevated::again(&app, &mia, elevated.app.clone()).await;
        again.get("/api/v1/admin/users").await.expect(200);
        assert_eq!(notices(&mia).await[0], "role_changed");
        // When its time is over it is over at once, and its row goes with the next sweep.
        let past = Timestamp::now().minus(Duration::seconds(1));
        app.database.execute_at("UPDATE role_members SET expires_at = $1 WHERE expires_at IS NOT NULL", past, &[]).await;
        again.get("/api/v1/admin/users").await.refused(404, "not_found");
        assert_eq!(root.user(mia.id).await["roles"].as_array().unwrap().len(), 1);
        prune(&app.cloud).await.unwrap();
        assert_eq!(app.database.count("SELECT COUNT(*) FROM role_members WHERE expires_at IS NOT NULL").await, 0);
        ask(&mia).await;
    }

    async fn t_035_nobody_decides_on_their_own_request(app: TestApp) {
        let root = Root::of(&app).await;
        let keeper = root.role("keeper", &["role_manage"]).await;
        let (mallory, elevated) = root.holder(&app, "mallory", keeper).await;
        let request = ask(&mallory).await;
        for act in ["approval", "denial"] {
            elevated.post(&path(&request, act), json!({})).await.refused(403, "own_request");
        }
        // Nor on somebody else's without having the role; nor while having it only for a time.
        let mia = Person::signed_in(&app, "mia", &[Member]).await;
        let other = ask(&mia).await;
        elevated.post(&path(&other, "approval"), json!({})).await.refused(403, "grants_more_than_held");
        root.post(&path(&request, "approval"), json!({})).await.expect(200);
        let elevated = Elevated::again(&app, &mallory, elevated.app.clone()).await;
        elevated.post(&path(&other, "approval"), json!({})).await.refused(403, "grants_more_than_held");
        let list = elevated.get("/api/v1/admin/role-requests?state=pending").await.expect(200).json();
        assert_eq!(list["items"][0]["abilities"]["decide"], false);
        // The table itself refuses it, whatever the program does.
        let sql = "UPDATE role_requests SET decided_by = user_id WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM role_requests WHERE decided_by = user_id)";
        let id: uuid::Uuid = other["id"].as_str().unwrap().parse().unwrap();
        let ids = [id];
        let direct = std::panic::AssertUnwindSafe(app.database.execute(sql, &ids));
        assert!(futures_util::FutureExt::catch_unwind(direct).await.is_err());
        assert_eq!(logged(&app, "role_request.approve", "denied").await, 4);
    }

    async fn t_042_what_is_held_for_a_time_is_not_passed_on(app: TestApp) {
        let root = Root::of(&app).await;
        let mia = Person::signed_in(&app, "mia", &[Member]).await;
        let elevated = Elevated::of(&app, &mia).await;
        let request = ask(&mia).await;
        root.post(&path(&request, "approval"), json!({})).await.expect(200);
        let mia_for_a_time = Elevated::again(&app, &mia, elevated.app.clone()).await;
        let body = json!({"kind": "person", "name": "sock", "role_ids": [Administrator.id()]});
        mia_for_a_time.post("/api/v1/admin/users", body).await.refused(403, "grants_more_than_held");
        mia_for_a_time.post("/api/v1/admin/invitations", json!({"days": 1, "role_ids": [Administrator.id()]})).await.refused(403, "grants_more_than_held");
        let role = json!({"name": "sock", "permissions": ["user_manage"], "second_factor": "none", "grace_hours": 1});
        mia_for_a_time.post("/api/v1/admin/roles", role).await.refused(403, "grants_more_than_held");
        // Sent back as it is, the role that one has for a time stays one for a time.
        root.give(mia.id, &[Member.id(), Administrator.id()]).await;
        assert!(root.user(mia.id).await["roles"].as_array().unwrap().iter().any(|role| role["expires_at"].is_string()));
        // What she has for good she may give.
        let body = json!({"kind": "person", "name": "new", "role_ids": [Member.id()]});
        mia_for_a_time.post("/api/v1/admin/users", body).await.expect(201);
    }

    async fn a_request_is_withdrawn_denied_or_expires(app: TestApp) {
        let root = Root::of(&app).await;
        let mia = Person::signed_in(&app, "mia", &[Member]).await;
        let withdrawn = ask(&mia).await;
        let own = format!("{REQUESTS}/{}", withdrawn["id"].as_str().unwrap());
        root.delete(&own).await.refused(404, "not_found");
        mia.delete(&own).await.expect(204);
        mia.delete(&own).await.refused(404, "not_found");
        let denied = ask(&mia).await;
        assert_eq!(root.post(&path(&denied, "denial"), json!({})).await.expect(200).json()["state"], "denied");
        let expired = ask(&mia).await;
        let past = Timestamp::now().minus(Duration::seconds(1));
        app.database.execute_at("UPDATE role_requests SET expires_at = $1 WHERE state = 'pending'", past, &[]).await;
        root.post(&path(&expired, "approval"), json!({})).await.refused(404, "not_found");
        let list = mia.get(REQUESTS).await.expect(200).json();
        let states: Vec<_> = list["items"].as_array().unwrap().iter().map(|request| request["state"].as_str().unwrap().to_owned()).collect();
        assert_eq!(states, ["expired", "denied", "withdrawn"]);
        let of_all = root.get("/api/v1/admin/role-requests?state=expired").await.expect(200).json();
        assert_eq!(of_all["items"].as_array().unwrap().len(), 1);
        // Whoever is shut out asks for nothing any more.
        let open = ask(&mia).await;
        root.post(&admin(format_args!("users/{}/deactivation", mia.id)), json!({})).await.expect(204);
        root.post(&path(&open, "approval"), json!({})).await.refused(404, "not_found");
        assert_eq!(app.database.count("SELECT COUNT(*) FROM role_members WHERE expires_at IS NOT NULL").await, 0);
    }

    async fn requests_say_why_and_for_how_long(app: TestApp) {
        let mia = Person::signed_in(&app, "mia", &[Member]).await;
        for body in [
            json!({"reason": "because", "minutes": 5}),
            json!({"reason": "          because          ", "minutes": 5}),
            json!({"reason": "the disk is full", "minutes": 0}),
            json!({"reason": "the disk is full", "minutes": 481}),
            json!({"reason": "the disk is full", "minutes": 5, "role_id": Auditor.id()}),
            json!({"reason": "the disk is full", "minutes": 5, "state": "approved"}),
        ] {
            mia.post(REQUESTS, body).await.refused_as_invalid();
        }
        let token = app.client().with(Auth::Bearer(app.create_token("mia", &["files:read"]).await));
        token.post(REQUESTS, json!({"reason": "the disk is full", "minutes": 5})).await.refused(403, "scope_too_small");
        token.get(REQUESTS).await.refused(403, "scope_too_small");
    }

    async fn t_020_breaking_the_glass_is_at_once_and_loud_and_ends_by_itself(app: TestApp) {
        let root = Root::of(&app).await;
        let ada = Person::signed_in(&app, "ada", &[Administrator]).await;
        let rescuer = root.role("rescuer", &["break_glass", "file_read"]).await;
        let (rita, elevated) = root.holder(&app, "rita", rescuer).await;
        assert!(abilities(&rita.get("/api/v1/session").await.expect(200).json()).contains(&"break_glass".to_owned()));
        rita.post(BREAK, json!({"reason": REASON})).await.refused(403, "elevation_required");
        elevated.post(BREAK, json!({"reason": "quickly, please"})).await.refused(422, "field_invalid");
        elevated.get("/api/v1/admin/users").await.refused(404, "not_found");
        let event = elevated.post(BREAK, json!({"reason": REASON})).await.expect(201).json();
        assert_eq!((&event["kind"], &event["state"], &event["minutes"]), (&json!("break_glass"), &json!("approved"), &json!(30)));
        elevated.get("/api/v1/admin/users").await.expect(200);
        for administrator in [&ada, &root.person] {
            assert!(notices(administrator).await.contains(&"break_glass_used".to_owned()));
        }
        assert_eq!(logged(&app, "break_glass.use", "ok").await, 1);
        root.post(&path(&event, "approval"), json!({})).await.refused(404, "not_found");
        // Half an hour and no longer.
        let past = Timestamp::now().minus(Duration::seconds(1));
        app.database.execute_at("UPDATE role_members SET expires_at = $1 WHERE expires_at IS NOT NULL", past, &[]).await;
        elevated.get("/api/v1/admin/users").await.refused(404, "not_found");
        elevated.post(BREAK, json!({"reason": REASON})).await.expect(201);
    }

    async fn t_020_an_emergency_is_reviewed_when_it_is_over_by_somebody_who_reads_the_log(app: TestApp) {
        let root = Root::of(&app).await;
        let audit = root.role("audit and rescue", &["break_glass", "log_read", "file_read"]).await;
        let (rita, elevated) = root.holder(&app, "rita", audit).await;
        let (aron, auditor) = root.holder(&app, "aron", Auditor.id()).await;
        let (_, ada) = root.holder(&app, "ada", Administrator.id()).await;
        let event = elevated.post(BREAK, json!({"reason": REASON})).await.expect(201).json();
        assert!(notices(&aron).await.contains(&"break_glass_used".to_owned()));
        let list = auditor.get(EMERGENCIES).await.expect(200).json();
        assert_eq!((&list["items"][0]["reason"], &list["items"][0]["abilities"]["review"]), (&json!(REASON), &json!(false)));
        auditor.post(&review(&event), json!({})).await.refused(409, "emergency_ongoing");
        let past = Timestamp::now().minus(Duration::seconds(1));
        app.database.execute_at("UPDATE role_requests SET expires_at = $1", past, &[]).await;
        // Neither who was in it, though they read the log, nor an administrator, who does not.
        elevated.post(&review(&event), json!({})).await.refused(403, "own_request");
        ada.post(&review(&event), json!({})).await.refused(404, "not_found");
        ada.get(EMERGENCIES).await.refused(404, "not_found");
        assert_eq!(elevated.get(EMERGENCIES).await.expect(200).json()["items"][0]["abilities"]["review"], false);
        assert_eq!(auditor.get(EMERGENCIES).await.expect(200).json()["items"][0]["abilities"]["review"], true);
        let mia = Person::signed_in(&app, "mia", &[Member]).await;
        auditor.post(&review(&ask(&mia).await), json!({})).await.refused(404, "not_found");
        let open = auditor.get(&format!("{EMERGENCIES}?state=approved")).await.expect(200).json();
        assert_eq!(open["items"].as_array().unwrap().len(), 1);
        let reviewed = auditor.post(&review(&event), json!({})).await.expect(200).json();
        assert_eq!((&reviewed["state"], &reviewed["decided_by"]), (&json!("reviewed"), &json!("aron")));
        auditor.post(&review(&event), json!({})).await.refused(404, "not_found");
        let open = auditor.get(&format!("{EMERGENCIES}?state=approved")).await.expect(200).json();
        assert_eq!(open["items"], json!([]));
        assert_eq!(logged(&app, "break_glass.review", "ok").await, 1);
        assert_eq!(rita.get(REQUESTS).await.expect(200).json()["items"][0]["state"], "reviewed");
    }

    async fn an_emergency_ends_before_its_time(app: TestApp) {
        let root = Root::of(&app).await;
        let rescuer = root.role("rescuer", &["break_glass", "file_read"]).await;
        let (rita, elevated) = root.holder(&app, "rita", rescuer).await;
        let (_, auditor) = root.holder(&app, "aron", Auditor.id()).await;
        // By whoever is in it, by an administrator who takes the role, and with the account.
        for how in 0..3 {
            let event = elevated.post(BREAK, json!({"reason": REASON})).await.expect(201).json();
            assert_eq!(event["abilities"]["withdraw"], true);
            match how {
                0 => elevated.delete(&format!("{REQUESTS}/{}", event["id"].as_str().unwrap())).await.expect(204),
                1 => root.patch(&admin(format_args!("users/{}", rita.id)), json!({"role_ids": [rescuer]})).await.expect(200),
                _ => root.post(&admin(format_args!("users/{}/deactivation", rita.id)), json!({})).await.expect(204),
            };
            if how == 0 {
                elevated.get("/api/v1/admin/users").await.refused(404, "not_found");
                elevated.delete(&format!("{REQUESTS}/{}", event["id"].as_str().unwrap())).await.refused(404, "not_found");
            }
            auditor.post(&review(&event), json!({})).await.expect(200);
            if how == 1 {
                break;
            }
        }
        root.post(&admin(format_args!("users/{}/deactivation", rita.id)), json!({})).await.expect(204);
        assert_eq!(app.database.count("SELECT COUNT(*) FROM role_members WHERE break_glass IS NOT NULL").await, 0);
    }

    async fn t_020_what_an_emergency_loosens_would_outlive_it(app: TestApp) {
        let root = Root::of(&app).await;
        let rescuer = root.role("rescuer", &["break_glass", "file_read"]).await;
        let (_, elevated) = root.holder(&app, "rita", rescuer).await;
        elevated.post(BREAK, json!({"reason": REASON})).await.expect(201);
        let rule = admin(format_args!("roles/{}", Administrator.id()));
        elevated.patch(&rule, json!({"second_factor": "none"})).await.refused(403, "settings_right_required");
        elevated.patch(&rule, json!({"grace_hours": 8000})).await.refused(403, "settings_right_required");
        elevated.patch(&rule, json!({"second_factor": "passkey"})).await.expect(200);
        let provider = json!({"name": "P", "issuer": "https://id.example.org", "client_id": "c", "make_users": true});
        let answer = elevated.post("/api/v1/admin/identity-providers", provider).await;
        assert!(answer.status.is_client_error(), "{answer:?}");
        assert_eq!(app.database.count("SELECT COUNT(*) FROM identity_providers").await, 0);
    }

    async fn t_020_everything_that_is_done_in_an_emergency_is_marked(app: TestApp) {
        let root = Root::of(&app).await;
        let rescuer = root.role("rescuer", &["break_glass", "file_read"]).await;
        let (_, elevated) = root.holder(&app, "rita", rescuer).await;
        let event = elevated.post(BREAK, json!({"reason": REASON})).await.expect(201).json();
        let made = elevated.post("/api/v1/admin/groups", json!({"name": "helpers"})).await.expect(201).json();
        root.post("/api/v1/admin/groups", json!({"name": "others"})).await.expect(201);
        let leaves = app.database.leaves().await;
        let made_groups = leaves.iter().filter(|leaf| leaf["act"] == "group.create");
        let marks: Vec<_> = made_groups.map(|leaf| (leaf["tgt"]["id"] == made["id"], leaf["d"]["emergency"].clone())).collect();
        assert_eq!(marks, [(true, event["id"].clone()), (false, Value::Null)]);
        // What is refused is marked, too.
        elevated.get("/api/v1/audit/entries").await.refused(404, "not_found");
        let refused = app.database.leaves().await.pop().unwrap();
        assert_eq!((&refused["out"], &refused["d"]["emergency"]), (&json!("denied"), &event["id"]));
    }
}
