//! Who chose to stay signed in, and is asked for a second factor since: the session is an ordinary one from then on.

use carrel_cloud_backend::{
    authz::Role::{Auditor, Guest, Member},
    store::Timestamp,
};
use carrel_ids::RoleId;
use reqwest::Method;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};
use uuid::Uuid;

use crate::{
    actors::{Owner, Person},
    app::{PASSWORD, TestApp, both},
    client::{Answer, Auth, Client},
    people::{Root, admin},
};

const REFRESH: &str = "/api/v1/session/refresh";
const WEEK: &str = "Max-Age=604800";
const HOUR: &str = "Max-Age=3600";

/// Signs in to stay; the browser, and how long its cookie for renewing is kept.
async fn staying(app: &TestApp, name: &str) -> Client {
    let body = json!({"name": name, "password": PASSWORD, "stay": true});
    let answer = app.client().post("/api/v1/session", body).await.expect(200);
    kept(&answer, WEEK);
    assert!(left(&answer.json()) > Duration::days(29));
    app.client().with(Auth::Cookie(answer.cookies()))
}

async fn refresh(client: &Client) -> Answer {
    client.call(Method::POST, REFRESH).send().await
}

/// The cookie for renewing is kept for so long.
#[track_caller]
fn kept(answer: &Answer, age: &str) {
    let (_, attributes) = answer.cookie_named("carrel_r");
    assert!(attributes.split("; ").any(|attribute| attribute.trim() == age), "{attributes}");
}

/// How long the session goes on at most.
fn left(me: &Value) -> Duration {
    let end = OffsetDateTime::parse(me["session"]["expires_at"].as_str().unwrap(), &Rfc3339).unwrap();
    end - OffsetDateTime::now_utc()
}

async fn session_id(client: &Client) -> Uuid {
    client.get("/api/v1/session").await.expect(200).json()["session"]["id"].as_str().unwrap().parse().unwrap()
}

/// As if the sessions that stay had begun, or been used last, so long ago.
async fn turn_back(app: &TestApp, sql: &'static str, time: Duration) {
    assert!(app.database.execute_at(sql, Timestamp::now().minus(time), &[]).await > 0);
}

const BEGUN: &str = "UPDATE sessions SET created_at = $1 WHERE stay";
const USED: &str = "UPDATE sessions SET last_seen_at = $1 WHERE stay";

/// The session goes on as an ordinary one does.
async fn is_ordinary(client: &Client) {
    let me = client.get("/api/v1/session").await.expect(200).json();
    assert!(left(&me) < Duration::hours(24), "{me}");
    is_renewed_as_ordinary(client).await;
}

async fn is_renewed_as_ordinary(client: &Client) {
    let answer = refresh(client).await.expect(204);
    kept(&answer, HOUR);
    let me = client.with(Auth::Cookie(answer.cookies())).get("/api/v1/session").await.expect(200).json();
    assert!(left(&me) < Duration::hours(24), "{me}");
}

async fn is_over(client: &Client) {
    client.get("/api/v1/session").await.refused(401, "session_expired");
    refresh(client).await.refused(401, "not_signed_in");
}

async fn ask_for_factor(root: &Root, role: RoleId) {
    root.patch(&admin(format_args!("roles/{role}")), json!({"second_factor": "any"})).await.expect(200);
}

both! {
    async fn t_011_a_role_that_asks_for_a_factor_shortens_what_was_to_stay(app: TestApp) {
        let root = Root::of(&app).await;
        let owner = Owner::of(&app).await;
        let (here, long_ago, unused) = (staying(&app, owner.name).await, staying(&app, owner.name).await, staying(&app, owner.name).await);
        // Another role that asks for nothing changes nothing.
        root.give(owner.id, &[Member.id(), Guest.id()]).await;
        assert!(left(&here.get("/api/v1/session").await.expect(200).json()) > Duration::days(29));
        let (first, second) = (session_id(&long_ago).await, session_id(&unused).await);
        let at = |time| Timestamp::now().minus(time);
        app.database.execute_at("UPDATE sessions SET created_at = $1 WHERE id = $2", at(Duration::hours(25)), &[first]).await;
        app.database.execute_at("UPDATE sessions SET last_seen_at = $1 WHERE id = $2", at(Duration::minutes(61)), &[second]).await;
        root.give(owner.id, &[Member.id(), Auditor.id()]).await;
        is_ordinary(&here).await;
        is_over(&long_ago).await;
        is_over(&unused).await;
        // It does not grow again with the role gone; the sign-in that never was to stay is as it was.
        root.give(owner.id, &[Member.id()]).await;
        is_ordinary(&here).await;
        owner.get("/api/v1/session").await.expect(200);
    }

    async fn t_011_a_stricter_rule_shortens_what_was_to_stay(app: TestApp) {
        let root = Root::of(&app).await;
        let owner = Owner::of(&app).await;
        let guest = Person::signed_in(&app, "gus.guest", &[Guest]).await;
        let (here, other) = (staying(&app, owner.name).await, staying(&app, guest.name).await);
        ask_for_factor(&root, Member.id()).await;
        is_ordinary(&here).await;
        assert!(left(&other.get("/api/v1/session").await.expect(200).json()) > Duration::days(29), "not asked");
        turn_back(&app, BEGUN, Duration::hours(25)).await;
        ask_for_factor(&root, Guest.id()).await;
        is_over(&other).await;
    }

    async fn t_011_renewing_goes_by_the_rule_of_that_moment(app: TestApp) {
        let owner = Owner::of(&app).await;
        let here = staying(&app, owner.name).await;
        kept(&refresh(&here).await.expect(204), WEEK);
        let clients = [staying(&app, owner.name).await, staying(&app, owner.name).await];
        // As if the session had begun in the moment of the change.
        app.database.execute("UPDATE roles SET second_factor = 'passkey' WHERE id = $1", &[Member.id().uuid()]).await;
        let later = Timestamp::now().plus(Duration::days(1));
        app.database.execute_at("UPDATE users SET factor_due_at = $1", later, &[]).await;
        is_renewed_as_ordinary(&clients[0]).await;
        turn_back(&app, USED, Duration::minutes(61)).await;
        refresh(&clients[1]).await.refused(401, "not_signed_in");
        is_over(&clients[1]).await;
        is_ordinary(&clients[0]).await;
    }

    async fn t_011_an_emergency_is_no_exception(app: TestApp) {
        let root = Root::of(&app).await;
        let brigade = root.role("fire brigade", &["break_glass"]).await;
        let (mia, elevated) = root.holder(&app, "mia", brigade).await;
        let month = Timestamp::now().plus(Duration::days(30));
        app.database.execute_at("UPDATE sessions SET stay = true, expires_at = $1, idle_until = $1 WHERE user_id = $2", month, &[mia.id.uuid()]).await;
        let body = json!({"reason": "all administrators are on a plane"});
        elevated.post("/api/v1/account/break-glass", body).await.expect(201);
        let me = elevated.get("/api/v1/session").await.expect(200).json();
        assert!(left(&me) < Duration::hours(24), "{me}");
        assert_eq!((&me["second_factor"]["limited"], &me["session"]["stay"]), (&json!(false), &json!(false)));
        elevated.get("/api/v1/admin/users").await.expect(200);
    }
}
