//! Other names and other places.

use serde_json::json;

use crate::{
    actors::{Editor, Owner, Stranger, id},
    app::both,
};

both! {
    async fn a_file_gets_another_name_and_another_place(app: TestApp) {
        let owner = Owner::of(&app).await;
        let (from, to) = (owner.folder(owner.root, "from").await, owner.folder(owner.root, "to").await);
        let file = owner.file(from, "a 10", "12345").await;
        let path = format!("/api/v1/nodes/{}", file["id"].as_str().unwrap());
        let renamed = owner.patch(&path, json!({"name": "a 9"})).await.expect(200).json();
        assert_eq!((&renamed["name"], &renamed["version"]), (&json!("a 9"), &file["version"]));
        owner.file(from, "a 9a", "").await;
        owner.file(from, "a 11", "").await;
        assert_eq!(owner.names(from).await, ["a 9", "a 9a", "a 11"], "the list follows the new name");
        let moved = owner.patch(&path, json!({"parent_id": to})).await.expect(200).json();
        assert_eq!((&moved["parent_id"], &moved["name"]), (&json!(to), &json!("a 9")));
        let both = owner.patch(&path, json!({"parent_id": from, "name": "b"})).await.expect(200).json();
        assert_eq!((&both["parent_id"], &both["name"]), (&json!(from), &json!("b")));
        // To where it is already, and to nothing else: fine.
        owner.patch(&path, json!({"parent_id": from})).await.expect(200);
        owner.patch(&path, json!({"name": "b"})).await.expect(200);
        owner.patch(&path, json!({})).await.expect(200);
        assert_eq!(owner.names(to).await, Vec::<String>::new());
        assert_eq!(owner.get(&format!("{path}/content")).await.expect(200).body, b"12345");
    }

    async fn t_069_a_folder_does_not_go_into_itself(app: TestApp) {
        let owner = Owner::of(&app).await;
        let outer = owner.folder(owner.root, "outer").await;
        let inner = owner.folder(outer, "inner").await;
        let deep = owner.folder(inner, "deep").await;
        for target in [outer, inner, deep] {
            owner.patch(&format!("/api/v1/nodes/{outer}"), json!({"parent_id": target})).await.refused(409, "folder_inside_itself");
        }
        owner.patch(&format!("/api/v1/nodes/{deep}"), json!({"parent_id": outer})).await.expect(200);
        assert_eq!(owner.names(outer).await, ["deep", "inner"]);
    }

    async fn clashes_and_impossible_targets_change_nothing(app: TestApp) {
        let owner = Owner::of(&app).await;
        let stranger = Stranger::of(&app).await;
        let folder = owner.folder(owner.root, "folder").await;
        let inside = owner.file(folder, "a", "x").await;
        let outside = owner.file(owner.root, "a", "y").await;
        let before = (owner.node(owner.root).await, owner.node(folder).await);
        let path = format!("/api/v1/nodes/{}", outside["id"].as_str().unwrap());
        owner.patch(&path, json!({"parent_id": folder})).await.refused(409, "name_taken");
        owner.patch(&path, json!({"name": "folder"})).await.refused(409, "name_taken");
        owner.patch(&path, json!({"parent_id": inside["id"]})).await.refused(404, "not_found");
        owner.patch(&path, json!({"parent_id": uuid::Uuid::now_v7()})).await.refused(404, "not_found");
        owner.patch(&path, json!({"parent_id": "../x"})).await.refused(400, "bad_request");
        owner.patch(&path, json!({"parent_id": stranger.root})).await.refused(404, "not_found");
        owner.patch(&path, json!({"space_id": stranger.space, "name": "b"})).await.refused(400, "bad_request");
        owner.patch(&format!("/api/v1/nodes/{}", owner.root), json!({"name": "root"})).await.refused(404, "not_found");
        owner.patch(&format!("/api/v1/nodes/{}", owner.root), json!({"parent_id": folder})).await.refused(404, "not_found");
        owner.delete(&format!("/api/v1/nodes/{}", owner.root)).await.refused(404, "not_found");
        assert_eq!((owner.node(owner.root).await, owner.node(folder).await), before);
        assert_eq!(owner.patch(&path, json!({"parent_id": folder, "name": "b"})).await.expect(200).json()["name"], "b");
    }

    async fn t_032_nothing_moves_from_one_space_to_another(app: TestApp) {
        let owner = Owner::of(&app).await;
        let editor = Editor::of(&app, &owner).await;
        let theirs = owner.file(owner.root, "a", "x").await;
        let own = editor.folder(editor.root, "loot").await;
        // The editor may write to both, and moves nothing out all the same.
        editor.patch(&format!("/api/v1/nodes/{}", theirs["id"].as_str().unwrap()), json!({"parent_id": own})).await.refused(404, "not_found");
        editor.patch(&format!("/api/v1/nodes/{own}"), json!({"parent_id": owner.root})).await.refused(404, "not_found");
        assert_eq!(owner.names(owner.root).await, ["a"]);
        assert_eq!(id::<carrel_ids::NodeId>(&editor.node(own).await["parent_id"]), editor.root);
    }
}
