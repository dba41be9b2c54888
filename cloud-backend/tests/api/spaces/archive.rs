//! A space in the archive can be read, and nothing in it changes: by nobody, on no way.

use carrel_ids::NodeId;
use reqwest::Method;
use serde_json::json;

use super::Team;
use crate::{
    actors::{Owner, Stranger, files_path, id},
    app::both,
    internal_client::Ide,
};

both! {
    async fn nothing_changes_in_an_archived_space(app: TestApp) {
        let (owner, stranger) = (Owner::of(&app).await, Stranger::of(&app).await);
        let team = Team::of(&owner, "Team").await;
        team.let_in(&owner, &stranger, "uploader").await;
        let folder = owner.folder(team.root, "project").await;
        let file = owner.file(folder, "a", "x").await;
        let trashed = owner.file(team.root, "gone", "x").await;
        owner.delete(&format!("/api/v1/nodes/{}", trashed["id"].as_str().unwrap())).await.expect(204);
        let workspace = owner.workspace(folder).await;
        let ide = Ide::of(&app);
        let joined = ide.join(&owner, workspace).await;
        let sandbox = ide.running(joined.id).await;
        let own = owner.folder(owner.root, "own").await;

        owner.post(&team.path("/archive"), json!({})).await.expect(204);
        owner.post(&team.path("/archive"), json!({})).await.expect(204);
        let space = team.seen_by(&owner).await;
        assert!(space["archived_at"].is_string());
        assert_eq!(space["abilities"], json!({"write": false, "add": false, "manage": true, "archive": true}));
        let listed = async |query: &str| owner.get(&format!("/api/v1/spaces{query}")).await.expect(200).json()["items"].as_array().unwrap().len();
        assert_eq!((listed("").await, listed("?archived=true").await, listed("?archived=false").await), (2, 1, 1));

        let node: NodeId = id(&file["id"]);
        let version = format!("\"{}\"", file["version"]["id"].as_str().unwrap());
        let refused = [
            owner.post(&format!("/api/v1/nodes/{folder}/folders"), json!({"name": "b"})).await,
            owner.put(&files_path(folder, "b"), "x").send().await,
            owner.put(&format!("/api/v1/nodes/{node}/content"), "y").header("if-match", &version).send().await,
            owner.patch(&format!("/api/v1/nodes/{node}"), json!({"name": "b"})).await,
            owner.patch(&format!("/api/v1/nodes/{own}"), json!({"parent_id": folder})).await,
            owner.delete(&format!("/api/v1/nodes/{node}")).await,
            owner.post(&format!("/api/v1/nodes/{}/restore", trashed["id"].as_str().unwrap()), json!({})).await,
            owner.post("/api/v1/workspaces", json!({"folder_id": folder})).await,
            owner.post(&format!("/api/v1/workspaces/{workspace}/ticket"), json!({})).await,
            stranger.put(&files_path(team.root, "b"), "x").send().await,
            ide.try_save(sandbox, "b", None, "x").await,
            ide.call(Method::DELETE, &format!("/sandboxes/{sandbox}/file?path=a&base={}", file["version"]["id"].as_str().unwrap()), None).await,
            ide.call(Method::POST, &format!("/sandboxes/{sandbox}/folders"), Some(json!({"path": "c"}))).await,
            ide.renew(joined.id).await,
        ];
        for (number, answer) in refused.into_iter().enumerate() {
            assert_eq!((answer.status.as_u16(), answer.error_code().as_str()), (409, "space_archived"), "{number}");
        }
        // It is read as before, and nothing says that it can be changed.
        assert_eq!(owner.get(&format!("/api/v1/nodes/{node}/content")).await.expect(200).body, b"x");
        assert_eq!(owner.node(node).await["abilities"], json!({"write": false, "delete": false, "open_workspace": false}));
        assert_eq!(owner.names(folder).await, ["a"]);

        owner.post(&team.path("/activation"), json!({})).await.expect(204);
        ide.save(sandbox, "b", None, "x").await;
        owner.save(&file, "y").await;
        assert_eq!(team.seen_by(&owner).await["archived_at"], json!(null));
    }
}
