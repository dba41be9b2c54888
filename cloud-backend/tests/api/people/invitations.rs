//! Invitations: a link lets one person in, with what the inviter may give at that moment.

use carrel_cloud_backend::{
    administration,
    authz::Role::{Administrator, Auditor, Member},
    mail::Mailer,
    store::Timestamp,
};
use futures_util::future::join_all;
use serde_json::{Value, json};
use time::Duration;

use super::{Root, admin, logged, token_of};
use crate::{
    actors::{Person, role_codes, sign_in},
    app::{Backend, PASSWORD, TestApp, both, spawn_app_with},
    client::{Answer, Auth, Client},
    factors::Elevated,
};

const ACCEPT: &str = "/api/v1/invitations/accept";
const LOOK: &str = "/api/v1/invitations/look";

async fn invite(by: &Client, roles: &[carrel_cloud_backend::authz::Role]) -> Value {
    let roles: Vec<_> = roles.iter().map(|role| role.id()).collect();
    let body = json!({"email": "ivy@example.org", "note": "Welcome!", "role_ids": roles, "days": 7});
    by.post("/api/v1/admin/invitations", body).await.expect(201).json()
}

async fn accept(app: &TestApp, invitation: &Value, name: &str) -> Answer {
    let token = token_of(&invitation["link"]);
    let body = json!({"token": token, "name": name, "display_name": "Ivy", "language": "de", "password": PASSWORD});
    app.client().post(ACCEPT, body).await
}

