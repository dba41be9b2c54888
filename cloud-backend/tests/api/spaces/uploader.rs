//! An uploader puts files and folders into a space and sees nothing of it: no list, no name, no number.

use serde_json::json;

use super::Team;
use crate::{
    actors::{Owner, Stranger, files_path, id},
    app::both,
    people::{Root, admin},
};

both! {
    async fn t_030_an_uploader_adds_and_sees_nothing(app: TestApp) {
        let (owner, stranger) = (Owner::of(&app).await, Stranger::of(&app).await);
        let team = Team::of(&owner, "Letters").await;
        let file = owner.file(team.root, "letter.txt", "the owner's").await;
        team.let_in(&owner, &stranger, "uploader").await;
        let seen = team.seen_by(&stranger).await;
        assert_eq!((&seen["role"], &seen["size"], &seen["used"], &seen["member_count"]), (&json!("uploader"), &json!(0), &json!(0), &json!(0)));
        assert_eq!(seen["abilities"], json!({"write": false, "add": true, "manage": false, "archive": false}));
        let nodes = ["", "/children", "/versions", "/content"];
        for node in [team.root.to_string(), file["id"].as_str().unwrap().to_owned()] {
            for rest in nodes {
                stranger.get(&format!("/api/v1/nodes/{node}{rest}")).await.refused(404, "not_found");
            }
            stranger.patch(&format!("/api/v1/nodes/{node}"), json!({"name": "x"})).await.refused(404, "not_found");
            stranger.delete(&format!("/api/v1/nodes/{node}")).await.refused(404, "not_found");
        }
        stranger.get(&team.path("/members")).await.refused(404, "not_found");
        stranger.post("/api/v1/workspaces", json!({"folder_id": team.root})).await.refused(404, "not_found");

        // One answer, whether the name is free or taken, and nothing in it that was not sent.
        let mut answers = Vec::new();
        for name in ["letter.txt", "free.txt"] {
            for precondition in [None, Some("*")] {
                let call = stranger.put(&files_path(team.root, name), "mine");
                let call = match precondition {
                    Some(value) => call.header("if-none-match", value),
                    None => call,
                };
                let mut answer = call.send().await.expect(202).json();
                assert_eq!((&answer["name"], &answer["size"]), (&json!(name), &json!(4)));
                let made: carrel_ids::NodeId = id(&answer["id"]);
                stranger.get(&format!("/api/v1/nodes/{made}")).await.refused(404, "not_found");
                answer["id"] = json!("");
                answer["name"] = json!("");
                answers.push(answer);
            }
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{answers:?}");
        let mut names = owner.names(team.root).await;
        names.sort_unstable();
        assert_eq!(names, ["free (2).txt", "free.txt", "letter (2).txt", "letter (3).txt", "letter.txt"]);
        assert_eq!(owner.get(&format!("/api/v1/nodes/{}/content", file["id"].as_str().unwrap())).await.body, b"the owner's");
    }

    async fn t_030_an_uploader_replaces_nothing(app: TestApp) {
        let (owner, stranger) = (Owner::of(&app).await, Stranger::of(&app).await);
        let team = Team::of(&owner, "Letters").await;
        let file = owner.file(team.root, "a", "x").await;
        team.let_in(&owner, &stranger, "uploader").await;
        let version = format!("\"{}\"", file["version"]["id"].as_str().unwrap());
        for name in ["a", "not there"] {
            stranger.put(&files_path(team.root, name), "y").header("if-match", &version).send().await.refused(412, "version_changed");
        }
        let content = format!("/api/v1/nodes/{}/content", file["id"].as_str().unwrap());
        stranger.put(&content, "y").header("if-match", &version).send().await.refused(404, "not_found");
        assert_eq!(owner.names(team.root).await, ["a"]);
        assert_eq!(app.database.count("SELECT COUNT(*) FROM versions").await, 1);
    }

    async fn a_viewer_sees_and_adds_nothing(app: TestApp) {
        let (owner, stranger) = (Owner::of(&app).await, Stranger::of(&app).await);
        let team = Team::of(&owner, "Letters").await;
        team.let_in(&owner, &stranger, "viewer").await;
        stranger.put(&files_path(team.root, "a"), "x").send().await.refused(404, "not_found");
        stranger.post(&format!("/api/v1/nodes/{}/folders", team.root), json!({"name": "b"})).await.refused(404, "not_found");
        assert_eq!(stranger.names(team.root).await, Vec::<String>::new());
        let workspace = owner.workspace(team.root).await;
        let shown = owner.get(&format!("/api/v1/workspaces/{workspace}")).await.expect(200).json();
        assert_eq!(shown["name"], "Letters");
    }

    async fn an_uploader_brings_a_folder_with_what_is_in_it(app: TestApp) {
        let (owner, stranger) = (Owner::of(&app).await, Stranger::of(&app).await);
        let team = Team::of(&owner, "Photos").await;
        let there = owner.folder(team.root, "Holiday").await;
        team.let_in(&owner, &stranger, "uploader").await;
        let path = format!("/api/v1/nodes/{}/folders", team.root);
        let made = stranger.post(&path, json!({"name": "Holiday", "existing": "use"})).await.expect(202).json();
        assert_ne!(made["id"], json!(there), "what was there is not shown");
        assert_eq!((&made["name"], &made["size"]), (&json!("Holiday"), &json!(0)));
        let folder = id(&made["id"]);
        stranger.put(&files_path(folder, "a.jpg"), "pixels").send().await.expect(202);
        assert_eq!(owner.names(team.root).await, ["Holiday", "Holiday (2)"]);
        assert_eq!(owner.names(folder).await, ["a.jpg"]);
        assert!(owner.names(there).await.is_empty());
        // A file is no folder.
        let file = owner.file(team.root, "file", "x").await;
        stranger.put(&files_path(id(&file["id"]), "b"), "x").send().await.refused(404, "not_found");
    }

    async fn many_files_of_one_name_all_arrive(app: TestApp) {
        let (owner, stranger) = (Owner::of(&app).await, Stranger::of(&app).await);
        let team = Team::of(&owner, "Letters").await;
        team.let_in(&owner, &stranger, "uploader").await;
        let path = files_path(team.root, "scan.pdf");
        let sent = futures_util::future::join_all((0..30).map(|number| stranger.put(&path, format!("{number}")).send())).await;
        for answer in sent {
            answer.expect(202);
        }
        let names = owner.names(team.root).await;
        assert_eq!(names.len(), 30);
        assert!(names.iter().all(|name| name.starts_with("scan") && name.ends_with(".pdf")), "{names:?}");
    }

    async fn t_041_an_uploader_does_not_hear_how_full_a_space_is(app: TestApp) {
        let (owner, stranger) = (Owner::of(&app).await, Stranger::of(&app).await);
        let root = Root::of(&app).await;
        let team = Team::of(&owner, "Letters").await;
        team.let_in(&owner, &stranger, "uploader").await;
        let quota = admin(format_args!("spaces/{}/quota", team.space));
        root.call(reqwest::Method::PUT, &quota).json(&json!({"quota": 10})).send().await.expect(204);
        let refused = stranger.put(&files_path(team.root, "a"), "more than ten").send().await.refused(507, "quota_exceeded");
        let message = refused.json()["error"]["message"].as_str().unwrap().to_owned();
        assert!(!message.contains(|c: char| c.is_ascii_digit()), "{message}");
        assert_eq!(team.seen_by(&stranger).await["quota"], json!(null));
    }
}
