//! Who has no right to a thing gets the same answer as for a thing that does not exist, byte by byte.

use carrel_ids::NodeId;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    actors::{Owner, Person, Stranger, Viewer},
    app::both,
};

/// Everything that can be done with a node: method, what follows its identifier, and a body.
fn acts(version: &str) -> Vec<(Method, String, Option<Value>)> {
    let plain = |method, rest: &str| (method, rest.to_owned(), None);
    vec![
        plain(Method::GET, ""),
        plain(Method::GET, "/children"),
        plain(Method::GET, "/content"),
        plain(Method::GET, "/versions"),
        plain(Method::GET, &format!("/versions/{version}/content")),
        (Method::PATCH, String::new(), Some(json!({"name": "mine"}))),
        (Method::POST, "/folders".to_owned(), Some(json!({"name": "mine"}))),
        (Method::PUT, "/files?name=mine".to_owned(), Some(json!("content"))),
        (Method::PUT, "/content".to_owned(), Some(json!("content"))),
        (Method::POST, "/restore".to_owned(), Some(json!({}))),
        (Method::POST, format!("/versions/{version}/restore"), Some(json!({}))),
        (Method::PATCH, format!("/versions/{version}"), Some(json!({"label": "mine"}))),
        plain(Method::DELETE, &format!("/versions/{version}")),
        plain(Method::GET, "/zip"),
        (Method::POST, "/files/known".to_owned(), Some(json!({"name": "mine", "size": 4, "sha256": "0".repeat(64)}))),
        plain(Method::POST, "/files/form"),
        plain(Method::DELETE, ""),
    ]
}

async fn compare(person: &Person, foreign: &str, version: &str, acts: Vec<(Method, String, Option<Value>)>) {
    for (method, rest, body) in acts {
        let mut answers = Vec::new();
        for node in [foreign.to_owned(), NodeId::new().to_string(), "no-identifier".to_owned()] {
            let call = person.call(method.clone(), &format!("/api/v1/nodes/{node}{rest}"));
            let call = call.header("if-match", &format!("\"{version}\""));
            let call = match &body {
                Some(body) => call.json(body),
                None => call,
            };
            answers.push(call.send().await.refused(404, "not_found").comparable());
        }
        assert_eq!(answers[0], answers[1], "{method} {rest}");
        assert_eq!(answers[0], answers[2], "{method} {rest}");
    }
}

both! {
    async fn t_030_foreign_and_missing_nodes_are_one_answer_on_every_route(app: TestApp) {
        let owner = Owner::of(&app).await;
        let stranger = Stranger::of(&app).await;
        let file = owner.file(owner.root, "secret.txt", "text").await;
        let folder = owner.folder(owner.root, "folder").await.to_string();
        let version = file["version"]["id"].as_str().unwrap();
        for node in [file["id"].as_str().unwrap(), folder.as_str(), &owner.root.to_string()] {
            compare(&stranger, node, version, acts(version)).await;
        }
        assert_eq!(owner.names(owner.root).await, ["folder", "secret.txt"]);
    }

    async fn t_030_a_viewer_who_wants_to_write_meets_nothing(app: TestApp) {
        let owner = Owner::of(&app).await;
        let viewer = Viewer::of(&app, &owner).await;
        let file = owner.file(owner.root, "a.txt", "text").await;
        let version = file["version"]["id"].as_str().unwrap();
        let node = file["id"].as_str().unwrap();
        viewer.get(&format!("/api/v1/nodes/{node}/content")).await.expect(200);
        let writes = acts(version).into_iter().filter(|(method, ..)| method != Method::GET).collect();
        compare(&viewer, node, version, writes).await;
        assert_eq!(owner.names(owner.root).await, ["a.txt"]);
    }

    async fn t_030_a_foreign_and_a_missing_trash_are_one_answer(app: TestApp) {
        let owner = Owner::of(&app).await;
        let stranger = Stranger::of(&app).await;
        let file = owner.file(owner.root, "a", "text").await;
        let node = file["id"].as_str().unwrap();
        owner.delete(&format!("/api/v1/nodes/{node}")).await.expect(204);
        for (method, rest) in [(Method::GET, String::new()), (Method::DELETE, String::new()), (Method::DELETE, format!("/{node}"))] {
            let mut answers = Vec::new();
            for space in [owner.space.to_string(), carrel_ids::SpaceId::new().to_string(), "none".to_owned()] {
                let call = stranger.call(method.clone(), &format!("/api/v1/spaces/{space}/trash{rest}"));
                answers.push(call.send().await.refused(404, "not_found").comparable());
            }
            assert_eq!(answers[0], answers[1], "{method} {rest}");
            assert_eq!(answers[0], answers[2], "{method} {rest}");
        }
        owner.post(&format!("/api/v1/nodes/{node}/restore"), json!({})).await.expect(200);
    }

    async fn t_032_a_foreign_identifier_in_a_body_is_a_missing_one(app: TestApp) {
        let owner = Owner::of(&app).await;
        let stranger = Stranger::of(&app).await;
        let own = stranger.file(stranger.root, "a", "x").await;
        let path = format!("/api/v1/nodes/{}", own["id"].as_str().unwrap());
        let foreign = stranger.patch(&path, json!({"parent_id": owner.root})).await.refused(404, "not_found");
        let missing = stranger.patch(&path, json!({"parent_id": NodeId::new()})).await;
        assert_eq!(foreign.comparable(), missing.comparable());
        let foreign = stranger.post("/api/v1/workspaces", json!({"folder_id": owner.root})).await.refused(404, "not_found");
        let missing = stranger.post("/api/v1/workspaces", json!({"folder_id": NodeId::new()})).await;
        assert_eq!(foreign.comparable(), missing.comparable());
    }

    async fn t_030_foreign_and_missing_workspaces_are_one_answer(app: TestApp) {
        let owner = Owner::of(&app).await;
        let stranger = Stranger::of(&app).await;
        let workspace = owner.workspace(owner.folder(owner.root, "project").await).await.to_string();
        for (method, rest) in [(Method::GET, ""), (Method::DELETE, ""), (Method::POST, "/ticket")] {
            let mut answers = Vec::new();
            for id in [workspace.clone(), carrel_ids::WorkspaceId::new().to_string(), "none".to_owned()] {
                let call = stranger.call(method.clone(), &format!("/api/v1/workspaces/{id}{rest}"));
                answers.push(call.send().await.refused(404, "not_found").comparable());
            }
            assert_eq!(answers[0], answers[1], "{method} {rest}");
            assert_eq!(answers[0], answers[2], "{method} {rest}");
        }
        assert_eq!(stranger.get("/api/v1/workspaces").await.expect(200).json(), json!({"items": []}));
        assert_eq!(stranger.get("/api/v1/spaces").await.json()["items"].as_array().unwrap().len(), 1);
    }
}
