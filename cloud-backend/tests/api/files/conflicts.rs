//! A save over what one has not seen: the file stays, and what was sent is kept.

use serde_json::{Value, json};

use crate::{
    actors::{Editor, Owner, files_path},
    app::both,
};

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

both! {
    async fn t_052_whoever_loses_a_race_finds_what_they_sent_among_the_versions(app: TestApp) {
        let owner = Owner::of(&app).await;
        let editor = Editor::of(&app, &owner).await;
        let base = owner.file(owner.root, "a", "base").await;
        let newer = owner.save(&base, "the owner's").await;
        let node = format!("/api/v1/nodes/{}", text(&base["id"]));
        let stale = format!("\"{}\"", text(&base["version"]["id"]));
        app.database.forget_leaves().await;
        for path in [format!("{node}/content"), files_path(owner.root, "a")] {
            let lost = editor.put(&path, "the editor's").header("if-match", &stale).send().await.refused(412, "version_changed");
            let kept = lost.header("carrel-version-id").unwrap().to_owned();
            // Sent twice, kept once.
            let versions = editor.get(&format!("{node}/versions")).await.expect(200).json();
            let versions = versions["items"].as_array().unwrap();
            assert_eq!(versions.len(), 3, "{versions:?}");
            let conflict = &versions[0];
            assert_eq!((text(&conflict["id"]), &conflict["origin"], &conflict["current"]), (kept.as_str(), &json!("conflict"), &json!(false)));
            assert_eq!(conflict["created_by"]["id"], json!(editor.id));
            assert_eq!(editor.get(&format!("{node}/versions/{kept}/content")).await.expect(200).body, b"the editor's");
        }
        let leaves = app.database.leaves().await;
        assert_eq!(leaves[0]["act"], "version.conflict");
        assert_eq!(owner.get(&format!("{node}/content")).await.body, b"the owner's");
        assert_eq!((&owner.node(owner.root).await["size"], &newer["size"]), (&json!(11), &json!(11)));
        // The next save goes on from the current one, and the kept one can be brought back like any other.
        let next = owner.save(&newer, "third").await;
        assert_eq!(next["version"]["number"], 4);
    }

    async fn t_052_a_save_whose_answer_was_lost_is_no_conflict(app: TestApp) {
        let owner = Owner::of(&app).await;
        let base = owner.file(owner.root, "a", "base").await;
        let saved = owner.save(&base, "new").await;
        let path = format!("/api/v1/nodes/{}/content", text(&base["id"]));
        let stale = format!("\"{}\"", text(&base["version"]["id"]));
        let again = owner.put(&path, "new").header("if-match", &stale).send().await.expect(200).json();
        assert_eq!(again["version"]["id"], saved["version"]["id"]);
        assert_eq!(app.database.count("SELECT COUNT(*) FROM versions").await, 2);
    }
}
