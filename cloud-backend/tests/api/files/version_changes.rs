//! Bringing versions back, naming them, taking them away, and what goes by itself.

use carrel_cloud_backend::{
    keeping::{Rounds, turn},
    store::Timestamp,
};
use serde_json::{Value, json};
use time::Duration;

use crate::{
    actors::{Owner, Stranger, TokenWriter, Viewer, id},
    app::both,
};

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

both! {
    async fn an_earlier_content_comes_back_as_a_new_version(app: TestApp) {
        let owner = Owner::of(&app).await;
        let (viewer, stranger) = (Viewer::of(&app, &owner).await, Stranger::of(&app).await);
        let first = owner.file(owner.root, "a", "first").await;
        let second = owner.save(&first, "second!").await;
        let path = format!("/api/v1/nodes/{}", text(&first["id"]));
        let restore = format!("{path}/versions/{}/restore", text(&first["version"]["id"]));
        for person in [&*viewer, &*stranger] {
            person.post(&restore, json!({})).await.refused(404, "not_found");
        }
        let with = |etag: &Value| owner.call(reqwest::Method::POST, &restore).header("if-match", &format!("\"{}\"", text(etag)));
        with(&first["version"]["id"]).send().await.refused(412, "version_changed");
        owner.call(reqwest::Method::POST, &restore).header("if-match", "x").send().await.refused(400, "bad_request");
        let back = with(&second["version"]["id"]).send().await.expect(200).json();
        assert_eq!((&back["version"]["number"], &back["size"]), (&json!(3), &json!(5)));
        assert_eq!(owner.get(&format!("{path}/content")).await.body, b"first");
        assert_eq!(owner.node(owner.root).await["size"], 5);
        let list = owner.get(&format!("{path}/versions")).await.json();
        assert_eq!((&list["items"][0]["origin"], &list["items"][0]["abilities"]), (&json!("restore"), &json!({"restore": false, "delete": false, "label": true})));
        assert_eq!(list["items"][1]["abilities"], json!({"restore": true, "delete": true, "label": true}));
        // The current one is there already.
        let current = format!("{path}/versions/{}/restore", text(&back["version"]["id"]));
        assert_eq!(owner.post(&current, json!({})).await.expect(200).json()["version"]["number"], 3);
        let other = owner.file(owner.root, "b", "other").await;
        owner.post(&format!("{path}/versions/{}/restore", text(&other["version"]["id"])), json!({})).await.refused(404, "not_found");
    }

    async fn a_version_has_a_label_or_none(app: TestApp) {
        let owner = Owner::of(&app).await;
        let viewer = Viewer::of(&app, &owner).await;
        let file = owner.file(owner.root, "a", "text").await;
        let path = format!("/api/v1/nodes/{}/versions/{}", text(&file["id"]), text(&file["version"]["id"]));
        viewer.patch(&path, json!({"label": "x"})).await.refused(404, "not_found");
        for bad in ["", "  ", "a\nb", &"x".repeat(101)] {
            owner.patch(&path, json!({"label": bad})).await.refused(422, "field_invalid");
        }
        assert_eq!(owner.patch(&path, json!({"label": " sent to the printer "})).await.expect(200).json()["label"], "sent to the printer");
        assert_eq!(owner.patch(&path, json!({"label": null})).await.expect(200).json()["label"], Value::Null);
    }

    async fn t_054_each_version_says_by_whom_through_what_and_in_which_request(app: TestApp) {
        let owner = Owner::of(&app).await;
        app.database.forget_leaves().await;
        let file = owner.file(owner.root, "a", "by a browser").await;
        let token = TokenWriter::of(&app, &owner).await;
        let version = format!("\"{}\"", text(&file["version"]["id"]));
        let path = format!("/api/v1/nodes/{}/content", text(&file["id"]));
        token.put(&path, "by a token").header("if-match", &version).send().await.expect(200);
        let leaves = app.database.leaves().await;
        let mut seen = 0;
        for leaf in leaves.iter().filter(|leaf| leaf["d"]["version"].is_string()) {
            let (created_by, via, request) = app.database.provenance(id::<carrel_ids::VersionId>(&leaf["d"]["version"]).uuid()).await;
            assert_eq!((created_by.to_string().as_str(), via.to_string().as_str(), request.to_string().as_str()),
                (text(&leaf["actor"]["id"]), text(&leaf["actor"]["s"]), text(&leaf["req"])), "{leaf}");
            seen += 1;
        }
        assert_eq!(seen, 2, "{leaves:#?}");
    }

    async fn t_066_versions_grow_thinner_and_no_file_loses_its_content(app: TestApp) {
        let owner = Owner::of(&app).await;
        let mut file = owner.file(owner.root, "a", "0").await;
        let labelled = file["version"]["id"].clone();
        for number in 1..10 {
            file = owner.save(&file, number.to_string()).await;
        }
        let versions = format!("/api/v1/nodes/{}/versions", text(&file["id"]));
        owner.patch(&format!("{versions}/{}", text(&labelled)), json!({"label": "kept"})).await.expect(200);
        let stale = format!("\"{}\"", text(&labelled));
        owner.put(&format!("/api/v1/nodes/{}/content", text(&file["id"])), "lost").header("if-match", &stale).send().await.expect(412);
        let at = |days: i64| Timestamp::now().plus(Duration::days(days));
        assert_eq!(turn(&app.cloud, &mut Rounds::default(), at(0)).await.unwrap().thinned, 0);
        app.database.forget_leaves().await;
        // All of one hour: the current one, the one that lost, the one with a label. The last of the hour may be of the next.
        let done = turn(&app.cloud, &mut Rounds::default(), at(2)).await.unwrap();
        let left = owner.get(&versions).await.json()["items"].as_array().unwrap().len();
        assert!((3..=4).contains(&left) && done.thinned == 11 - i64::try_from(left).unwrap(), "{done:?} {left}");
        let leaf = &app.database.leaves().await[0];
        assert_eq!((leaf["act"].as_str(), leaf["actor"]["t"].as_str(), leaf["d"]["versions"].as_i64()), (Some("version.thin"), Some("system"), Some(done.thinned)), "{leaf}");
        turn(&app.cloud, &mut Rounds::default(), at(40)).await.unwrap();
        assert_eq!(owner.get(&format!("/api/v1/nodes/{}/content", text(&file["id"]))).await.body, b"9");
        let list = owner.get(&versions).await.json();
        assert!(list["items"].as_array().unwrap().iter().any(|version| version["id"] == labelled), "{list}");
    }
}
