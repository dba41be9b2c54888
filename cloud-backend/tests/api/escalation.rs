//! Attempts to rise: every administrative act × everybody who might try it, without a fresh second factor and with one. 404 without
//! the permission, 403 where something else is missing. An act without a row fails.
//!
//! "people's desk" holds `user_manage` and what a member holds, but no `role_manage`; "roles' desk" holds `role_manage` and what a guest
//! holds. The token is of a service account that is administrator.

use std::fmt::Write as _;

use carrel_cloud_backend::{
    authz::Role::{self, Administrator, Auditor, Guest, Member},
    routes::{Route, TABLE},
    store::Timestamp,
};
use carrel_ids::{RoleId, RoleRequestId, UserId};
use reqwest::Method;
use serde_json::{Value, json};
use time::Duration;

use crate::{
    actors::{Person, id},
    app::{Backend, TestApp, spawn_app},
    client::{Auth, Client},
    factors::Elevated,
    people::{Root, admin},
};

const ACTORS: [&str; 7] =
    ["administrator", "auditor", "member", "guest", "people's desk", "roles' desk", "service token"];
/// Each actor without and with a fresh second factor; a token has none.
const COLUMNS: usize = 13;

/// Whoever manages people may, `with` is the answer to the administrator and to the people's desk.
const fn people(administrator: u16, desk: u16) -> [u16; COLUMNS] {
    [403, administrator, 404, 404, 404, 404, 404, 404, 403, desk, 404, 404, 403]
}
/// Whoever manages roles may.
const fn roles(administrator: u16, desk: u16) -> [u16; COLUMNS] {
    [403, administrator, 404, 404, 404, 404, 404, 404, 404, 404, 403, desk, 403]
}

/// Whoever changes how the instance works may.
const fn settings(administrator: u16) -> [u16; COLUMNS] {
    [403, administrator, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404, 403]
}

/// Whoever reads the log may.
const fn readers(auditor: u16) -> [u16; COLUMNS] {
    [404, 404, 403, auditor, 404, 404, 404, 404, 404, 404, 404, 404, 404]
}

const USERS: &str = "/api/v1/admin/users";
const USER: &str = "/api/v1/admin/users/{user_id}";
const RESET: &str = "/api/v1/admin/users/{user_id}/password-reset";
const FACTORS: &str = "/api/v1/admin/users/{user_id}/second-factors/reset";
const SESSIONS: &str = "/api/v1/admin/users/{user_id}/sessions";
const TOKENS: &str = "/api/v1/admin/users/{user_id}/tokens";
const TOKEN: &str = "/api/v1/admin/users/{user_id}/tokens/{token_id}";
const OFF: &str = "/api/v1/admin/users/{user_id}/deactivation";
const ON: &str = "/api/v1/admin/users/{user_id}/activation";
const INVITATIONS: &str = "/api/v1/admin/invitations";
const GROUPS: &str = "/api/v1/admin/groups";
const GROUP: &str = "/api/v1/admin/groups/{group_id}";
const MEMBERS: &str = "/api/v1/admin/groups/{group_id}/members/{user_id}";
const ROLES: &str = "/api/v1/admin/roles";
const ROLE: &str = "/api/v1/admin/roles/{role_id}";
const APPROVAL: &str = "/api/v1/admin/role-requests/{request_id}/approval";
const EMERGENCIES: &str = "/api/v1/audit/emergencies";
const REVIEW: &str = "/api/v1/audit/emergencies/{request_id}/review";
const PROVIDERS: &str = "/api/v1/admin/identity-providers";
const PROVIDER: &str = "/api/v1/admin/identity-providers/{provider_id}";
const SPACES: &str = "/api/v1/admin/spaces";
const QUOTA: &str = "/api/v1/admin/spaces/{space_id}/quota";
const BREAK_GLASS: &str = "/api/v1/account/break-glass";
const REQUESTS: &str = "/api/v1/account/role-requests";

