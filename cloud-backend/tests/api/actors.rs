//! Who makes requests. Each is a type, so that a test says in its text who does what.

use std::ops::Deref;

use carrel_cloud_backend::{
    administration,
    authz::Role::{self, Administrator as Admin, Auditor as Audit, Member},
};
use carrel_ids::{NodeId, SpaceId, UserId};
use serde_json::{Value, json};

use crate::{
    app::{PASSWORD, TestApp},
    client::{Answer, Auth, Client},
};

/// A person who has signed in, or a program with their token.
pub(crate) struct Person {
    client: Client,
    pub(crate) name: &'static str,
    pub(crate) id: UserId,
    pub(crate) space: SpaceId,
    /// The folder at the top of the personal space.
    pub(crate) root: NodeId,
}

impl Deref for Person {
    type Target = Client;
    fn deref(&self) -> &Client {
        &self.client
    }
}

pub(crate) async fn sign_in(client: &Client, name: &str, password: &str) -> Answer {
    client.post("/api/v1/session", json!({"name": name, "password": password})).await
}

impl Person {
    pub(crate) async fn signed_in(app: &TestApp, name: &'static str, roles: &[Role]) -> Self {
        app.create_user(name, roles).await;
        Self::of(app, name).await
    }

    /// One more sign-in of somebody who exists.
    pub(crate) async fn of(app: &TestApp, name: &'static str) -> Self {
        let answer = sign_in(&app.client(), name, PASSWORD).await.expect(200);
        let client = app.client().with(Auth::Cookie(answer.cookie().0));
        Self::from_me(client, name, &answer.json())
    }

    /// Whoever is signed in with this client.
    pub(crate) async fn behind(client: Client, name: &'static str) -> Self {
        let me = client.get("/api/v1/session").await.expect(200).json();
        Self::from_me(client, name, &me)
    }

    fn from_me(client: Client, name: &'static str, me: &Value) -> Self {
        Self {
            client,
            name,
            id: id(&me["user"]["id"]),
            // Who has no right to files sees no space.
            space: id(me["personal_space"].get("id").unwrap_or(&json!(uuid::Uuid::nil()))),
            root: id(me["personal_space"].get("root_id").unwrap_or(&json!(uuid::Uuid::nil()))),
        }
    }

    /// Makes a folder; its identifier.
    pub(crate) async fn folder(&self, parent: NodeId, name: &str) -> NodeId {
        id(&self.post(&format!("/api/v1/nodes/{parent}/folders"), json!({"name": name})).await.expect(201).json()["id"])
    }
    /// Makes a file; its node.
    pub(crate) async fn file(&self, parent: NodeId, name: &str, content: impl Into<Vec<u8>>) -> Value {
        let call = self.put(&files_path(parent, name), content).header("if-none-match", "*");
        call.send().await.expect(201).json()
    }
    /// A new version of a file; its node.
    pub(crate) async fn save(&self, node: &Value, content: impl Into<Vec<u8>>) -> Value {
        let version = format!("\"{}\"", node["version"]["id"].as_str().unwrap());
        let path = format!("/api/v1/nodes/{}/content", node["id"].as_str().unwrap());
        self.put(&path, content).header("if-match", &version).send().await.expect(200).json()
    }
    pub(crate) async fn node(&self, node: NodeId) -> Value {
        self.get(&format!("/api/v1/nodes/{node}")).await.expect(200).json()
    }
    /// Names in a folder, in the order of the list.
    pub(crate) async fn names(&self, folder: NodeId) -> Vec<String> {
        let list = self.get(&format!("/api/v1/nodes/{folder}/children?limit=1000")).await.expect(200).json();
        list["items"].as_array().unwrap().iter().map(|node| node["name"].as_str().unwrap().to_owned()).collect()
    }
    /// Binds a workspace to a folder; its identifier.
    pub(crate) async fn workspace(&self, folder: NodeId) -> carrel_ids::WorkspaceId {
        id(&self.post("/api/v1/workspaces", json!({"folder_id": folder})).await.expect(201).json()["id"])
    }
}

/// Codes of the person's roles.
pub(crate) fn role_codes(me: &Value) -> Vec<String> {
    let roles = me["user"]["roles"].as_array().unwrap();
    roles.iter().map(|role| role["code"].as_str().unwrap_or("custom").to_owned()).collect()
}

