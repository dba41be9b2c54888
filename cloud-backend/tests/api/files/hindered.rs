//! Others in the way: the database ends an act for the sake of another, or lets it wait too long; many come at once; the collector takes
//! what somebody is bringing. Nobody hears of it but as "try again", and of most not even that.

use futures_util::future::join_all;
use reqwest::Method;
use time::Duration;
use tokio::time::sleep;

use super::collector::{destroy, turn_in};
use crate::{
    actors::{AppPassword, Owner, files_path},
    app::{Backend, both, spawn_app},
    database::Direct,
    dav::{HOME, dav},
    spaces::Team,
    uploads::{patch, replacing, upload_path},
};

both! {
    async fn t_060_of_256_uploads_at_once_each_becomes_a_file(app: TestApp) {
        let owner = Owner::of(&app).await;
        let uploads = (0..256).map(|number| {
            let owner = &owner;
            async move {
                let content = format!("content {}", number % 200);
                let name = format!("file {number}");
                // Nobody waits without an end: on a machine with much else to do some hear when to come again, and nothing else.
                loop {
                    let put = owner.put(&files_path(owner.root, &name), content.clone()).header("if-none-match", "*").send().await;
                    if put.status != 503 {
                        put.expect(201);
                        break;
                    }
                    assert!(put.refused(503, "busy").header("retry-after").is_some());
                    sleep(std::time::Duration::from_secs(1)).await;
                }
            }
        });
        join_all(uploads).await;
        assert_eq!(owner.names(owner.root).await.len(), 256);
        assert_eq!(carrel_cloud_backend::app::count_use(&app.cloud).await.unwrap(), 0, "no drift");
    }

    async fn t_066_through_every_door_content_comes_back_that_the_collector_took(app: TestApp) {
        let owner = Owner::of(&app).await;
        let program = AppPassword::of(&app, &owner).await;
        let team = Team::of(&owner, "Expedition").await;
        let uploader = crate::actors::Person::signed_in(&app, "ulla.uploader", &[carrel_cloud_backend::authz::Role::Member]).await;
        team.let_in(&owner, &uploader, "uploader").await;
        let other = owner.file(owner.root, "other", "other").await;
        for (door, content) in ["json", "save", "stale save", "dav put", "dav save", "dav lock", "form", "upload", "pieces", "uploader"].into_iter().zip(1..) {
            let content = if door == "dav lock" { String::new() } else { format!("content {content}") };
            // It was here, nobody wanted it any more, and it is gone.
            destroy(&owner, &owner.file(owner.root, "was here", content.clone()).await).await;
            assert!(turn_in(&app, 3).await >= 1, "{door}");
            let path = files_path(owner.root, door);
            let new = owner.put(&path, content.clone()).header("if-none-match", "*");
            let current = async |name: &str| {
                let list = owner.get(&format!("/api/v1/nodes/{}/children", owner.root)).await.expect(200).json();
                list["items"].as_array().unwrap().iter().find(|node| node["name"] == name).unwrap().clone()
            };
            match door {
                "json" => drop(new.send().await.expect(201)),
                "save" => drop(owner.save(&current("other").await, content.clone()).await),
                "stale save" => {
                    let first = format!("\"{}\"", other["version"]["id"].as_str().unwrap());
                    let path = format!("/api/v1/nodes/{}/content", other["id"].as_str().unwrap());
                    let kept = owner.put(&path, content.clone()).header("if-match", &first).send().await.refused(412, "version_changed");
                    let path = format!("/api/v1/nodes/{}/versions/{}/content", other["id"].as_str().unwrap(), kept.header("carrel-version-id").unwrap());
                    assert_eq!(owner.get(&path).await.expect(200).body, content.as_bytes());
                    continue;
                }
                "dav put" => drop(dav(&program, "PUT", &format!("{HOME}/new")).body(content.clone()).send().await.expect(201)),
                "dav save" => drop(dav(&program, "PUT", &format!("{HOME}/other")).body(content.clone()).send().await.expect(204)),
                "dav lock" => drop(dav(&program, "LOCK", &format!("{HOME}/locked")).body(crate::dav::LOCK).send().await.expect(201)),
                "form" => {
                    let form = format!("--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"formed\"\r\n\r\n{content}\r\n--x--\r\n");
                    let call = owner.call(Method::POST, &format!("/api/v1/nodes/{}/files/form", owner.root));
                    let answer = call.header("content-type", "multipart/form-data; boundary=x").body(form).send().await.expect(201).json();
                    assert!(answer["items"][0]["error"].is_null(), "{answer}");
                }
                "upload" => {
                    let begin = replacing(&owner, owner.root, "at once", None).header("upload-length", &content.len().to_string());
                    begin.header("content-type", "application/offset+octet-stream").body(content.clone()).send().await.expect(201);
                }
                "pieces" => {
                    let begun = replacing(&owner, owner.root, "in pieces", None).header("upload-length", &content.len().to_string()).send().await.expect(201);
                    let path = upload_path(&app.base, &begun);
                    patch(&owner, &path, 0, &content.as_bytes()[..3]).send().await.expect(204);
                    patch(&owner, &path, 3, &content.as_bytes()[3..]).send().await.expect(204);
                }
                _ => {
                    let put = uploader.put(&files_path(team.root, "brought"), content.clone()).send().await.expect(202).json();
                    assert_eq!(put["name"], "brought");
                }
            }
            let (name, folder) = match door {
                "json" => ("json", owner.root),
                "save" | "dav save" => ("other", owner.root),
                "dav put" => ("new", owner.root),
                "dav lock" => ("locked", owner.root),
                "form" => ("formed", owner.root),
                "upload" => ("at once", owner.root),
                "pieces" => ("in pieces", owner.root),
                _ => ("brought", team.root),
            };
            let list = owner.get(&format!("/api/v1/nodes/{folder}/children")).await.expect(200).json();
            let node = list["items"].as_array().unwrap().iter().find(|node| node["name"] == name).unwrap_or_else(|| panic!("{door}: {list}")).clone();
            let read = owner.get(&format!("/api/v1/nodes/{}/content", node["id"].as_str().unwrap())).await.expect(200);
            assert_eq!(read.body, content.as_bytes(), "{door}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_act_that_postgres_ends_in_a_deadlock_is_done_all_the_same() {
    let app = spawn_app(Backend::Postgres).await;
    let owner = Owner::of(&app).await;
    let node = owner.file(owner.root, "a", "text").await;
    let node = node["id"].as_str().unwrap();
    owner.delete(&format!("/api/v1/nodes/{node}")).await.expect(204);
    let Direct::Postgres(pool) = &app.database else { panic!("another database") };
    let mut other = pool.begin().await.unwrap();
    sqlx::query("SELECT id FROM blobs FOR UPDATE").execute(&mut *other).await.unwrap();
    // The act has the space and waits for the blob; the other has the blob and comes for the space. The database ends the one that has
    // waited for a second, and that is the act.
    let crossing = async {
        sleep(std::time::Duration::from_millis(300)).await;
        let space = sqlx::query("UPDATE spaces SET change = change WHERE id = $1").bind(owner.space.uuid());
        space.execute(&mut *other).await.unwrap();
        other.rollback().await.unwrap();
    };
    let path = format!("/api/v1/spaces/{}/trash/{node}", owner.space);
    let (answer, ()) = futures_util::future::join(owner.delete(&path), crossing).await;
    answer.expect(204);
    assert_eq!(app.database.count("SELECT COUNT(*) FROM versions").await, 0);
    let ended = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    let seen =
        carrel_test_support::wait_until(std::time::Duration::from_secs(20), "the count of deadlocks", async || {
            (app.database.count(ended).await > 0).then_some(())
        });
    seen.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_another_process_holds_sqlite_writers_hear_when_to_come_again() {
    let app = spawn_app(Backend::Sqlite).await;
    let owner = Owner::of(&app).await;
    let Direct::Sqlite(pool) = &app.database else { panic!("another database") };
    let mut other = pool.acquire().await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *other).await.unwrap();
    let put = || owner.put(&files_path(owner.root, "a"), "text").header("if-none-match", "*").send();
    let refused = put().await.refused(503, "busy");
    assert!(refused.header("retry-after").is_some_and(|seconds| seconds.parse::<u32>().is_ok()), "{refused:?}");
    assert_eq!(owner.names(owner.root).await, [""; 0], "and can be read meanwhile");
    sqlx::query("ROLLBACK").execute(&mut *other).await.unwrap();
    put().await.expect(201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_067_halves_that_a_crash_left_beside_blobs_go_after_a_day() {
    use carrel_cloud_backend::{
        keeping::{Rounds, turn},
        store::Timestamp,
    };
    let app = spawn_app(Backend::Sqlite).await;
    let folder = app.data.join("store/blobs/07");
    std::fs::create_dir_all(&folder).unwrap();
    let (old, young) = (folder.join(format!("{}#1", "a".repeat(62))), folder.join(format!("{}#1", "b".repeat(62))));
    for path in [&old, &young] {
        std::fs::write(path, "half of").unwrap();
    }
    let then = std::time::SystemTime::now() - std::time::Duration::from_secs(25 * 3600);
    std::fs::File::options().write(true).open(&old).unwrap().set_modified(then).unwrap();
    let mut rounds = Rounds::default();
    for _ in 0..256 {
        turn(&app.cloud, &mut rounds, Timestamp::now().plus(Duration::ZERO)).await.unwrap();
    }
    assert_eq!((old.exists(), young.exists()), (false, true));
}
