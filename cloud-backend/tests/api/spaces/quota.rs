//! How much fits into a space: never a byte more, however many come at once, and counted exactly.

use carrel_cloud_backend::app::count_use;
use carrel_ids::SpaceId;
use futures_util::future::join_all;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::Team;
use crate::{
    actors::{Administrator, Owner, files_path, id},
    app::{Backend, both, spawn_app_with},
    client::Client,
    internal_client::Ide,
    people::{Root, admin, logged},
};

/// Sets a quota as an administrator does.
async fn set_quota(root: &Client, space: SpaceId, quota: Value) {
    let path = admin(format_args!("spaces/{space}/quota"));
    root.call(Method::PUT, &path).json(&json!({"quota": quota})).send().await.expect(204);
}

both! {
    async fn t_060_of_fifty_uploads_at_once_exactly_those_that_fit_are_kept(app: TestApp) {
        let owner = Owner::of(&app).await;
        let root = Root::of(&app).await;
        let team = Team::of(&owner, "Small").await;
        set_quota(&root, team.space, json!(10_000)).await;
        let paths: Vec<_> = (0..50).map(|number| files_path(team.root, &format!("file {number}"))).collect();
        let sent = join_all(paths.iter().map(|path| owner.put(path, vec![b'x'; 1000]).send())).await;
        let kept = sent.iter().filter(|answer| answer.status == StatusCode::CREATED).count();
        let refused = sent.iter().filter(|answer| answer.status.as_u16() == 507 && answer.error_code() == "quota_exceeded").count();
        assert_eq!((kept, refused), (10, 40));
        let space = team.seen_by(&owner).await;
        assert_eq!((&space["used"], &space["size"], &space["quota"]), (&json!(10_000), &json!(10_000), &json!(10_000)));
        // What has no content still fits.
        owner.file(team.root, "empty", "").await;
        owner.folder(team.root, "folder").await;
        assert_eq!(count_use(&app.cloud).await.unwrap(), 0);
    }

    async fn every_version_counts_also_in_the_trash(app: TestApp) {
        let owner = Owner::of(&app).await;
        let root = Root::of(&app).await;
        let team = Team::of(&owner, "Small").await;
        set_quota(&root, team.space, json!(100)).await;
        let file = owner.file(team.root, "a", vec![b'x'; 40]).await;
        let file = owner.save(&file, vec![b'y'; 40]).await;
        let used = async || team.seen_by(&owner).await["used"].as_i64().unwrap();
        assert_eq!(used().await, 80);
        let version = format!("\"{}\"", file["version"]["id"].as_str().unwrap());
        let content = format!("/api/v1/nodes/{}/content", file["id"].as_str().unwrap());
        let refused = owner.put(&content, vec![b'z'; 21]).header("if-match", &version).send().await.refused(507, "quota_exceeded");
        let message = refused.json()["error"]["message"].as_str().unwrap().to_owned();
        assert!(message.contains("20 bytes") && message.contains("21"), "{message}");
        owner.delete(&format!("/api/v1/nodes/{}", file["id"].as_str().unwrap())).await.expect(204);
        assert_eq!(used().await, 80);
        owner.put(&files_path(team.root, "b"), vec![b'z'; 21]).send().await.refused(507, "quota_exceeded");
        // Of unknown length: refused when it is there, and nothing of it is left.
        let chunks = futures_util::stream::iter((0..3).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 10])));
        let call = owner.call(Method::PUT, &files_path(team.root, "b")).body(reqwest::Body::wrap_stream(chunks));
        call.send().await.refused(507, "quota_exceeded");
        assert!(owner.names(team.root).await.is_empty());
        // A quota below what is there keeps that and takes no more; without one everything fits again.
        set_quota(&root, team.space, json!(10)).await;
        owner.put(&files_path(team.root, "b"), "x").send().await.refused(507, "quota_exceeded");
        set_quota(&root, team.space, json!(null)).await;
        owner.file(team.root, "b", vec![b'z'; 1000]).await;
        assert_eq!(used().await, 1080);
    }

    async fn a_workspace_does_not_save_more_than_fits(app: TestApp) {
        let owner = Owner::of(&app).await;
        let root = Root::of(&app).await;
        let folder = owner.folder(owner.root, "project").await;
        let ide = Ide::of(&app);
        let sandbox = ide.running(ide.join(&owner, owner.workspace(folder).await).await.id).await;
        set_quota(&root, owner.space, json!(8)).await;
        let saved = ide.save(sandbox, "a", None, "12345").await;
        ide.try_save(sandbox, "b", None, "1234").await.refused(507, "quota_exceeded");
        ide.try_save(sandbox, "a", Some(saved.version), "1234").await.refused(507, "quota_exceeded");
        ide.save(sandbox, "b", None, "123").await;
        assert_eq!(owner.names(folder).await, ["a", "b"]);
    }

    async fn three_answers_for_three_ways_of_too_much(app: TestApp) {
        let owner = Owner::of(&app).await;
        let root = Root::of(&app).await;
        set_quota(&root, owner.space, json!(1000)).await;
        let too_much = vec![b'x'; usize::try_from(crate::app::MAX_UPLOAD).unwrap() + 1];
        owner.put(&files_path(owner.root, "a"), too_much).send().await.refused(413, "content_too_large");
        owner.put(&files_path(owner.root, "a"), vec![b'x'; 1001]).send().await.refused(507, "quota_exceeded");
        owner.file(owner.root, "a", vec![b'x'; 1000]).await;
    }

    async fn a_wrong_count_is_mended_and_told(app: TestApp) {
        let owner = Owner::of(&app).await;
        let team = Team::of(&owner, "Team").await;
        owner.file(team.root, "a", "12345").await;
        owner.file(owner.root, "b", "123").await;
        app.database.forget_leaves().await;
        assert_eq!(count_use(&app.cloud).await.unwrap(), 0);
        assert_eq!(logged(&app, "space.use_mend", "ok").await, 0);
        app.database.execute("UPDATE spaces SET used = 99 WHERE id = $1", &[team.space.uuid()]).await;
        app.database.execute("UPDATE spaces SET used = -1 WHERE id = $1", &[owner.space.uuid()]).await;
        assert_eq!(count_use(&app.cloud).await.unwrap(), 2);
        assert_eq!(logged(&app, "space.use_mend", "ok").await, 2);
        assert_eq!(team.seen_by(&owner).await["used"], 5);
        assert_eq!(count_use(&app.cloud).await.unwrap(), 0);
    }

    async fn t_041_whoever_looks_after_the_machine_sees_sizes_and_no_content(app: TestApp) {
        let owner = Owner::of(&app).await;
        let root = Root::of(&app).await;
        let team = Team::of(&owner, "Team").await;
        let file = owner.file(team.root, "a", "12345").await;
        set_quota(&root, team.space, json!(50)).await;
        let mut found = Vec::new();
        let mut after = String::new();
        loop {
            let page = root.get(&admin(format_args!("spaces?limit=1{after}"))).await.expect(200).json();
            assert!(page["items"].as_array().unwrap().len() <= 1);
            assert_eq!(page["default_quota"], json!(null));
            found.extend(page["items"].as_array().unwrap().clone());
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        assert_eq!(found.len(), 3, "{found:?}");
        let shown = found.iter().find(|space| space["id"] == json!(team.space)).unwrap();
        let expected = json!({"id": team.space, "kind": "team", "name": "Team", "owner": null, "used": 5, "quota": 50, "archived_at": null});
        assert_eq!(shown, &expected);
        let personal = found.iter().find(|space| space["id"] == json!(owner.space)).unwrap();
        assert_eq!((&personal["owner"]["id"], &personal["owner"]["name"]), (&json!(owner.id), &json!("olivia.owner")));
        for path in [team.path(""), team.path("/members"), format!("/api/v1/nodes/{}", team.root), format!("/api/v1/nodes/{}/content", file["id"].as_str().unwrap())] {
            root.get(&path).await.refused(404, "not_found");
        }
        let path = admin(format_args!("spaces/{}/quota", team.space));
        for bad in [json!(-1), json!(1_i64 << 60)] {
            root.call(Method::PUT, &path).json(&json!({"quota": bad})).send().await.refused(422, "field_invalid");
        }
        for bad in [json!({}), json!({"quota": "5"}), json!({"quota": 1.5})] {
            root.call(Method::PUT, &path).json(&bad).send().await.refused(400, "bad_request");
        }
        let missing = admin(format_args!("spaces/{}/quota", SpaceId::new()));
        root.call(Method::PUT, &missing).json(&json!({"quota": 5})).send().await.refused(404, "not_found");
        assert_eq!(logged(&app, "space.quota", "ok").await, 1);
        // T-15: not without a fresh second factor.
        Administrator::of(&app).await.get("/api/v1/admin/spaces").await.refused(403, "elevation_required");
    }
}

