//! Into the trash and back.

use reqwest::Method;
use serde_json::json;

use crate::{
    actors::{Owner, Stranger, files_path, id},
    app::both,
};

both! {
    async fn what_lies_in_the_trash_is_hidden_everywhere(app: TestApp) {
        let owner = Owner::of(&app).await;
        let outer = owner.folder(owner.root, "outer").await;
        let inner = owner.folder(outer, "inner").await;
        let file = owner.file(inner, "a", "text").await;
        let node: carrel_ids::NodeId = id(&file["id"]);
        let version = file["version"]["id"].as_str().unwrap();
        let workspace = owner.workspace(inner).await;
        owner.delete(&format!("/api/v1/nodes/{outer}")).await.expect(204);
        assert!(owner.names(owner.root).await.is_empty());
        let if_match = format!("\"{version}\"");
        for (method, path, body) in [
            (Method::GET, format!("/api/v1/nodes/{outer}"), json!(null)),
            (Method::GET, format!("/api/v1/nodes/{inner}"), json!(null)),
            (Method::GET, format!("/api/v1/nodes/{inner}/children"), json!(null)),
            (Method::GET, format!("/api/v1/nodes/{node}"), json!(null)),
            (Method::GET, format!("/api/v1/nodes/{node}/content"), json!(null)),
            (Method::GET, format!("/api/v1/nodes/{node}/versions"), json!(null)),
            (Method::GET, format!("/api/v1/nodes/{node}/versions/{version}/content"), json!(null)),
            (Method::PUT, format!("/api/v1/nodes/{node}/content"), json!("x")),
            (Method::PUT, files_path(inner, "new"), json!("x")),
            (Method::POST, format!("/api/v1/nodes/{inner}/folders"), json!({"name": "f"})),
            (Method::PATCH, format!("/api/v1/nodes/{node}"), json!({"name": "b"})),
            (Method::PATCH, format!("/api/v1/nodes/{node}"), json!({"parent_id": owner.root})),
            (Method::DELETE, format!("/api/v1/nodes/{node}"), json!(null)),
            (Method::DELETE, format!("/api/v1/nodes/{outer}"), json!(null)),
            (Method::POST, "/api/v1/workspaces".to_owned(), json!({"folder_id": inner})),
            (Method::GET, format!("/api/v1/workspaces/{workspace}"), json!(null)),
            (Method::POST, format!("/api/v1/workspaces/{workspace}/ticket"), json!(null)),
            // Below what was put there: it comes back with it, not by itself.
            (Method::POST, format!("/api/v1/nodes/{node}/restore"), json!(null)),
        ] {
            let what = format!("{method} {path}");
            let call = owner.call(method.clone(), &path).header("if-match", &if_match);
            let call = if body.is_null() { call } else { call.json(&body) };
            assert_eq!(call.send().await.refused(404, "not_found").status, 404, "{what}");
        }
        assert_eq!(owner.get("/api/v1/workspaces").await.json(), json!({"items": []}));
        let back = owner.post(&format!("/api/v1/nodes/{outer}/restore"), json!({})).await.expect(200).json();
        assert_eq!((&back["name"], &back["size"]), (&json!("outer"), &json!(4)));
        assert_eq!(owner.get(&format!("/api/v1/nodes/{node}/content")).await.expect(200).body, b"text");
        assert_eq!(owner.get("/api/v1/workspaces").await.json()["items"].as_array().unwrap().len(), 1);
        owner.post(&format!("/api/v1/nodes/{outer}/restore"), json!({})).await.refused(404, "not_found");
    }

    async fn a_name_is_free_again_and_may_be_taken_at_the_return(app: TestApp) {
        let owner = Owner::of(&app).await;
        let first = owner.file(owner.root, "a", "first").await;
        let path = format!("/api/v1/nodes/{}", first["id"].as_str().unwrap());
        owner.delete(&path).await.expect(204);
        let second = owner.file(owner.root, "a", "second!").await;
        owner.post(&format!("{path}/restore"), json!({})).await.refused(409, "name_taken");
        assert_eq!(owner.node(owner.root).await["size"], 7);
        owner.patch(&format!("/api/v1/nodes/{}", second["id"].as_str().unwrap()), json!({"name": "b"})).await.expect(200);
        owner.post(&format!("{path}/restore"), json!({})).await.expect(200);
        assert_eq!(owner.names(owner.root).await, ["a", "b"]);
        assert_eq!(owner.node(owner.root).await["size"], 12);
    }

    async fn nothing_returns_into_a_folder_that_is_in_the_trash(app: TestApp) {
        let owner = Owner::of(&app).await;
        let folder = owner.folder(owner.root, "folder").await;
        let file = owner.file(folder, "a", "text").await;
        let node = format!("/api/v1/nodes/{}", file["id"].as_str().unwrap());
        owner.delete(&node).await.expect(204);
        owner.delete(&format!("/api/v1/nodes/{folder}")).await.expect(204);
        owner.post(&format!("{node}/restore"), json!({})).await.refused(409, "folder_gone");
        owner.post(&format!("/api/v1/nodes/{folder}/restore"), json!({})).await.expect(200);
        assert!(owner.names(folder).await.is_empty());
        owner.post(&format!("{node}/restore"), json!({})).await.expect(200);
        assert_eq!(owner.node(owner.root).await["size"], 4);
    }

    async fn t_030_strangers_bring_nothing_back(app: TestApp) {
        let owner = Owner::of(&app).await;
        let stranger = Stranger::of(&app).await;
        let file = owner.file(owner.root, "a", "text").await;
        let path = format!("/api/v1/nodes/{}/restore", file["id"].as_str().unwrap());
        owner.delete(&format!("/api/v1/nodes/{}", file["id"].as_str().unwrap())).await.expect(204);
        let foreign = stranger.post(&path, json!({})).await.refused(404, "not_found");
        let none = stranger.post(&format!("/api/v1/nodes/{}/restore", uuid::Uuid::now_v7()), json!({})).await;
        assert_eq!(foreign.comparable(), none.comparable());
        owner.post(&path, json!({})).await.expect(200);
    }
}
