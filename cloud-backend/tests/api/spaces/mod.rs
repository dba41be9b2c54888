//! Team spaces: who is in them, what they may do there, and how much fits in.

mod archive;
mod members;
mod people;
mod quota;
mod uploader;

use std::fmt;

use carrel_ids::{NodeId, SpaceId};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    actors::{Person, id},
    app::both,
    client::{Answer, Client},
};

/// A team's space.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Team {
    pub(crate) space: SpaceId,
    pub(crate) root: NodeId,
}

impl Team {
    /// A new one that this person manages.
    pub(crate) async fn of(manager: &Person, name: &str) -> Self {
        let made = manager.post("/api/v1/spaces", json!({"name": name})).await.expect(201).json();
        Self { space: id(&made["id"]), root: id(&made["root_id"]) }
    }
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/api/v1/spaces/{}{rest}", self.space)
    }
    /// Gives a person or a group (`users/ID`, `groups/ID`) a role, whatever the answer is.
    pub(crate) async fn set(&self, by: &Client, member: impl fmt::Display, role: &str) -> Answer {
        by.call(Method::PUT, &self.path(&format!("/members/{member}"))).json(&json!({"role": role})).send().await
    }
    pub(crate) async fn let_in(&self, manager: &Client, person: &Person, role: &str) {
        self.set(manager, format_args!("users/{}", person.id), role).await.expect(204);
    }
    pub(crate) async fn remove(&self, by: &Client, member: impl fmt::Display) -> Answer {
        by.delete(&self.path(&format!("/members/{member}"))).await
    }
    /// As this person sees it.
    pub(crate) async fn seen_by(&self, person: &Client) -> Value {
        person.get(&self.path("")).await.expect(200).json()
    }
}

both! {
    async fn a_team_space_is_made_named_and_listed(app: TestApp) {
        let owner = crate::actors::Owner::of(&app).await;
        app.database.forget_leaves().await;
        let made = owner.post("/api/v1/spaces", json!({"name": " Expedition ", "description": "1872"})).await.expect(201).json();
        assert_eq!((&made["name"], &made["description"], &made["kind"], &made["role"]), (&json!("Expedition"), &json!("1872"), &json!("team"), &json!("manager")));
        assert_eq!((&made["size"], &made["used"], &made["quota"], &made["member_count"], &made["archived_at"]), (&json!(0), &json!(0), &json!(null), &json!(1), &json!(null)));
        assert_eq!(made["abilities"], json!({"write": true, "add": true, "manage": true, "archive": true}));
        let team = Team { space: id(&made["id"]), root: id(&made["root_id"]) };
        assert_eq!(team.seen_by(&owner).await, made);
        let acts: Vec<_> = app.database.leaves().await.iter().map(|leaf| (leaf["act"].clone(), leaf["tgt"].clone())).collect();
        assert_eq!(acts[0].0, "space.create", "{acts:?}");
        owner.file(team.root, "log.txt", "day 1").await;
        let change = json!({"name": "Voyage", "description": "", "keep_versions": 5, "keep_trash_days": 30});
        let changed = owner.patch(&team.path(""), change).await.expect(200).json();
        assert_eq!((&changed["name"], &changed["description"], &changed["size"]), (&json!("Voyage"), &json!(""), &json!(5)));
        assert_eq!((&changed["keep_versions"], &changed["keep_trash_days"]), (&json!(5), &json!(30)));
        let changed = owner.patch(&team.path(""), json!({"keep_versions": null})).await.expect(200).json();
        assert_eq!((&changed["name"], &changed["keep_versions"], &changed["keep_trash_days"]), (&json!("Voyage"), &json!(null), &json!(30)));
        let list = owner.get("/api/v1/spaces").await.expect(200).json();
        let names: Vec<_> = list["items"].as_array().unwrap().iter().map(|space| (space["name"].clone(), space["kind"].clone())).collect();
        assert_eq!(names, [(json!("Personal"), json!("personal")), (json!("Voyage"), json!("team"))]);
        // A personal space keeps its name and has no members to let in.
        let personal = Team { space: owner.space, root: owner.root };
        owner.patch(&personal.path(""), json!({"name": "Mine"})).await.refused(409, "personal_space");
        owner.patch(&personal.path(""), json!({"keep_trash_days": 7})).await.expect(200);
        owner.post(&personal.path("/archive"), json!({})).await.refused(409, "personal_space");
        assert_eq!(personal.seen_by(&owner).await["abilities"], json!({"write": true, "add": true, "manage": false, "archive": false}));
    }

    async fn what_a_space_cannot_be_called_or_keep_is_refused(app: TestApp) {
        let owner = crate::actors::Owner::of(&app).await;
        for name in ["", " ", "a/b", "..", "a\u{7}", "a\u{202e}b"] {
            owner.post("/api/v1/spaces", json!({"name": name})).await.refused(422, "name_invalid");
        }
        let long = "a".repeat(65);
        owner.post("/api/v1/spaces", json!({"name": long})).await.refused(422, "field_invalid");
        owner.post("/api/v1/spaces", json!({"name": "a", "description": "x".repeat(501)})).await.refused(422, "field_invalid");
        owner.post("/api/v1/spaces", json!({"name": "a", "quota": 5})).await.refused(400, "bad_request");
        owner.post("/api/v1/spaces", json!({"name": "a", "kind": "personal"})).await.refused(400, "bad_request");
        let team = Team::of(&owner, "Team").await;
        for change in [json!({"keep_versions": 0}), json!({"keep_versions": 10_001}), json!({"keep_trash_days": 0}), json!({"keep_trash_days": 4000}), json!({"name": long})] {
            owner.patch(&team.path(""), change).await.refused(422, "field_invalid");
        }
        owner.patch(&team.path(""), json!({"used": 0})).await.refused(400, "bad_request");
        owner.get("/api/v1/spaces?archived=perhaps").await.refused(400, "bad_request");
        assert_eq!(team.seen_by(&owner).await["name"], "Team");
    }
}