async fn the_instances_quota_counts(backend: Backend) {
    let app = spawn_app_with(backend, |config| config.default_quota_bytes = Some(10)).await;
    let owner = Owner::of(&app).await;
    let root = Root::of(&app).await;
    let team = Team::of(&owner, "Team").await;
    assert_eq!(team.seen_by(&owner).await["quota"], 10);
    owner.put(&files_path(team.root, "a"), "more than ten").send().await.refused(507, "quota_exceeded");
    owner.put(&files_path(owner.root, "a"), "more than ten").send().await.refused(507, "quota_exceeded");
    set_quota(&root, owner.space, json!(100)).await;
    owner.file(owner.root, "a", "more than ten").await;
    let list = root.get(&admin(format_args!("spaces"))).await.expect(200).json();
    assert_eq!(list["default_quota"], 10);
    let own =
        list["items"].as_array().unwrap().iter().find(|space| id::<SpaceId>(&space["id"]) == owner.space).unwrap();
    assert_eq!((&own["quota"], &own["used"]), (&json!(100), &json!(13)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_space_without_a_quota_has_the_instances_on_sqlite() {
    the_instances_quota_counts(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_space_without_a_quota_has_the_instances_on_postgres() {
    the_instances_quota_counts(Backend::Postgres).await;
}
