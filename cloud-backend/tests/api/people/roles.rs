//! Roles: nobody grants what they do not hold, and a change is felt at once.

use carrel_cloud_backend::authz::Role::{Administrator, Auditor, Guest, Member};
use serde_json::{Value, json};

use super::{Root, admin, logged, notices};
use crate::{
    actors::{Person, id, role_codes},
    app::both,
    factors::Elevated,
};

const ROLES: &str = "/api/v1/admin/roles";

fn named<'a>(list: &'a Value, name: &str) -> &'a Value {
    list["items"].as_array().unwrap().iter().find(|role| role["name"] == name).unwrap()
}

both! {
    async fn t_011_a_laxer_role_instead_of_a_stricter_one_takes_the_right_to_change_settings(app: TestApp) {
        let root = Root::of(&app).await;
        let keeper = root.role("keeper", &["role_manage", "user_manage", "file_read"]).await;
        root.patch(&admin(format_args!("roles/{keeper}")), json!({"second_factor": "any"})).await.expect(200);
        let (finn, elevated) = root.holder(&app, "finn", keeper).await;
        let lax = json!({"name": "lax", "permissions": ["role_manage", "user_manage", "file_read"], "second_factor": "none", "grace_hours": 8760});
        let lax = elevated.post("/api/v1/admin/roles", lax).await.expect(201).json();
        let of_finn = admin(format_args!("users/{}", finn.id));
        elevated.patch(&of_finn, json!({"role_ids": [lax["id"]]})).await.refused(403, "settings_right_required");
        elevated.patch(&of_finn, json!({"role_ids": [lax["id"], keeper]})).await.expect(200);
        root.patch(&of_finn, json!({"role_ids": [lax["id"]]})).await.expect(200);
    }

    async fn custom_roles_hold_known_permissions_under_one_name(app: TestApp) {
        let root = Root::of(&app).await;
        let body = |name: &str, permissions: Value| json!({"name": name, "description": "d", "permissions": permissions, "second_factor": "none", "grace_hours": 24});
        let made = root.post(ROLES, body("Readers", json!(["file_read", "log_read"]))).await.expect(201).json();
        assert_eq!((&made["code"], &made["permissions"], &made["members"]), (&json!(null), &json!(["file_read", "log_read"]), &json!(0)));
        assert_eq!(made["abilities"], json!({"edit": true, "delete": true, "set_policy": true, "grant": true}));
        root.post(ROLES, body("readers", json!([]))).await.refused(409, "name_taken");
        root.post(ROLES, body("ADMINISTRATOR", json!([]))).await.refused(409, "name_taken");
        root.post(ROLES, body("x", json!(["root"]))).await.refused(400, "bad_request");
        root.post(ROLES, body(" ", json!([]))).await.refused(422, "field_invalid");
        let mut long = body("y", json!([]));
        long["grace_hours"] = json!(8761);
        root.post(ROLES, long).await.refused(422, "field_invalid");
        let list = root.get(ROLES).await.expect(200).json();
        assert_eq!(named(&list, "administrator")["abilities"], json!({"edit": false, "delete": false, "set_policy": true, "grant": true}));
        let permissions = root.get("/api/v1/admin/permissions").await.expect(200).json();
        assert!(permissions["items"].as_array().unwrap().iter().all(|item| item["grantable"] == true));
        let path = format!("{ROLES}/{}", made["id"].as_str().unwrap());
        root.patch(&path, json!({"name": "Administrator"})).await.refused(409, "name_taken");
        root.patch(&format!("{ROLES}/{}", Member.id()), json!({"name": "boss"})).await.refused(400, "bad_request");
        // In use it stays, also for who has it for a time.
        let mia = Person::signed_in(&app, "mia", &[]).await;
        root.give(mia.id, &[id(&made["id"])]).await;
        root.delete(&path).await.refused(409, "role_in_use");
        root.give(mia.id, &[]).await;
        root.delete(&path).await.expect(204);
        root.delete(&path).await.refused(404, "not_found");
        root.delete(&format!("{ROLES}/{}", Guest.id())).await.refused(400, "bad_request");
        root.patch(&path, json!({"name": "z"})).await.refused(404, "not_found");
    }

    async fn t_042_an_administrator_cannot_give_or_take_the_right_to_read_the_log(app: TestApp) {
        let root = Root::of(&app).await;
        let ada = Person::signed_in(&app, "ada", &[Administrator]).await;
        let elevated = Elevated::of(&app, &ada).await;
        let mia = root.account("person", "mia", &[Member]).await;
        let aron = root.account("person", "aron", &[Auditor]).await;
        let path = admin(format_args!("users/{mia}"));
        elevated.patch(&path, json!({"role_ids": [Member.id(), Auditor.id()]})).await.refused(403, "grants_more_than_held");
        let own = admin(format_args!("users/{}", ada.id));
        elevated.patch(&own, json!({"role_ids": [Administrator.id(), Auditor.id()]})).await.refused(403, "grants_more_than_held");
        elevated.patch(&admin(format_args!("users/{aron}")), json!({"role_ids": []})).await.refused(403, "above_you");
        let body = json!({"name": "spy", "permissions": ["log_read"], "second_factor": "none", "grace_hours": 1});
        elevated.post(ROLES, body).await.refused(403, "grants_more_than_held");
        let list = elevated.get(ROLES).await.expect(200).json();
        assert_eq!(named(&list, "auditor")["abilities"], json!({"edit": false, "delete": false, "set_policy": false, "grant": false}));
        elevated.patch(&format!("{ROLES}/{}", Auditor.id()), json!({"second_factor": "none"})).await.refused(403, "grants_more_than_held");
        // Roles that stay need no right: who has one that the actor cannot give keeps it.
        root.give(mia, &[Member.id(), Guest.id()]).await;
        elevated.patch(&path, json!({"role_ids": [Member.id()], "display_name": "Mia"})).await.expect(200);
        assert_eq!((logged(&app, "user.roles", "denied").await, logged(&app, "role.update", "denied").await), (2, 2));
        ada.get("/api/v1/audit/entries").await.refused(404, "not_found");
    }

    async fn t_042_a_custom_role_is_changed_by_who_holds_what_it_had_and_what_it_gets(app: TestApp) {
        let root = Root::of(&app).await;
        let keeper = root.role("keeper", &["role_manage", "file_read"]).await;
        let spy = root.role("spy", &["log_read"]).await;
        let reader = root.role("reader", &["file_read"]).await;
        let (_, mallory) = root.holder(&app, "mallory", keeper).await;
        for permissions in [json!(["file_read"]), json!([])] {
            mallory.patch(&format!("{ROLES}/{spy}"), json!({"permissions": permissions})).await.refused(403, "grants_more_than_held");
        }
        mallory.patch(&format!("{ROLES}/{spy}"), json!({"second_factor": "passkey"})).await.refused(403, "grants_more_than_held");
        mallory.delete(&format!("{ROLES}/{spy}")).await.refused(403, "grants_more_than_held");
        mallory.patch(&format!("{ROLES}/{reader}"), json!({"permissions": ["user_manage"]})).await.refused(403, "grants_more_than_held");
        // Their own role neither.
        mallory.patch(&format!("{ROLES}/{keeper}"), json!({"permissions": ["role_manage", "file_read", "user_manage"]})).await.refused(403, "grants_more_than_held");
        mallory.patch(&format!("{ROLES}/{reader}"), json!({"permissions": [], "description": "nothing"})).await.expect(200);
    }

    async fn a_change_of_roles_is_felt_at_once_and_ends_the_elevation(app: TestApp) {
        let root = Root::of(&app).await;
        let ada = Person::signed_in(&app, "ada", &[Administrator, Auditor]).await;
        let elevated = Elevated::of(&app, &ada).await;
        ada.get("/api/v1/audit/actions").await.expect(200);
        let epoch = "SELECT epoch FROM revocations";
        let before = app.database.count(epoch).await;
        root.give(ada.id, &[Administrator.id()]).await;
        elevated.get("/api/v1/admin/users").await.refused(403, "elevation_required");
        ada.get("/api/v1/audit/actions").await.refused(404, "not_found");
        assert!(app.database.count(epoch).await > before);
        assert_eq!(notices(&ada).await[0], "role_changed");
        root.give(ada.id, &[Member.id()]).await;
        elevated.get("/api/v1/admin/users").await.refused(404, "not_found");
        assert_eq!(role_codes(&ada.get("/api/v1/session").await.expect(200).json()), ["member"]);
        assert_eq!(logged(&app, "user.roles", "ok").await, 2);
        // What a role holds counts as well.
        let reader = root.role("reader", &["file_read"]).await;
        root.give(ada.id, &[reader]).await;
        ada.get(&format!("/api/v1/nodes/{}", ada.root)).await.expect(200);
        root.patch(&format!("{ROLES}/{reader}"), json!({"permissions": []})).await.expect(200);
        ada.get(&format!("/api/v1/nodes/{}", ada.root)).await.refused(404, "not_found");
    }

    async fn a_stricter_rule_gives_its_time_of_grace_and_no_second_one(app: TestApp) {
        let root = Root::of(&app).await;
        let mia = Person::signed_in(&app, "mia", &[Member]).await;
        let factor = async |person: &Person| person.get("/api/v1/session").await.expect(200).json()["second_factor"].clone();
        assert_eq!(factor(&mia).await["missing"], false);
        let path = format!("{ROLES}/{}", Member.id());
        root.patch(&path, json!({"second_factor": "any", "grace_hours": 2})).await.expect(200);
        let asked = factor(&mia).await;
        assert_eq!((&asked["required"], &asked["missing"], &asked["limited"]), (&json!("any"), &json!(true), &json!(false)));
        // With the time over nothing but setting one up works, and another role that asks for as much gives no new time.
        app.database.execute("UPDATE users SET factor_due_at = created_at WHERE id = $1", &[mia.id.uuid()]).await;
        assert_eq!(factor(&mia).await["limited"], true);
        mia.get("/api/v1/spaces").await.refused(403, "second_factor_required");
        root.give(mia.id, &[Member.id(), Guest.id()]).await;
        root.patch(&format!("{ROLES}/{}", Guest.id()), json!({"second_factor": "any"})).await.expect(200);
        assert_eq!(factor(&mia).await["limited"], true);
        // No grace at all is a rule, too.
        let ben = Person::signed_in(&app, "ben", &[Auditor]).await;
        root.patch(&format!("{ROLES}/{}", Auditor.id()), json!({"second_factor": "passkey", "grace_hours": 0})).await.expect(200);
        assert_eq!(factor(&ben).await["limited"], true);
    }

    async fn t_011_a_role_that_is_given_again_brings_no_second_time_of_grace(app: TestApp) {
        let root = Root::of(&app).await;
        let mia = Person::signed_in(&app, "mia", &[Member]).await;
        let over = "UPDATE users SET factor_due_at = created_at WHERE id = $1";
        let limited = async |person: &Person| person.get("/api/v1/session").await.expect(200).json()["second_factor"]["limited"].clone();
        root.give(mia.id, &[Auditor.id()]).await;
        assert_eq!(limited(&mia).await, false, "the first time");
        app.database.execute(over, &[mia.id.uuid()]).await;
        assert_eq!(limited(&mia).await, true);
        root.give(mia.id, &[Member.id()]).await;
        assert_eq!(limited(&mia).await, false, "nothing is asked for");
        root.give(mia.id, &[Member.id(), Auditor.id()]).await;
        assert_eq!(limited(&mia).await, true, "given again");
        let strict = root.role("strict", &["file_read"]).await;
        root.patch(&format!("{ROLES}/{strict}"), json!({"second_factor": "passkey"})).await.expect(200);
        root.give(mia.id, &[Auditor.id(), strict]).await;
        assert_eq!(limited(&mia).await, true, "a stricter role");
        root.give(mia.id, &[Auditor.id()]).await;
        root.patch(&format!("{ROLES}/{}", Auditor.id()), json!({"second_factor": "passkey"})).await.expect(200);
        assert_eq!(limited(&mia).await, true, "a stricter rule");
        // An administrator who removes what was set up gives time for setting it up anew.
        root.post(&admin(format_args!("users/{}/second-factors/reset", mia.id)), json!({"reason": "lost in the river"})).await.expect(204);
        assert_eq!(limited(&Person::of(&app, mia.name).await).await, false);
    }

    async fn t_011_whoever_did_what_was_asked_has_time_for_what_is_stricter(app: TestApp) {
        let root = Root::of(&app).await;
        let strict = root.role("strict", &["file_read"]).await;
        root.patch(&format!("{ROLES}/{strict}"), json!({"second_factor": "passkey"})).await.expect(200);
        let over = "UPDATE users SET factor_due_at = created_at WHERE id = $1";
        let limited = async |person: &Person| person.get("/api/v1/session").await.expect(200).json()["second_factor"]["limited"].clone();
        let (ada, ben) = (Person::signed_in(&app, "ada", &[Auditor]).await, Person::signed_in(&app, "ben", &[Auditor]).await);
        for person in [&ada, &ben] {
            Elevated::of(&app, person).await;
            app.database.execute(over, &[person.id.uuid()]).await;
            assert_eq!(limited(person).await, false, "they have an app");
        }
        root.give(ada.id, &[Auditor.id(), strict]).await;
        assert_eq!(limited(&ada).await, false, "a stricter role");
        root.patch(&format!("{ROLES}/{}", Auditor.id()), json!({"second_factor": "passkey"})).await.expect(200);
        assert_eq!(limited(&ben).await, false, "a stricter rule");
    }
}