type Act = (&'static str, &'static str, &'static str, [u16; COLUMNS]);

/// Method, route, what exactly, and the answers.
#[rustfmt::skip]
const ACTS: &[Act] = &[
    ("get", USERS, "", people(200, 200)),
    ("post", USERS, "without roles", people(201, 201)),
    ("post", USERS, "a member", people(201, 201)),
    ("post", USERS, "an administrator", people(201, 403)),
    ("post", USERS, "an auditor", people(403, 403)),
    ("get", USER, "of an administrator", people(200, 200)),
    ("patch", USER, "name of a member", people(200, 200)),
    ("patch", USER, "name of an administrator", people(200, 403)),
    ("patch", USER, "a member becomes administrator", people(200, 403)),
    ("patch", USER, "a member becomes auditor", people(403, 403)),
    ("patch", USER, "an auditor is one no more", people(403, 403)),
    ("patch", USER, "oneself as administrator and auditor", people(403, 403)),
    ("delete", USER, "a member", people(204, 204)),
    ("delete", USER, "an administrator", people(204, 403)),
    ("delete", USER, "oneself", people(403, 403)),
    ("delete", USER, "a member, their files to oneself", people(422, 422)),
    ("post", OFF, "of a member", people(204, 204)),
    ("post", OFF, "of an administrator", people(204, 403)),
    ("post", OFF, "of oneself", people(403, 403)),
    ("post", ON, "of a member", people(204, 204)),
    ("post", RESET, "of a member", people(201, 201)),
    ("post", RESET, "of an administrator", people(201, 403)),
    ("post", RESET, "of an auditor", people(403, 403)),
    ("post", FACTORS, "of a member", people(204, 204)),
    ("post", FACTORS, "of an administrator", people(204, 403)),
    ("post", FACTORS, "of oneself", people(403, 403)),
    ("delete", SESSIONS, "of a member", people(204, 204)),
    ("delete", SESSIONS, "of an administrator", people(204, 403)),
    ("get", TOKENS, "of a service account", people(200, 200)),
    ("get", TOKENS, "of an administrator", people(200, 403)),
    ("post", TOKENS, "of a service account", people(201, 201)),
    ("post", TOKENS, "of a member", people(404, 404)),
    ("post", TOKENS, "of an administrator", people(404, 403)),
    ("delete", TOKEN, "of a service account", people(204, 204)),
    ("get", INVITATIONS, "", people(200, 200)),
    ("post", INVITATIONS, "without roles", people(201, 201)),
    ("post", INVITATIONS, "as member", people(201, 201)),
    ("post", INVITATIONS, "as administrator", people(201, 403)),
    ("post", INVITATIONS, "as auditor", people(403, 403)),
    ("delete", "/api/v1/admin/invitations/{invitation_id}", "", people(204, 204)),
    ("get", GROUPS, "", people(200, 200)),
    ("post", GROUPS, "", people(201, 201)),
    ("patch", GROUP, "", people(200, 200)),
    ("delete", GROUP, "", people(204, 204)),
    ("get", "/api/v1/admin/groups/{group_id}/members", "", people(200, 200)),
    ("put", MEMBERS, "", people(204, 204)),
    ("delete", MEMBERS, "", people(204, 204)),
    ("get", "/api/v1/admin/permissions", "", roles(200, 200)),
    // Also for whoever lets people in.
    ("get", ROLES, "", [403, 200, 404, 404, 404, 404, 404, 404, 403, 200, 403, 200, 403]),
    ("post", ROLES, "of file_read", roles(201, 201)),
    ("post", ROLES, "of user_manage", roles(201, 403)),
    ("post", ROLES, "of log_read", roles(403, 403)),
    ("patch", ROLE, "name of a role like guest", roles(200, 200)),
    ("patch", ROLE, "log_read into a role like guest", roles(403, 403)),
    ("patch", ROLE, "user_manage into a role like guest", roles(200, 403)),
    ("patch", ROLE, "nothing left in the people's desk", roles(200, 403)),
    ("patch", ROLE, "rule of administrators", roles(200, 403)),
    ("patch", ROLE, "rule of auditors", roles(403, 403)),
    ("patch", ROLE, "more asked of a role like guest", roles(200, 200)),
    ("patch", ROLE, "less asked of a role like guest", roles(200, 403)),
    ("patch", ROLE, "later asked of a role like guest", roles(200, 403)),
    ("patch", ROLE, "permissions of guests", roles(400, 400)),
    ("delete", ROLE, "like guest", roles(204, 204)),
    ("delete", ROLE, "with user_manage", roles(204, 403)),
    ("delete", ROLE, "of guests", roles(400, 400)),
    ("get", "/api/v1/admin/role-requests", "", roles(200, 200)),
    ("post", APPROVAL, "of a member", roles(200, 403)),
    ("post", APPROVAL, "of oneself", roles(403, 403)),
    ("post", "/api/v1/admin/role-requests/{request_id}/denial", "of a member", roles(200, 403)),
    ("get", EMERGENCIES, "", [404, 404, 200, 200, 404, 404, 404, 404, 404, 404, 404, 404, 404]),
    ("post", REVIEW, "of a member", readers(200)),
    ("post", REVIEW, "of oneself", readers(403)),
    ("post", REVIEW, "of a member whose emergency goes on", readers(409)),
    ("get", PROVIDERS, "", settings(200)),
    ("post", PROVIDERS, "at no provider", settings(422)),
    ("patch", PROVIDER, "that is not there", settings(404)),
    ("delete", PROVIDER, "that is not there", settings(404)),
    ("get", SPACES, "", settings(200)),
    ("put", QUOTA, "of a space", settings(204)),
    // Nobody but administrators holds it, and they are what it would make of them.
    ("post", BREAK_GLASS, "", [403, 400, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404, 403]),
    // Anybody may ask, once; administrators are it already.
    ("post", REQUESTS, "", [400, 400, 201, 409, 201, 409, 201, 409, 201, 409, 201, 409, 403]),
];

/// Writes a request as the API would: kind, reason, minutes and state.
macro_rules! waiting_request {
    ($what:literal) => {
        concat!(
            "INSERT INTO role_requests (id, user_id, role_id, kind, reason, minutes, state, created_at, expires_at)
             VALUES ($2, $3, $4, ",
            $what,
            ", $1, $1)"
        )
    };
}

/// Everybody who tries, and what the tries are about.
struct Stage {
    root: Root,
    /// In the order of the columns, with whose they are.
    columns: Vec<(Client, UserId)>,
    heir: UserId,
    desk: RoleId,
}

impl Stage {
    async fn set(app: &TestApp) -> Self {
        let root = Root::of(app).await;
        let desk = async |name, like: Role, more| {
            let held: Vec<_> = like.permissions().iter().map(|permission| permission.code()).chain([more]).collect();
            root.role(name, &held).await
        };
        let roles_desk = desk("roles' desk", Guest, "role_manage").await;
        let desk = desk("people's desk", Member, "user_manage").await;
        let mut columns = Vec::new();
        for (name, roles) in [
            ("ada.administrator", vec![Administrator.id()]),
            ("aron.auditor", vec![Auditor.id()]),
            ("mia.member", vec![Member.id()]),
            ("gus.guest", vec![Guest.id()]),
            ("paul.people", vec![desk]),
            ("rosa.roles", vec![roles_desk]),
        ] {
            let person = Person::signed_in(app, name, &[]).await;
            root.patch(&admin(format_args!("users/{}", person.id)), json!({"role_ids": roles})).await.expect(200);
            let elevated = Elevated::of(app, &person).await;
            columns.push((Client::clone(&person), person.id));
            columns.push((Client::clone(&elevated), person.id));
        }
        let service = root.account("service", "robot", &[Administrator]).await;
        let token = root.token(service).await;
        columns.push((app.client().with(Auth::Bearer(token["secret"].as_str().unwrap().to_owned())), service));
        let heir = root.account("person", "hera.heir", &[Member]).await;
        Self { root, columns, heir, desk }
    }

    /// Somebody new of this kind, if the act is about one.
    async fn user(&self, what: &str, number: usize, own: UserId) -> UserId {
        let name = format!("target.{number}");
        match what {
            _ if what.contains("oneself") && !what.contains("files") => own,
            _ if what.contains("service account") => self.root.account("service", &name, &[]).await,
            _ if what.contains("an administrator") => self.root.account("person", &name, &[Administrator]).await,
            _ if what.contains("an auditor") => self.root.account("person", &name, &[Auditor]).await,
            _ => self.root.account("person", &name, &[Member]).await,
        }
    }

    async fn request(&self, app: &TestApp, route: &str, what: &str, user: UserId) -> RoleRequestId {
        let over = route == REVIEW && !what.contains("goes on");
        let ends = Timestamp::now().plus(Duration::hours(if over { -1 } else { 1 }));
        let request = RoleRequestId::new();
        let sql = if route == REVIEW {
            waiting_request!("'break_glass', 'for the test of reviews', 30, 'approved'")
        } else {
            waiting_request!("'request', 'for the test of requests', 30, 'pending'")
        };
        // One of each person may wait.
        app.database.execute("DELETE FROM role_requests WHERE user_id = $1", &[user.uuid()]).await;
        app.database.execute_at(sql, ends, &[request.uuid(), user.uuid(), Administrator.id().uuid()]).await;
        request
    }

    /// The role that the act is about.
    async fn role(&self, what: &str, number: usize) -> RoleId {
        let name = format!("role {number}");
        match what {
            "rule of administrators" => Administrator.id(),
            "rule of auditors" => Auditor.id(),
            "permissions of guests" | "of guests" => Guest.id(),
            "less asked of a role like guest" | "later asked of a role like guest" => {
                let role = self.root.role(&name, &["file_read"]).await;
                self.root
                    .patch(&admin(format_args!("roles/{role}")), json!({"second_factor": "any"}))
                    .await
                    .expect(200);
                role
            }
            "with user_manage" => self.root.role(&name, &["user_manage"]).await,
            "nothing left in the people's desk" => self.root.role(&name, &["user_manage", "file_read"]).await,
            _ => self.root.role(&name, &["file_read", "share_view_received", "media_view"]).await,
        }
    }

    /// The route with identifiers of what was made for this try alone.
    async fn path(&self, app: &TestApp, act: &Act, own: UserId, number: usize) -> String {
        let (method, route, what, _) = *act;
        let about_somebody = route.contains("{user_id}") || route.contains("{request_id}");
        let user = if about_somebody { self.user(what, number, own).await } else { own };
        let mut path = route.to_owned();
        while let Some((before, rest)) = path.split_once('{') {
            let (place, after) = rest.split_once('}').unwrap();
            let made = match place {
                "user_id" => user.to_string(),
                "token_id" => self.root.token(user).await["token"]["id"].as_str().unwrap().to_owned(),
                "request_id" => self.request(app, route, what, user).await.to_string(),
                "group_id" => self.root.group(&format!("group {number}")).await,
                "role_id" => self.role(what, number).await.to_string(),
                "space_id" => {
                    let made = self.root.post("/api/v1/spaces", json!({"name": format!("space {number}")})).await;
                    made.expect(201).json()["id"].as_str().unwrap().to_owned()
                }
                "provider_id" => carrel_ids::ProviderId::new().to_string(),
                "invitation_id" => {
                    let made = self.root.post(INVITATIONS, json!({"days": 1})).await.expect(201).json();
                    made["invitation"]["id"].as_str().unwrap().to_owned()
                }
                _ => panic!("nothing is made for {place}"),
            };
            path = format!("{before}{made}{after}");
        }
        if route == ON {
            self.root.post(&admin(format_args!("users/{user}/deactivation")), json!({})).await.expect(204);
        }
        if (method, route) == ("delete", MEMBERS) {
            self.root.call(Method::PUT, &path).send().await.expect(204);
        }
        path
    }

    /// Tries one act; the status.
    async fn attempt(&self, app: &TestApp, act: &Act, column: usize, number: usize) -> u16 {
        let (method, route, what, _) = *act;
        let (client, own) = &self.columns[column];
        let path = self.path(app, act, *own, number).await;
        let call = client.call(method.to_uppercase().parse().unwrap(), &path);
        let answer = match self.body(method, route, what, number, *own) {
            Some(body) => call.json(&body).send().await,
            None => call.send().await,
        };
        if answer.status.is_client_error() {
            answer.error_code();
        }
        answer.status.as_u16()
    }

    fn body(&self, method: &str, route: &str, what: &str, number: usize, own: UserId) -> Option<Value> {
        let role_ids: &[Role] = match what {
            "a member" | "as member" => &[Member],
            "an administrator" | "as administrator" | "a member becomes administrator" => &[Administrator],
            "an auditor" | "as auditor" | "a member becomes auditor" => &[Auditor],
            "oneself as administrator and auditor" => &[Administrator, Auditor],
            _ => &[],
        };
        let role_ids: Vec<_> = role_ids.iter().map(|role| role.id()).collect();
        Some(match (method, route) {
            ("post", USERS) => {
                json!({"kind": "person", "name": format!("new.{number}"), "role_ids": role_ids})
            }
            ("patch", USER) if what.starts_with("name") => json!({"display_name": "Another Name"}),
            ("patch", USER) => json!({"role_ids": role_ids}),
            ("delete", USER) if what.contains("their files") => json!({"transfer_to": own}),
            ("delete", USER) => json!({"transfer_to": self.heir}),
            ("post", FACTORS) => json!({"reason": "was here and showed their face"}),
            ("post", TOKENS) => json!({"kind": "personal", "label": "x", "scopes": ["files:read"]}),
            ("post", INVITATIONS) => json!({"days": 1, "role_ids": role_ids}),
            ("post", GROUPS) => json!({"name": format!("new group {number}")}),
            ("patch", GROUP) => json!({"name": format!("other group {number}")}),
            ("post", ROLES) => {
                let permission = what.trim_start_matches("of ");
                json!({"name": format!("new role {number}"), "permissions": [permission], "second_factor": "none", "grace_hours": 1})
            }
            ("patch", ROLE) => match what {
                "log_read into a role like guest" => json!({"permissions": ["file_read", "log_read"]}),
                "user_manage into a role like guest" => json!({"permissions": ["file_read", "user_manage"]}),
                "nothing left in the people's desk" | "permissions of guests" => json!({"permissions": []}),
                "rule of administrators" => json!({"second_factor": "any"}),
                "rule of auditors" => json!({"second_factor": "none"}),
                "more asked of a role like guest" => json!({"second_factor": "passkey"}),
                "less asked of a role like guest" => json!({"second_factor": "none"}),
                "later asked of a role like guest" => json!({"grace_hours": 48}),
                _ => json!({"name": format!("renamed {number}")}),
            },
            ("post", PROVIDERS) => json!({"name": "P", "issuer": "http://id.example.org", "client_id": "c"}),
            ("patch", PROVIDER) => json!({"name": "Q"}),
            ("put", QUOTA) => json!({"quota": 5}),
            ("post", BREAK_GLASS) => json!({"reason": "nobody else can be reached today"}),
            ("post", REQUESTS) => json!({"reason": "the disk is full", "minutes": 30}),
            _ => return None,
        })
    }
}

async fn nobody_rises(backend: Backend) {
    let app = spawn_app(backend).await;
    let stage = Stage::set(&app).await;
    assert_eq!(stage.columns.len(), COLUMNS);
    let mut text = String::from("| act | ");
    for (number, actor) in ACTORS.iter().enumerate() {
        write!(text, "{actor} | ").unwrap();
        if number < 6 {
            write!(text, "elevated | ").unwrap();
        }
    }
    let mut wrong = Vec::new();
    for (row, act) in ACTS.iter().enumerate() {
        write!(text, "\n| {} {} {} | ", act.0.to_uppercase(), act.1, act.2).unwrap();
        for column in 0..COLUMNS {
            let status = stage.attempt(&app, act, column, row * COLUMNS + column).await;
            write!(text, "{status} | ").unwrap();
            if status != act.3[column] {
                let actor = ACTORS[column / 2];
                let elevated = if column % 2 == 1 { ", elevated" } else { "" };
                wrong.push(format!(
                    "{} {} {} as {actor}{elevated}: {status} instead of {}",
                    act.0, act.1, act.2, act.3[column]
                ));
            }
        }
    }
    println!("{text}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Whatever was tried: who could not rise did not.
    for (column, roles) in [(4, vec![Member.id()]), (6, vec![Guest.id()]), (8, vec![stage.desk])] {
        let user = stage.root.get(&admin(format_args!("users/{}", stage.columns[column].1))).await.expect(200).json();
        let held: Vec<RoleId> = user["roles"].as_array().unwrap().iter().map(|role| id(&role["id"])).collect();
        assert_eq!(held, roles, "{user}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_042_nobody_rises_by_an_administrative_act_on_sqlite() {
    nobody_rises(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_042_nobody_rises_by_an_administrative_act_on_postgres() {
    nobody_rises(Backend::Postgres).await;
}

/// Every route of administration is tried.
#[test]
fn t_042_every_administrative_act_has_a_row() {
    let tried = |route: &&Route| ACTS.iter().any(|(method, path, ..)| route.method == *method && route.path == *path);
    let of_administration = |route: &&Route| {
        route.path.starts_with("/api/v1/admin/")
            || route.path.starts_with(EMERGENCIES)
            || (route.method == "post" && [BREAK_GLASS, REQUESTS].contains(&route.path))
    };
    let missing: Vec<_> = TABLE
        .iter()
        .filter(of_administration)
        .filter(|route| !tried(route))
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    assert!(missing.is_empty(), "acts that nobody tries: {missing:?}");
    for (method, path, what, _) in ACTS {
        assert!(
            TABLE.iter().any(|route| route.method == *method && route.path == *path),
            "{method} {path} {what} is no route"
        );
    }
}