both! {
    async fn an_invitation_lets_one_person_in(app: TestApp) {
        let root = Root::of(&app).await;
        let made = invite(&root, &[Member]).await;
        let look = json!({"token": token_of(&made["link"])});
        let seen = app.client().post(LOOK, look.clone()).await.expect(200).json();
        assert_eq!((&seen["invited_by"], &seen["note"], &seen["roles"], &seen["email"]), (&json!("root"), &json!("Welcome!"), &json!(["member"]), &json!("ivy@example.org")));
        // A name that is taken, a password that is none, and the link still works.
        accept(&app, &made, "root").await.refused(409, "name_taken");
        let weak = json!({"token": token_of(&made["link"]), "name": "ivy", "display_name": "", "language": "en", "password": "ivy"});
        app.client().post(ACCEPT, weak).await.refused(422, "password_too_short");
        let joined = accept(&app, &made, "ivy").await.expect(201);
        let me = joined.json();
        assert_eq!((role_codes(&me), &me["user"]["email"], &me["session"]["method"]), (vec!["member".to_owned()], &json!("ivy@example.org"), &json!("invitation")));
        app.client().with(Auth::Cookie(joined.cookie().0)).get("/api/v1/spaces").await.expect(200);
        // Used once is used up.
        accept(&app, &made, "eve").await.refused(401, "link_invalid");
        app.client().post(LOOK, look).await.refused(401, "link_invalid");
        sign_in(&app.client(), "ivy", PASSWORD).await.expect(200);
        let list = root.get("/api/v1/admin/invitations").await.expect(200).json();
        assert_eq!((&list["items"][0]["state"], &list["items"][0]["created_by"]["id"]), (&json!("used"), &json!(root.id())));
        assert!(!list.to_string().contains(&token_of(&made["link"])));
    }

    async fn t_009_unknown_expired_revoked_and_used_invitations_get_one_answer(app: TestApp) {
        let root = Root::of(&app).await;
        let unknown = accept(&app, &json!({"link": "/join#nothing"}), "eve").await;
        let revoked = invite(&root, &[]).await;
        let path = admin(format_args!("invitations/{}", revoked["invitation"]["id"].as_str().unwrap()));
        root.delete(&path).await.expect(204);
        root.delete(&path).await.refused(404, "not_found");
        let used = invite(&root, &[]).await;
        accept(&app, &used, "ivy").await.expect(201);
        let expired = invite(&root, &[]).await;
        let past = Timestamp::now().minus(Duration::seconds(1));
        app.database.execute_at("UPDATE invitations SET expires_at = $1 WHERE used_at IS NULL", past, &[]).await;
        for invitation in [revoked, used, expired] {
            assert_eq!(accept(&app, &invitation, "eve").await.refused(401, "link_invalid").comparable(), unknown.comparable());
        }
        assert_eq!(logged(&app, "invitation.accept", "denied").await, 4);
    }

    async fn t_042_an_invitation_gives_nothing_that_its_inviter_lost(app: TestApp) {
        let root = Root::of(&app).await;
        let inviter = Person::signed_in(&app, "ada", &[Administrator, Auditor]).await;
        let elevated = Elevated::of(&app, &inviter).await;
        let [as_auditor, as_administrator, as_nothing] = [invite(&elevated, &[Auditor]).await, invite(&elevated, &[Administrator]).await, invite(&elevated, &[]).await];
        // The auditor's role is gone: what she gave of it is worthless, the rest is not.
        root.give(inviter.id, &[Administrator.id()]).await;
        accept(&app, &as_auditor, "a1").await.refused(401, "link_invalid");
        accept(&app, &as_administrator, "a2").await.expect(201);
        // She is no administrator any more, not even for a time that she could pass on.
        root.give(inviter.id, &[Auditor.id()]).await;
        accept(&app, &as_nothing, "a3").await.refused(401, "link_invalid");
        root.give(inviter.id, &[Administrator.id(), Auditor.id()]).await;
        let elevated = Elevated::again(&app, &inviter, elevated.app.clone()).await;
        let later = invite(&elevated, &[Member]).await;
        administration::disable_user(&app.cloud.store, "ada").await.unwrap();
        accept(&app, &later, "a4").await.refused(401, "link_invalid");
        root.post(&admin(format_args!("users/{}/activation", inviter.id)), json!({})).await.expect(204);
        accept(&app, &later, "a5").await.refused(401, "link_invalid");
        assert_eq!(app.database.count("SELECT COUNT(*) FROM users").await, 3);
    }

    async fn t_042_a_role_that_grew_is_not_given_by_who_does_not_hold_it(app: TestApp) {
        let root = Root::of(&app).await;
        let reader = root.role("reader", &["file_read"]).await;
        let inviter = Person::signed_in(&app, "ada", &[Administrator]).await;
        let elevated = Elevated::of(&app, &inviter).await;
        let made = elevated.post("/api/v1/admin/invitations", json!({"role_ids": [reader], "days": 1})).await.expect(201).json();
        root.patch(&admin(format_args!("roles/{reader}")), json!({"permissions": ["file_read", "log_read"]})).await.expect(200);
        accept(&app, &made, "eve").await.refused(401, "link_invalid");
        assert_eq!(app.database.count("SELECT COUNT(*) FROM users").await, 2);
    }

    async fn of_many_who_accept_at_once_one_joins(app: TestApp) {
        let root = Root::of(&app).await;
        let made = invite(&root, &[Member]).await;
        let names: Vec<_> = (0..6).map(|number| format!("ivy{number}")).collect();
        let answers = join_all(names.iter().map(|name| accept(&app, &made, name))).await;
        let joined = answers.iter().filter(|answer| answer.status.as_u16() == 201).count();
        assert_eq!((joined, app.database.count("SELECT COUNT(*) FROM users").await), (1, 2));
    }

    async fn who_only_manages_people_lets_in_with_what_they_hold(app: TestApp) {
        let root = Root::of(&app).await;
        let mut held: Vec<_> = Member.permissions().iter().map(|permission| permission.code()).collect();
        held.push("user_manage");
        let desk = root.role("people's desk", &held).await;
        let (_, paul) = root.holder(&app, "paul", desk).await;
        let made = paul.post("/api/v1/admin/invitations", json!({"days": 1, "role_ids": [Member.id()]})).await.expect(201).json();
        let me = accept(&app, &made, "newcomer").await.expect(201).json();
        let user = root.get(&admin(format_args!("users/{}", me["user"]["id"].as_str().unwrap()))).await.expect(200).json();
        assert_eq!(user["roles"][0]["code"], "member");
        // What they see of roles tells them which they may give.
        let roles = paul.get("/api/v1/admin/roles").await.expect(200).json();
        let may: Vec<_> = roles["items"].as_array().unwrap().iter()
            .filter(|role| role["abilities"]["grant"] == true).map(|role| role["code"].as_str().unwrap_or("-").to_owned()).collect();
        assert_eq!(may, ["member", "guest", "-"]);
    }

    async fn bad_invitations_are_refused(app: TestApp) {
        let root = Root::of(&app).await;
        for (body, status) in [
            (json!({"days": 0}), 422),
            (json!({"days": 31}), 422),
            (json!({"days": 1, "email": "no address"}), 422),
            (json!({"days": 1, "note": "x".repeat(501)}), 422),
            (json!({"days": 1, "role_ids": [carrel_ids::RoleId::new()]}), 400),
            (json!({"days": 1, "permissions": ["log_read"]}), 400),
        ] {
            root.post("/api/v1/admin/invitations", body).await.expect(status);
        }
    }
}

async fn an_invitation_goes_by_mail(backend: Backend) {
    let mailer = Mailer::new("smtp://127.0.0.1:1", "carrel@example.test", None, None).unwrap();
    let app = spawn_app_with(backend, |config| config.mailer = Some(mailer)).await;
    let root = Root::of(&app).await;
    app.database.execute("DELETE FROM mail_outbox", &[]).await;
    let made = invite(&root, &[Member]).await;
    let sql = "SELECT COUNT(*) FROM mail_outbox WHERE recipient = 'ivy@example.org' AND body LIKE '%/join#%'";
    assert_eq!(app.database.count(sql).await, 1);
    // What is shown works as it stands: it names the address under which the administrator came.
    assert!(made["link"].as_str().unwrap().starts_with(&format!("{}/join#", app.base)), "{made}");
    root.post("/api/v1/admin/invitations", json!({"role_ids": [Member.id()], "days": 1})).await.expect(201);
    assert_eq!(app.database.count("SELECT COUNT(*) FROM mail_outbox").await, 1, "nobody to send it to");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invitation_goes_by_mail_on_sqlite() {
    an_invitation_goes_by_mail(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invitation_goes_by_mail_on_postgres() {
    an_invitation_goes_by_mail(Backend::Postgres).await;
}
