//! Copies and moves, also by the JSON API: no byte moves, and nothing is lost under what is replaced.

use serde_json::json;

use super::{HOME, dav, mounted};
use crate::{
    actors::{Editor, Owner, Stranger, Viewer, id},
    app::both,
};

both! {
    async fn a_folder_is_copied_with_all_that_is_in_it_and_no_byte_moves(app: TestApp) {
        let owner = Owner::of(&app).await;
        let folder = owner.folder(owner.root, "folder").await;
        let inner = owner.folder(folder, "inner").await;
        let file = owner.file(inner, "f", "12345").await;
        owner.save(&file, "1234567").await;
        let trashed = owner.file(folder, "gone", "x").await;
        owner.delete(&format!("/api/v1/nodes/{}", trashed["id"].as_str().unwrap())).await.expect(204);
        let stored = app.stored_files().len();
        let copies = format!("/api/v1/nodes/{folder}/copies");
        let copy = owner.post(&copies, json!({"folder_id": owner.root, "name": "copy"})).await.expect(201).json();
        assert_eq!((&copy["name"], &copy["size"]), (&json!("copy"), &json!(7)));
        assert_eq!(owner.names(id(&copy["id"])).await, ["inner"]);
        let list = owner.get(&format!("/api/v1/nodes/{}/children", copy["id"].as_str().unwrap())).await.expect(200).json();
        let copied_inner: carrel_ids::NodeId = id(&list["items"][0]["id"]);
        let files = owner.get(&format!("/api/v1/nodes/{copied_inner}/children")).await.expect(200).json();
        let path = format!("/api/v1/nodes/{}", files["items"][0]["id"].as_str().unwrap());
        assert_eq!(owner.get(&format!("{path}/content")).await.expect(200).body, b"1234567");
        assert_eq!(files["items"][0]["version"]["number"], 1, "what was before stays with the source");
        assert_eq!((owner.node(owner.root).await["size"].clone(), app.stored_files().len()), (json!(14), stored));
        // Names, cycles, and the top of a space, which has no name.
        owner.post(&copies, json!({"folder_id": owner.root, "name": "copy"})).await.refused(409, "name_taken");
        owner.post(&copies, json!({"folder_id": owner.root})).await.refused(409, "name_taken");
        owner.post(&copies, json!({"folder_id": copied_inner})).await.expect(201);
        owner.post(&copies, json!({"folder_id": inner})).await.refused(409, "folder_inside_itself");
        owner.post(&copies, json!({"folder_id": owner.root, "name": "a/b"})).await.refused(422, "name_invalid");
        owner.post(&format!("/api/v1/nodes/{}/copies", owner.root), json!({"folder_id": folder})).await.refused(422, "name_invalid");
        owner.post(&copies, json!({"folder_id": files["items"][0]["id"]})).await.refused(404, "not_found");
        owner.post(&copies, json!({"folder_id": owner.root, "more": 1})).await.refused(400, "bad_request");
    }

    async fn t_032_a_copy_needs_the_right_to_read_there_and_to_write_here(app: TestApp) {
        let owner = Owner::of(&app).await;
        let (editor, viewer, stranger) = (Editor::of(&app, &owner).await, Viewer::of(&app, &owner).await, Stranger::of(&app).await);
        let file = owner.file(owner.root, "f", "12345").await;
        let copies = format!("/api/v1/nodes/{}/copies", file["id"].as_str().unwrap());
        stranger.post(&copies, json!({"folder_id": stranger.root})).await.refused(404, "not_found");
        viewer.post(&copies, json!({"folder_id": owner.root, "name": "g"})).await.refused(404, "not_found");
        owner.post(&copies, json!({"folder_id": stranger.root})).await.refused(404, "not_found");
        // To another space: a viewer takes home what they may read.
        viewer.post(&copies, json!({"folder_id": viewer.root})).await.expect(201);
        editor.post(&copies, json!({"folder_id": editor.root})).await.expect(201);
        assert_eq!((viewer.names(viewer.root).await, viewer.node(viewer.root).await["size"].clone()), (vec!["f".to_owned()], json!(5)));
    }

    async fn what_is_replaced_goes_to_the_trash(app: TestApp) {
        let (owner, program) = mounted(&app).await;
        let (a, b) = (format!("{HOME}/a"), format!("{HOME}/b"));
        for (method, left) in [("COPY", vec!["a", "b"]), ("MOVE", vec!["b"])] {
            for name in ["a", "b"] {
                dav(&program, "PUT", &format!("{HOME}/{name}")).body(name).send().await;
            }
            dav(&program, method, &a).header("destination", &b).header("overwrite", "F").send().await.expect(412);
            dav(&program, method, &a).header("destination", &format!("http://proxy.example{b}")).send().await.expect(204);
            assert_eq!(program.get(&b).await.expect(200).body, b"a");
            assert_eq!(owner.names(owner.root).await, left);
        }
        assert_eq!(app.database.count("SELECT COUNT(*) FROM nodes WHERE trashed_at IS NOT NULL").await, 2);
        assert_eq!(owner.node(owner.root).await["size"], 1);
        dav(&program, "MOVE", &b).header("destination", &format!("{HOME}/c")).send().await.expect(201);
        dav(&program, "MOVE", &b).header("destination", &format!("{HOME}/c")).send().await.expect(404);
        let c = format!("{HOME}/c");
        dav(&program, "COPY", &c).header("destination", &c).send().await.expect(403);
        dav(&program, "COPY", &c).header("destination", &format!("{HOME}/none/c")).send().await.expect(409);
        dav(&program, "COPY", &c).header("destination", "/other/c").send().await.expect(502);
        dav(&program, "COPY", &c).header("destination", HOME).send().await.expect(403);
        dav(&program, "COPY", &c).send().await.expect(400);
        dav(&program, "MOVE", HOME).header("destination", &format!("{HOME}/c/x")).send().await.expect(403);
        dav(&program, "MKCOL", &format!("{HOME}/d")).send().await.expect(201);
        dav(&program, "COPY", &format!("{HOME}/d")).header("destination", &format!("{HOME}/d/e")).send().await.expect(403);
        dav(&program, "MOVE", &format!("{HOME}/d")).header("destination", &format!("{HOME}/d/e")).send().await.expect(403);
    }

    async fn a_move_to_another_space_leaves_nothing_behind(app: TestApp) {
        let (owner, _) = mounted(&app).await;
        let editor = Editor::of(&app, &owner).await;
        let folder = owner.folder(owner.root, "folder").await;
        owner.file(folder, "f", "12345").await;
        let from = format!("/dav/spaces/{}/folder", owner.space);
        dav(&editor, "MOVE", &from).header("destination", "/dav/home/mine").send().await.expect(201);
        assert_eq!(editor.get("/dav/home/mine/f").await.expect(200).body, b"12345");
        assert_eq!(owner.names(owner.root).await, Vec::<String>::new());
        assert_eq!((owner.node(owner.root).await["size"].clone(), editor.node(editor.root).await["size"].clone()), (json!(0), json!(5)));
    }
}
