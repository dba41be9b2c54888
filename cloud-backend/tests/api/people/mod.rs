//! Managing people: what is done to whom, by whom, and what nobody can do.

mod accounts;
mod administrators;
mod deletion;
mod emergencies;
mod groups;
mod invitations;
mod lists;
mod password_resets;
mod recovery;
mod roles;

use std::{fmt, ops::Deref};

use carrel_cloud_backend::authz::Role::{self, Administrator, Auditor, Member};
use carrel_ids::{RoleId, UserId};
use serde_json::{Value, json};

use crate::{
    actors::{Person, id},
    app::TestApp,
    client::Client,
    factors::Elevated,
};

/// A path below `/api/v1/admin/`.
pub(crate) fn admin(path: fmt::Arguments<'_>) -> String {
    format!("/api/v1/admin/{path}")
}

/// Somebody who holds every permission, with a fresh second factor: sets the stage.
pub(crate) struct Root {
    elevated: Elevated,
    pub(crate) person: Person,
}

impl Deref for Root {
    type Target = Client;
    fn deref(&self) -> &Client {
        &self.elevated
    }
}

impl Root {
    pub(crate) async fn of(app: &TestApp) -> Self {
        let person = Person::signed_in(app, "root", &[Administrator, Auditor, Member]).await;
        Self { elevated: Elevated::of(app, &person).await, person }
    }
    pub(crate) fn id(&self) -> UserId {
        self.elevated.id
    }
    /// A new account without a password; its identifier.
    pub(crate) async fn account(&self, kind: &str, name: &str, roles: &[Role]) -> UserId {
        let roles: Vec<_> = roles.iter().map(|role| role.id()).collect();
        let body = json!({"kind": kind, "name": name, "role_ids": roles});
        id(&self.post("/api/v1/admin/users", body).await.expect(201).json()["user"]["id"])
    }
    pub(crate) async fn role(&self, name: &str, permissions: &[&str]) -> RoleId {
        let body = json!({"name": name, "permissions": permissions, "second_factor": "none", "grace_hours": 24});
        id(&self.post("/api/v1/admin/roles", body).await.expect(201).json()["id"])
    }
    pub(crate) async fn group(&self, name: &str) -> String {
        let made = self.post("/api/v1/admin/groups", json!({"name": name})).await.expect(201).json();
        made["id"].as_str().unwrap().to_owned()
    }
    pub(crate) async fn token(&self, service: UserId) -> Value {
        let body = json!({"kind": "personal", "label": "robot", "scopes": ["files:read", "files:write"]});
        self.post(&admin(format_args!("users/{service}/tokens")), body).await.expect(201).json()
    }
    pub(crate) async fn user(&self, user: UserId) -> Value {
        self.get(&admin(format_args!("users/{user}"))).await.expect(200).json()
    }
    /// Gives exactly these roles.
    pub(crate) async fn give(&self, user: UserId, roles: &[RoleId]) {
        self.patch(&admin(format_args!("users/{user}")), json!({"role_ids": roles})).await.expect(200);
    }
    /// Somebody with exactly this custom role, signed in and elevated.
    pub(crate) async fn holder(&self, app: &TestApp, name: &'static str, role: RoleId) -> (Person, Elevated) {
        let person = Person::signed_in(app, name, &[]).await;
        self.give(person.id, &[role]).await;
        let elevated = Elevated::of(app, &person).await;
        (person, elevated)
    }
}

/// Kinds of what a person was told, the newest first.
pub(crate) async fn notices(client: &Client) -> Vec<String> {
    let list = client.get("/api/v1/account/notices").await.expect(200).json();
    list["items"].as_array().unwrap().iter().map(|notice| notice["kind"].as_str().unwrap().to_owned()).collect()
}

/// How many entries of the log have this act and outcome.
pub(crate) async fn logged(app: &TestApp, act: &str, outcome: &str) -> usize {
    app.database.leaves().await.iter().filter(|leaf| leaf["act"] == act && leaf["out"] == outcome).count()
}

/// What stands behind `#` in a link.
#[track_caller]
pub(crate) fn token_of(link: &Value) -> String {
    link.as_str().unwrap().split_once('#').unwrap().1.to_owned()
}

/// A body that a route of managing people takes, for whoever only asks whether they may call it.
pub(crate) fn body(method: &str, route: &str) -> Option<Value> {
    let link =
        || json!({"token": "x", "name": "x", "display_name": "", "language": "en", "password": crate::app::PASSWORD});
    Some(match (method, route) {
        ("post", "/api/v1/account/role-requests") => json!({"reason": "the disk is full", "minutes": 5}),
        ("post", "/api/v1/account/break-glass") => json!({"reason": "all administrators are on a plane"}),
        ("post", "/api/v1/invitations/look" | "/api/v1/password-resets/look") => json!({"token": "x"}),
        ("post", "/api/v1/invitations/accept") => link(),
        ("post", "/api/v1/password-resets/accept") => json!({"token": "x", "password": crate::app::PASSWORD}),
        ("post", "/api/v1/admin/users") => json!({"kind": "person", "name": "new"}),
        ("patch", "/api/v1/admin/users/{user_id}") => json!({"display_name": "Another Name"}),
        ("delete", "/api/v1/admin/users/{user_id}") => json!({"transfer_to": UserId::new()}),
        ("post", path) if path.ends_with("/second-factors/reset") => json!({"reason": "lost in the river"}),
        ("post", path) if path.ends_with("{user_id}/tokens") => {
            json!({"kind": "personal", "label": "x", "scopes": ["files:read"]})
        }
        ("post", "/api/v1/admin/invitations") => json!({"days": 1}),
        ("post", "/api/v1/admin/groups") => json!({"name": "new"}),
        ("post", "/api/v1/admin/roles") => {
            json!({"name": "new", "permissions": [], "second_factor": "none", "grace_hours": 1})
        }
        _ => return None,
    })
}
