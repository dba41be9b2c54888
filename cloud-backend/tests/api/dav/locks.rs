//! Locks: taken by WebDAV, honoured by everything.

use serde_json::json;

use super::{HOME, LOCK, dav, lock, mounted};
use crate::{
    actors::{Editor, Person, Stranger, Viewer, files_path, id},
    app::both,
    internal_client::Ide,
};

/// Everything that changes a file or what is around it, as the JSON API asks for it; none gets through.
async fn all_refused(person: &Person, folder: carrel_ids::NodeId, file: &serde_json::Value) {
    let path = format!("/api/v1/nodes/{}", file["id"].as_str().unwrap());
    let version = format!("\"{}\"", file["version"]["id"].as_str().unwrap());
    person.patch(&path, json!({"name": "other"})).await.refused(423, "locked");
    person.patch(&path, json!({"parent_id": folder})).await.refused(423, "locked");
    person.delete(&path).await.refused(423, "locked");
    person.put(&format!("{path}/content"), "x").header("if-match", &version).send().await.refused(423, "locked");
}

both! {
    async fn t_052_a_lock_is_honoured_by_the_whole_product(app: TestApp) {
        let (owner, program) = mounted(&app).await;
        let editor = Editor::of(&app, &owner).await;
        let other = owner.folder(owner.root, "other").await;
        let folder = owner.folder(owner.root, "folder").await;
        let file = owner.file(folder, "f", "x").await;
        let path = format!("{HOME}/folder/f");
        let token = lock(&program, &path).await;
        all_refused(&editor, other, &file).await;
        // Whoever holds it has to show it, too: the browser does not have it.
        all_refused(&owner, other, &file).await;
        // What is above would take it along.
        owner.delete(&format!("/api/v1/nodes/{folder}")).await.refused(423, "locked");
        owner.patch(&format!("/api/v1/nodes/{folder}"), json!({"name": "g"})).await.refused(423, "locked");
        let refused = dav(&program, "PUT", &path).body("y").send().await.expect(423);
        assert!(String::from_utf8_lossy(&refused.body).contains("<D:lock-token-submitted><D:href>/dav/home/folder/f</D:href>"));
        dav(&program, "PUT", &path).header("if", &format!("({token})")).body("y").send().await.expect(204);
        dav(&program, "PUT", &path).header("if", "(<urn:uuid:01890000-0000-7000-8000-000000000001>)").body("y").send().await.expect(412);
        // Another's token opens nothing, even where it is known.
        let stolen = format!("/dav/spaces/{}/folder/f", owner.space);
        dav(&editor, "PUT", &stolen).header("if", &format!("({token})")).body("z").send().await.expect(423);
        dav(&editor, "UNLOCK", &stolen).header("lock-token", &token).send().await.expect(403);
        dav(&editor, "LOCK", &stolen).body(LOCK).send().await.expect(423);
        // Beside it and for reading nothing is locked.
        owner.file(folder, "g", "x").await;
        editor.get(&stolen).await.expect(200);
        dav(&program, "UNLOCK", &path).header("lock-token", &token).send().await.expect(204);
        dav(&program, "UNLOCK", &path).header("lock-token", &token).send().await.expect(409);
        owner.patch(&format!("/api/v1/nodes/{}", file["id"].as_str().unwrap()), json!({"name": "h"})).await.expect(200);
    }

    async fn t_052_a_lock_on_a_folder_reaches_down_and_ends_with_its_place(app: TestApp) {
        let (owner, program) = mounted(&app).await;
        let folder = owner.folder(owner.root, "folder").await;
        let inner = owner.folder(folder, "inner").await;
        owner.file(inner, "f", "x").await;
        let path = format!("{HOME}/folder");
        let token = lock(&program, &path).await;
        owner.put(&files_path(inner, "new"), "x").header("if-none-match", "*").send().await.refused(423, "locked");
        owner.post(&format!("/api/v1/nodes/{inner}/folders"), json!({"name": "new"})).await.refused(423, "locked");
        dav(&program, "LOCK", &format!("{path}/inner/f")).body(LOCK).send().await.expect(423);
        let copies = format!("/api/v1/nodes/{inner}/copies");
        owner.post(&copies, json!({"folder_id": folder, "name": "new"})).await.refused(423, "locked");
        owner.post(&copies, json!({"folder_id": owner.root, "name": "new"})).await.expect(201);
        // A renewal through something below it, and what it looks like from there.
        dav(&program, "LOCK", &format!("{path}/inner/f")).header("if", &format!("({token})")).header("timeout", "Second-60").send().await.expect(200);
        let locks = owner.get(&format!("/api/v1/nodes/{inner}/locks")).await.expect(200).json();
        assert_eq!((&locks["items"][0]["node_id"], &locks["items"][0]["deep"], locks["items"].as_array().unwrap().len()), (&json!(folder), &json!(true), 1));
        // RFC 4918, 7.7: it does not move along.
        let tagged = format!("<{path}> ({token})");
        dav(&program, "MOVE", &path).header("destination", &format!("{HOME}/moved")).header("if", &tagged).send().await.expect(201);
        assert_eq!(owner.get(&format!("/api/v1/nodes/{inner}/locks")).await.expect(200).json()["items"], json!([]));
    }

    async fn t_052_a_lock_ends_by_itself_and_can_be_broken(app: TestApp) {
        let (owner, program) = mounted(&app).await;
        let (editor, viewer, stranger) = (Editor::of(&app, &owner).await, Viewer::of(&app, &owner).await, Stranger::of(&app).await);
        let file = owner.file(owner.root, "f", "x").await;
        let node = file["id"].as_str().unwrap();
        let shared = format!("/dav/spaces/{}/f", owner.space);
        let token = lock(&editor, &shared).await;
        let locks = format!("/api/v1/nodes/{node}/locks");
        let shown = viewer.get(&locks).await.expect(200).json()["items"][0].clone();
        assert_eq!((&shown["holder"]["id"], &shown["abilities"]["delete"]), (&json!(editor.id), &json!(false)));
        let one = format!("{locks}/{}", shown["id"].as_str().unwrap());
        viewer.delete(&one).await.refused(404, "not_found");
        stranger.delete(&one).await.refused(404, "not_found");
        stranger.get(&locks).await.refused(404, "not_found");
        owner.delete(&format!("{locks}/{}", uuid::Uuid::now_v7())).await.refused(404, "not_found");
        // Whoever manages the space.
        owner.delete(&one).await.expect(204);
        dav(&editor, "PUT", &shared).header("if", &format!("({token})")).body("y").send().await.expect(412);
        dav(&program, "PUT", &format!("{HOME}/f")).body("y").send().await.expect(204);
        // An editor does not break another's.
        lock(&program, &format!("{HOME}/f")).await;
        let one = format!("{locks}/{}", owner.get(&locks).await.expect(200).json()["items"][0]["id"].as_str().unwrap());
        editor.delete(&one).await.refused(423, "locked");
        // Time ends it, whether the row is still there or not.
        app.database.execute("UPDATE locks SET expires_at = created_at", &[]).await;
        dav(&editor, "PUT", &shared).body("z").send().await.expect(204);
        assert_eq!(owner.get(&locks).await.expect(200).json()["items"], json!([]));
    }

    async fn t_052_nobody_holds_locks_without_end(app: TestApp) {
        let (owner, program) = mounted(&app).await;
        owner.file(owner.root, "f", "x").await;
        let path = format!("{HOME}/f");
        let shared = LOCK.replace("exclusive", "shared");
        let first = dav(&program, "LOCK", &path).body(shared.clone()).header("timeout", "Infinite").send().await.expect(200);
        assert!(String::from_utf8_lossy(&first.body).contains("Second-86"), "{first:?}");
        let now = "SELECT COUNT(*) FROM locks";
        for _ in 0..3 {
            dav(&program, "LOCK", &path).body(shared.clone()).send().await.expect(200);
        }
        assert_eq!(app.database.count(now).await, 4);
        dav(&program, "LOCK", &path).body(LOCK).send().await.expect(423);
        dav(&program, "LOCK", &path).header("depth", "1").body(LOCK).send().await.expect(400);
        dav(&program, "LOCK", &path).send().await.expect(400);
        dav(&program, "LOCK", &format!("{HOME}/none/f")).body(LOCK).send().await.expect(409);
        // One that is not there yet is made, empty.
        lock(&program, &format!("{HOME}/new")).await;
        assert_eq!(program.get(&format!("{HOME}/new")).await.expect(200).body, b"");
    }

    async fn a_save_of_a_workspace_lands_beside_a_locked_file(app: TestApp) {
        let (owner, program) = mounted(&app).await;
        let folder = owner.folder(owner.root, "desk").await;
        let file = owner.file(folder, "f", "base").await;
        let ide = Ide::of(&app);
        let session = ide.join(&owner, owner.workspace(folder).await).await;
        let sandbox = ide.running(session.id).await;
        lock(&program, &format!("{HOME}/desk/f")).await;
        let saved = ide.save(sandbox, "f", Some(id(&file["version"]["id"])), "from the workspace").await;
        assert!(saved.conflict, "{saved:?}");
        assert_eq!(owner.names(folder).await.len(), 2);
        assert_eq!(owner.get(&format!("/api/v1/nodes/{}/content", file["id"].as_str().unwrap())).await.body, b"base");
    }
}
