//! The list of the trash, going back to another place, and deleting for good.

use carrel_cloud_backend::{
    keeping::{Rounds, Turn, turn},
    store::Timestamp,
};
use serde_json::{Value, json};
use time::Duration;

use crate::{
    actors::{Editor, Owner, Stranger, Viewer, id},
    app::{TestApp, both},
};

/// A turn of what runs by itself, so many days from now.
async fn after_days(app: &TestApp, days: i64) -> Turn {
    turn(&app.cloud, &mut Rounds::default(), Timestamp::now().plus(Duration::days(days))).await.unwrap()
}

async fn trash(owner: &Owner) -> Vec<Value> {
    let list = owner.get(&format!("/api/v1/spaces/{}/trash", owner.space)).await.expect(200).json();
    list["items"].as_array().unwrap().clone()
}

async fn remove(owner: &Owner, node: &Value) {
    owner.delete(&format!("/api/v1/nodes/{}", node.as_str().unwrap())).await.expect(204);
}

both! {
    async fn the_trash_says_what_where_from_who_and_until_when(app: TestApp) {
        let owner = Owner::of(&app).await;
        let outer = owner.folder(owner.root, "outer").await;
        let inner = owner.folder(outer, "inner").await;
        let file = owner.file(inner, "deep", "text").await;
        let top = owner.file(owner.root, "top", "text").await;
        remove(&owner, &file["id"]).await;
        remove(&owner, &json!(outer)).await;
        remove(&owner, &top["id"]).await;
        let items = trash(&owner).await;
        let seen: Vec<_> = items.iter().map(|item| (item["node"]["name"].as_str().unwrap(), item["from"].as_str().unwrap())).collect();
        // What was put there, the newest first; the folder inside came along and stands for nothing.
        assert_eq!(seen, [("top", ""), ("outer", ""), ("deep", "outer/inner")]);
        for item in &items {
            assert_eq!(item["trashed_by"]["id"], json!(owner.id));
            assert_eq!(item["node"]["abilities"], json!({"write": true, "delete": true, "open_workspace": false}));
            let parse = |what: &str| time::OffsetDateTime::parse(item[what].as_str().unwrap(), &time::format_description::well_known::Rfc3339).unwrap();
            assert_eq!(parse("purge_at") - parse("trashed_at"), Duration::days(30));
        }
        let path = format!("/api/v1/spaces/{}/trash?limit=2", owner.space);
        let first = owner.get(&path).await.expect(200).json();
        let rest = owner.get(&format!("{path}&after={}", first["next"].as_str().unwrap())).await.expect(200).json();
        assert_eq!((first["items"].as_array().unwrap().len(), &rest["items"][0]["from"], &rest["next"]), (2, &json!("outer/inner"), &Value::Null));
        owner.get(&format!("{path}&after=x")).await.refused(400, "bad_request");
    }

    async fn what_has_no_place_any_more_returns_to_another(app: TestApp) {
        let owner = Owner::of(&app).await;
        let folder = owner.folder(owner.root, "folder").await;
        let other = owner.folder(owner.root, "other").await;
        let file = owner.file(folder, "a", "text").await;
        remove(&owner, &file["id"]).await;
        remove(&owner, &json!(folder)).await;
        owner.delete(&format!("/api/v1/spaces/{}/trash/{folder}", owner.space)).await.expect(204);
        // Put there by itself, so it stays there when its folder is deleted for good.
        assert_eq!(trash(&owner).await.len(), 1);
        let path = format!("/api/v1/nodes/{}/restore", file["id"].as_str().unwrap());
        owner.post(&path, json!({})).await.refused(409, "folder_gone");
        owner.post(&path, json!({"folder_id": folder})).await.refused(404, "not_found");
        owner.post(&path, json!({"folder_id": file["id"]})).await.refused(404, "not_found");
        owner.post(&path, json!({"folder_id": other, "name": "a/b"})).await.refused(422, "name_invalid");
        owner.post(&path, json!({"folder": other})).await.refused(400, "bad_request");
        owner.file(other, "a", "here already").await;
        owner.post(&path, json!({"folder_id": other})).await.refused(409, "name_taken");
        let back = owner.post(&path, json!({"folder_id": other, "name": "b"})).await.expect(200).json();
        assert_eq!((&back["name"], &back["parent_id"]), (&json!("b"), &json!(other)));
        assert_eq!(owner.names(other).await, ["a", "b"]);
        assert_eq!(owner.node(owner.root).await["size"], 16);
        // A body may be left out.
        remove(&owner, &file["id"]).await;
        owner.call(reqwest::Method::POST, &path).send().await.expect(200);
    }

    async fn t_065_what_is_deleted_for_good_is_nowhere(app: TestApp) {
        let owner = Owner::of(&app).await;
        let top = owner.folder(owner.root, "top").await;
        let inner = owner.folder(top, "inner").await;
        for number in 0..5 {
            let file = owner.file(inner, &format!("file {number}"), format!("canary {number}")).await;
            owner.save(&file, format!("canary {number} again")).await;
        }
        owner.file(top, "known", "also elsewhere").await;
        let kept = owner.file(owner.root, "kept", "also elsewhere").await;
        owner.put(&format!("/api/v1/nodes/{inner}/favourite"), "").send().await.expect(204);
        let workspace = owner.workspace(inner).await;
        remove(&owner, &json!(top)).await;
        app.database.forget_leaves().await;
        owner.delete(&format!("/api/v1/spaces/{}/trash/{top}", owner.space)).await.expect(204);
        let leaves = app.database.leaves().await;
        assert_eq!((leaves[0]["act"].as_str(), leaves[0]["tgt"]["id"].as_str()), (Some("file.purge"), Some(top.to_string().as_str())));
        let (mut nodes, mut released) = (0, 0);
        for leaf in &leaves[1..] {
            assert_eq!(leaf["act"], "file.purge.step");
            nodes += leaf["d"]["nodes"].as_i64().unwrap();
            released += leaf["d"]["released"].as_i64().unwrap();
        }
        assert_eq!((nodes, released), (8, 5 * (8 + 14) + 14), "{leaves:#?}");
        assert_eq!(trash(&owner).await.len(), 0);
        owner.post(&format!("/api/v1/nodes/{top}/restore"), json!({"folder_id": owner.root})).await.refused(404, "not_found");
        owner.get(&format!("/api/v1/workspaces/{workspace}")).await.refused(404, "not_found");
        assert_eq!(app.database.count("SELECT COUNT(*) FROM nodes").await, 2);
        assert_eq!(app.database.count("SELECT COUNT(*) FROM versions").await, 1);
        assert_eq!(app.database.count("SELECT COUNT(*) FROM favourites").await, 0);
        // The bytes go a day later: until then the same content can be named again.
        assert_eq!(after_days(&app, 0).await.collected, 0);
        assert_eq!(app.stored_files().len(), 11);
        assert_eq!(after_days(&app, 2).await.collected, 10);
        assert_eq!(app.stored_files().len(), 1);
        assert_eq!(owner.get(&format!("/api/v1/nodes/{}/content", kept["id"].as_str().unwrap())).await.body, b"also elsewhere");
    }

    async fn t_066_only_managers_delete_for_good(app: TestApp) {
        let owner = Owner::of(&app).await;
        let (editor, viewer, stranger) = (Editor::of(&app, &owner).await, Viewer::of(&app, &owner).await, Stranger::of(&app).await);
        let file = owner.file(owner.root, "a", "one").await;
        let newer = owner.save(&file, "two").await;
        let node = file["id"].as_str().unwrap();
        let all = format!("/api/v1/spaces/{}/trash", owner.space);
        let old = format!("/api/v1/nodes/{node}/versions/{}", file["version"]["id"].as_str().unwrap());
        editor.delete(&old).await.refused(404, "not_found");
        editor.delete(&format!("/api/v1/nodes/{node}")).await.expect(204);
        let seen = editor.get(&all).await.expect(200).json();
        assert_eq!(seen["items"][0]["node"]["abilities"], json!({"write": true, "delete": false, "open_workspace": false}));
        assert_eq!(viewer.get(&all).await.expect(200).json()["items"][0]["node"]["abilities"]["write"], false);
        for person in [&*editor, &*viewer, &*stranger] {
            person.delete(&all).await.refused(404, "not_found");
            person.delete(&format!("{all}/{node}")).await.refused(404, "not_found");
        }
        stranger.get(&all).await.refused(404, "not_found");
        // The right space belongs to it.
        owner.delete(&format!("/api/v1/spaces/{}/trash/{node}", stranger.space)).await.refused(404, "not_found");
        owner.delete(&format!("/api/v1/spaces/{}/trash/{}", owner.space, owner.root)).await.refused(404, "not_found");
        editor.post(&format!("/api/v1/nodes/{node}/restore"), json!({})).await.expect(200);
        owner.delete(&old).await.expect(204);
        owner.delete(&format!("/api/v1/nodes/{node}/versions/{}", newer["version"]["id"].as_str().unwrap())).await.refused(409, "current_version");
    }

    async fn the_trash_is_emptied_by_hand_and_by_itself(app: TestApp) {
        let owner = Owner::of(&app).await;
        for name in ["a", "b", "c"] {
            let file = owner.file(owner.root, name, name).await;
            remove(&owner, &file["id"]).await;
        }
        let path = format!("/api/v1/spaces/{}/trash", owner.space);
        assert_eq!(owner.delete(&path).await.expect(200).json(), json!({"purged": 3}));
        assert_eq!(owner.delete(&path).await.expect(200).json(), json!({"purged": 0}));
        let folder = owner.folder(owner.root, "folder").await;
        owner.file(folder, "d", "d").await;
        remove(&owner, &json!(folder)).await;
        assert_eq!(after_days(&app, 29).await.expired, 0);
        assert_eq!(trash(&owner).await.len(), 1);
        app.database.forget_leaves().await;
        let done = after_days(&app, 31).await;
        assert_eq!((done.expired, trash(&owner).await.len()), (1, 0));
        assert_eq!(app.database.count("SELECT COUNT(*) FROM nodes").await, 1);
        let leaf = &app.database.leaves().await[0];
        assert_eq!((leaf["act"].as_str(), leaf["actor"]["t"].as_str(), leaf["tgt"]["id"].as_str()), (Some("file.purge"), Some("system"), Some(folder.to_string().as_str())), "{leaf}");
    }

    async fn a_folder_of_many_is_deleted_in_steps_that_hold_up_nobody(app: TestApp) {
        let owner = Owner::of(&app).await;
        let top = owner.folder(owner.root, "top").await;
        let file = owner.file(top, "pattern", "text").await;
        let node = id::<carrel_ids::NodeId>(&file["id"]).uuid();
        // `CARREL_TEST_NODES` makes it as large as you like.
        let many: i64 = std::env::var("CARREL_TEST_NODES").ok().and_then(|text| text.parse().ok()).unwrap_or(1_500);
        app.database.copy_file(node, many).await;
        assert_eq!(app.database.count("SELECT COUNT(*) FROM nodes").await, many + 3);
        remove(&owner, &json!(top)).await;
        let began = std::time::Instant::now();
        owner.delete(&format!("/api/v1/spaces/{}/trash/{top}", owner.space)).await.expect(204);
        let mut steps = 10;
        while app.database.count("SELECT COUNT(*) FROM purges").await > 0 {
            steps += after_days(&app, 0).await.steps;
        }
        println!("{many} files gone in {steps} steps and {:?}", began.elapsed());
        assert_eq!(app.database.count("SELECT COUNT(*) FROM nodes").await, 1);
        assert_eq!(app.database.count("SELECT COUNT(*) FROM versions").await, 0);
    }
}