/// What the interface may offer the person, in the order of the alphabet.
pub(crate) fn abilities(me: &Value) -> Vec<String> {
    let all = me["abilities"].as_object().unwrap();
    let mut held: Vec<_> = all.iter().filter(|(_, may)| **may == true).map(|(name, _)| name.clone()).collect();
    held.sort_unstable();
    held
}

#[track_caller]
pub(crate) fn id<T: std::str::FromStr<Err = carrel_ids::InvalidId>>(value: &Value) -> T {
    value.as_str().unwrap_or_else(|| panic!("no identifier: {value}")).parse().unwrap()
}

/// Where a file of this name is put into a folder.
pub(crate) fn files_path(folder: NodeId, name: &str) -> String {
    let name = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
    format!("/api/v1/nodes/{folder}/files?name={name}")
}

macro_rules! people {
    ($($(#[$doc:meta])* $actor:ident = $name:literal, $roles:expr;)*) => {$(
        $(#[$doc])*
        pub(crate) struct $actor(pub(crate) Person);
        impl $actor {
            pub(crate) async fn of(app: &TestApp) -> Self {
                Self(Person::signed_in(app, $name, &$roles).await)
            }
        }
        impl Deref for $actor {
            type Target = Person;
            fn deref(&self) -> &Person {
                &self.0
            }
        }
    )*};
}

people! {
    /// A member with a personal space; what the tests look at is theirs.
    Owner = "olivia.owner", [Member];
    /// Another member, who has no right to anything of the owner's.
    Stranger = "sam.stranger", [Member];
    /// Manages people; has no right to others' files and none to the log.
    Administrator = "ada.administrator", [Admin];
    /// Reads the log.
    Auditor = "aron.auditor", [Audit];
}

/// Somebody who may see the owner's space and change nothing in it.
pub(crate) struct Viewer(pub(crate) Person);
/// Somebody who may change what is in the owner's space.
pub(crate) struct Editor(pub(crate) Person);

async fn member_of(app: &TestApp, owner: &Owner, name: &'static str, sql: &'static str) -> Person {
    let person = Person::signed_in(app, name, &[Member]).await;
    assert_eq!(app.database.execute(sql, &[owner.space.uuid(), person.id.uuid()]).await, 1);
    person
}
impl Viewer {
    /// There is no team space yet, so the test writes the membership itself.
    pub(crate) async fn of(app: &TestApp, owner: &Owner) -> Self {
        let sql = "INSERT INTO space_members (space_id, user_id, role) VALUES ($1, $2, 'viewer')";
        Self(member_of(app, owner, "vera.viewer", sql).await)
    }
}
impl Editor {
    pub(crate) async fn of(app: &TestApp, owner: &Owner) -> Self {
        let sql = "INSERT INTO space_members (space_id, user_id, role) VALUES ($1, $2, 'editor')";
        Self(member_of(app, owner, "emil.editor", sql).await)
    }
}

/// Programs with a token of the owner.
pub(crate) struct TokenReader(pub(crate) Client);
pub(crate) struct TokenWriter(pub(crate) Client);
/// A program with an app password of the owner.
pub(crate) struct AppPassword(pub(crate) Client);
/// Nobody.
pub(crate) struct Anonymous(pub(crate) Client);

impl TokenReader {
    pub(crate) async fn of(app: &TestApp, owner: &Owner) -> Self {
        Self(app.client().with(Auth::Bearer(app.create_token(owner.name, &["files:read"]).await)))
    }
}
impl TokenWriter {
    pub(crate) async fn of(app: &TestApp, owner: &Owner) -> Self {
        Self(app.client().with(Auth::Bearer(app.create_token(owner.name, &["files:read", "files:write"]).await)))
    }
}
impl AppPassword {
    pub(crate) async fn of(app: &TestApp, owner: &Owner) -> Self {
        let secret = administration::create_app_password(&app.cloud.store, owner.name, "laptop").await.unwrap();
        Self(app.client().with(Auth::Basic(owner.name.to_owned(), secret)))
    }
}
impl Anonymous {
    pub(crate) fn of(app: &TestApp) -> Self {
        Self(app.client())
    }
}
macro_rules! clients {
    ($($actor:ident => $target:ty;)*) => {$(
        impl Deref for $actor {
            type Target = $target;
            fn deref(&self) -> &$target {
                &self.0
            }
        }
    )*};
}
clients! {
    Viewer => Person;
    Editor => Person;
    TokenReader => Client;
    TokenWriter => Client;
    AppPassword => Client;
    Anonymous => Client;
}
