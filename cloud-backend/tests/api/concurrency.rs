//! Many at once: exactly one wins, and nobody's work is lost.

use futures_util::future::join_all;
use reqwest::StatusCode;
use serde_json::json;

use crate::{
    actors::{Owner, files_path, id},
    app::both,
    client::Answer,
    internal_client::Ide,
};

fn with_status(answers: &[Answer], status: StatusCode) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

both! {
    async fn sixteen_uploads_into_one_folder_all_arrive(app: TestApp) {
        let owner = Owner::of(&app).await;
        let folder = owner.folder(owner.root, "folder").await;
        let names: Vec<_> = (0..16).map(|number| format!("file {number}")).collect();
        let files = join_all(names.iter().map(|name| owner.file(folder, name, name.repeat(10_000)))).await;
        assert_eq!(owner.names(folder).await, names);
        assert_eq!(owner.node(owner.root).await["size"], names.iter().map(String::len).sum::<usize>() * 10_000);
        // Each change of the space has a number of its own.
        let mut etags: Vec<u64> = files.iter().map(|node| node["etag"].as_str().unwrap().parse().unwrap()).collect();
        etags.sort_unstable();
        etags.dedup();
        assert_eq!(etags.len(), 16);
        assert_eq!(owner.node(folder).await["etag"], etags.last().unwrap().to_string());
    }

    async fn of_parallel_creates_of_one_name_exactly_one_is_made(app: TestApp) {
        let owner = Owner::of(&app).await;
        let path = files_path(owner.root, "one");
        let files = join_all((0..16).map(|number| owner.put(&path, format!("{number}")).header("if-none-match", "*").send())).await;
        assert_eq!((with_status(&files, StatusCode::CREATED), with_status(&files, StatusCode::CONFLICT)), (1, 15));
        let folders = format!("/api/v1/nodes/{}/folders", owner.root);
        let made = join_all((0..16).map(|_| owner.post(&folders, json!({"name": "folder"})))).await;
        assert_eq!((with_status(&made, StatusCode::CREATED), with_status(&made, StatusCode::CONFLICT)), (1, 15));
        let used = join_all((0..16).map(|_| owner.post(&folders, json!({"name": "used", "existing": "use"})))).await;
        assert_eq!((with_status(&used, StatusCode::CREATED), with_status(&used, StatusCode::OK)), (1, 15));
        let workspaces = join_all((0..8).map(|_| owner.post("/api/v1/workspaces", json!({"folder_id": owner.root})))).await;
        assert_eq!((with_status(&workspaces, StatusCode::CREATED), with_status(&workspaces, StatusCode::OK)), (1, 7));
        assert_eq!(owner.names(owner.root).await, ["folder", "used", "one"]);
    }

    async fn t_052_of_parallel_saves_from_one_version_exactly_one_is_kept(app: TestApp) {
        let owner = Owner::of(&app).await;
        let file = owner.file(owner.root, "a", "base").await;
        let path = format!("/api/v1/nodes/{}/content", file["id"].as_str().unwrap());
        let version = format!("\"{}\"", file["version"]["id"].as_str().unwrap());
        let saves = join_all((0..16).map(|number| owner.put(&path, format!("save {number}")).header("if-match", &version).send())).await;
        assert_eq!((with_status(&saves, StatusCode::OK), with_status(&saves, StatusCode::PRECONDITION_FAILED)), (1, 15));
        let winner = saves.iter().position(|answer| answer.status == StatusCode::OK).unwrap();
        assert_eq!(owner.get(&path).await.body, format!("save {winner}").as_bytes());
        // One won, and what the others sent lies beside it.
        assert_eq!(app.database.count("SELECT COUNT(*) FROM versions WHERE origin = 'upload'").await, 2);
        assert_eq!(app.database.count("SELECT COUNT(*) FROM versions WHERE origin = 'conflict'").await, 15);
    }

    async fn t_052_a_save_beside_a_deletion_in_a_workspace_is_never_deleted_with_it(app: TestApp) {
        let owner = Owner::of(&app).await;
        let folder = owner.folder(owner.root, "project").await;
        let ide = Ide::of(&app);
        let sandbox = ide.running(ide.join(&owner, owner.workspace(folder).await).await.id).await;
        for round in 0..12 {
            let name = format!("file {round}");
            let file = owner.file(folder, &name, "one").await;
            let (path, version) = (format!("/api/v1/nodes/{}/content", file["id"].as_str().unwrap()), id(&file["version"]["id"]));
            let save = owner.put(&path, "two").header("if-match", &format!("\"{version}\"")).send();
            let (saved, removed) = futures_util::future::join(save, ide.remove(sandbox, &name, Some(version))).await;
            assert_ne!(saved.status == StatusCode::OK, removed, "one of both: {}", saved.status);
            assert_eq!(owner.names(folder).await.contains(&name), saved.status == StatusCode::OK);
        }
        // A file that comes while its folder goes.
        for round in 0..12 {
            let name = format!("folder {round}");
            let inner = owner.folder(folder, &name).await;
            let path = files_path(inner, "new");
            let put = owner.put(&path, "new").header("if-none-match", "*").send();
            let (put, removed) = futures_util::future::join(put, ide.remove(sandbox, &name, None)).await;
            assert_ne!(put.status == StatusCode::CREATED, removed, "one of both: {}", put.status);
        }
    }

    async fn t_040_uploads_beside_a_trash_of_the_folder_above_keep_the_size_right(app: TestApp) {
        let owner = Owner::of(&app).await;
        for round in 0..6 {
            let outer = owner.folder(owner.root, &format!("outer {round}")).await;
            let inner = owner.folder(outer, "inner").await;
            let (path, outer) = (format!("/api/v1/nodes/{outer}"), outer);
            let paths: Vec<_> = (0..8).map(|number| files_path(inner, &format!("file {number}"))).collect();
            let uploads = join_all(paths.iter().map(|path| owner.put(path, vec![b'x'; 1000]).send()));
            let trash = owner.delete(&path);
            let (answers, trashed) = tokio::join!(uploads, trash);
            trashed.expect(204);
            assert_eq!(owner.node(owner.root).await["size"], 0, "round {round}");
            let back = owner.post(&format!("{path}/restore"), json!({})).await.expect(200).json();
            let made = owner.names(inner).await.len();
            assert_eq!(back["size"], made * 1000);
            // A file that was made just before the trash may be hidden when its answer is written.
            assert!(made >= with_status(&answers, StatusCode::CREATED));
            owner.delete(&format!("/api/v1/nodes/{outer}")).await.expect(204);
        }
    }
}
