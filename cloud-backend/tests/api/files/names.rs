//! Which names a file or folder can have.

use serde_json::json;

use crate::{
    actors::{Owner, files_path},
    app::both,
};

both! {
    async fn t_050_names_that_lead_elsewhere_or_cannot_be_shown_are_refused(app: TestApp) {
        let owner = Owner::of(&app).await;
        let file = owner.file(owner.root, "there", "x").await;
        let node = format!("/api/v1/nodes/{}", file["id"].as_str().unwrap());
        let (fits, long) = ("ä".repeat(127) + "b", "ä".repeat(128));
        assert_eq!((fits.len(), long.len()), (255, 256));
        for name in ["", " ", "\u{202e}txt.exe", ".", "..", "a/b", "/", "../x", "a\0b", "a\nb", "\u{7f}", "a\u{85}", long.as_str()] {
            for answer in [
                owner.post(&format!("/api/v1/nodes/{}/folders", owner.root), json!({"name": name})).await,
                owner.put(&files_path(owner.root, name), "x").send().await,
                owner.patch(&node, json!({"name": name})).await,
            ] {
                assert_eq!(answer.refused(422, "name_invalid").json()["error"]["field"], "name", "{name:?}");
            }
        }
        let odd = [fits.as_str(), "...", "a\\b", " a ", "-rf", "con", "a:b*?\"<>|", "🦀", "\u{5d0}\u{5d1}"];
        for name in odd {
            owner.file(owner.root, name, "x").await;
        }
        let names = owner.names(owner.root).await;
        assert!(odd.iter().all(|name| names.iter().any(|found| found == name)), "{names:?}");
        assert_eq!(names.len(), odd.len() + 1);
    }

    async fn the_same_name_in_two_unicode_forms_is_one_name(app: TestApp) {
        let owner = Owner::of(&app).await;
        let (composed, decomposed) = ("\u{fc}ber", "u\u{308}ber");
        let made = owner.file(owner.root, decomposed, "x").await;
        assert_eq!(made["name"], composed);
        owner.put(&files_path(owner.root, composed), "y").header("if-none-match", "*").send().await.refused(409, "name_taken");
        owner.post(&format!("/api/v1/nodes/{}/folders", owner.root), json!({"name": decomposed})).await.refused(409, "name_taken");
        // The limit counts what is stored.
        let long = "u\u{308}".repeat(100);
        assert_eq!((long.len(), owner.file(owner.root, &long, "x").await["name"].as_str().unwrap().len()), (300, 200));
    }

    async fn clashes_are_refused_or_used(app: TestApp) {
        let owner = Owner::of(&app).await;
        let folder = owner.folder(owner.root, "there").await;
        owner.file(owner.root, "file", "x").await;
        let path = format!("/api/v1/nodes/{}/folders", owner.root);
        owner.post(&path, json!({"name": "there"})).await.refused(409, "name_taken");
        owner.post(&path, json!({"name": "there", "existing": "refuse"})).await.refused(409, "name_taken");
        let used = owner.post(&path, json!({"name": "there", "existing": "use"})).await.expect(200).json();
        assert_eq!(used["id"], json!(folder));
        owner.post(&path, json!({"name": "file", "existing": "use"})).await.refused(409, "name_taken");
        owner.post(&path, json!({"name": "new", "existing": "use"})).await.expect(201);
        owner.put(&files_path(owner.root, "there"), "x").header("if-none-match", "*").send().await.refused(409, "name_taken");
        owner.put(&files_path(owner.root, "there"), "x").send().await.refused(428, "precondition_required");
        // Names differ by case.
        owner.folder(owner.root, "There").await;
    }

    async fn nothing_is_put_into_a_file(app: TestApp) {
        let owner = Owner::of(&app).await;
        let file = owner.file(owner.root, "file", "x").await;
        let node = carrel_ids::NodeId::from(uuid::Uuid::parse_str(file["id"].as_str().unwrap()).unwrap());
        owner.post(&format!("/api/v1/nodes/{node}/folders"), json!({"name": "f"})).await.refused(404, "not_found");
        owner.put(&files_path(node, "f"), "x").send().await.refused(404, "not_found");
        owner.post("/api/v1/workspaces", json!({"folder_id": node})).await.refused(404, "not_found");
    }
}
