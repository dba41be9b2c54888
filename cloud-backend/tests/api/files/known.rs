//! Content that is here already needs no bytes.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{
    actors::{Editor, Owner, Stranger, TokenReader, Viewer},
    app::both,
    client::{Answer, Client},
};

async fn known(client: &Client, folder: carrel_ids::NodeId, name: &str, of: &Value) -> Answer {
    let body = json!({"name": name, "size": of["size"], "sha256": of["version"]["sha256"]});
    client.post(&format!("/api/v1/nodes/{folder}/files/known"), body).await
}

both! {
    async fn what_one_can_read_becomes_a_file_without_its_bytes(app: TestApp) {
        let owner = Owner::of(&app).await;
        let viewer = Viewer::of(&app, &owner).await;
        let file = owner.file(owner.root, "a", "some text").await;
        let copy = known(&owner, owner.root, "b", &file).await.expect(201).json();
        assert_eq!((&copy["name"], &copy["size"], &copy["version"]["sha256"]), (&json!("b"), &json!(9), &file["version"]["sha256"]));
        let text = owner.get(&format!("/api/v1/nodes/{}/content", copy["id"].as_str().unwrap())).await.expect(200);
        assert_eq!(text.body, b"some text");
        // Who sees it in another space has it in their own; an earlier version is read like any other.
        known(&viewer, viewer.root, "mine", &file).await.expect(201);
        owner.save(&file, "other text").await;
        known(&owner, owner.root, "c", &file).await.expect(201);
        known(&owner, owner.root, "c", &file).await.refused(409, "name_taken");
        known(&viewer, owner.root, "d", &file).await.refused(404, "not_found");
        assert_eq!((app.stored_files().len(), app.database.count("SELECT COUNT(*) FROM blobs").await), (2, 2));
        let reader = TokenReader::of(&app, &owner).await;
        known(&reader, owner.root, "e", &file).await.refused(403, "scope_too_small");
    }

    async fn t_030_nobody_learns_what_others_have(app: TestApp) {
        let owner = Owner::of(&app).await;
        let stranger = Stranger::of(&app).await;
        let file = owner.file(owner.root, "a", "secret").await;
        let nowhere = json!({"size": 6, "version": {"sha256": "0".repeat(64)}});
        let larger = json!({"size": 7, "version": {"sha256": file["version"]["sha256"]}});
        let mut answers = Vec::new();
        for of in [&file, &nowhere, &larger] {
            let began = Instant::now();
            answers.push(known(&stranger, stranger.root, "x", of).await.refused(404, "content_unknown").comparable());
            assert!(began.elapsed() >= Duration::from_millis(25));
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        // Neither what is in the trash, nor what one could read a moment ago.
        let editor = Editor::of(&app, &owner).await;
        known(&editor, editor.root, "mine", &file).await.expect(201);
        let folder = owner.folder(owner.root, "f").await;
        let other = owner.file(folder, "b", "other secret").await;
        owner.delete(&format!("/api/v1/nodes/{folder}")).await.expect(204);
        known(&owner, owner.root, "c", &other).await.refused(404, "content_unknown");
        owner.post(&format!("/api/v1/nodes/{folder}/restore"), json!({})).await.expect(200);
        known(&owner, owner.root, "c", &other).await.expect(201);
        app.database.execute("DELETE FROM space_members WHERE space_id = $1 AND user_id = $2", &[owner.space.uuid(), editor.id.uuid()]).await;
        known(&editor, editor.root, "d", &other).await.refused(404, "content_unknown");
        assert_eq!(app.database.count("SELECT COUNT(*) FROM nodes WHERE name = 'x'").await, 0);
    }

    async fn what_is_no_hash_or_size_is_refused(app: TestApp) {
        let owner = Owner::of(&app).await;
        let path = format!("/api/v1/nodes/{}/files/known", owner.root);
        for body in [json!({"name": "a", "size": 1, "sha256": "abc"}), json!({"name": "a", "size": u64::MAX, "sha256": "0".repeat(64)}), json!({"name": "a"}), json!({"name": "a", "size": -1, "sha256": "0".repeat(64)})] {
            owner.post(&path, body).await.refused_as_invalid();
        }
        owner.post(&path, json!({"name": "..", "size": 1, "sha256": "0".repeat(64)})).await.refused(422, "name_invalid");
    }
}
