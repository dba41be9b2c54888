//! Content that nothing names leaves the store; content that somebody is about to name never does. And what `carrel fsck` finds.

use carrel_cloud_backend::{
    authz::LocalAdministrator,
    keeping::{
        Rounds,
        fsck::{Problem, Report, fsck},
        turn,
    },
    store::Timestamp,
};
use futures_util::future::join_all;
use serde_json::Value;
use time::Duration;

use crate::{
    actors::{Owner, files_path},
    app::{TestApp, both},
};

pub(super) async fn turn_in(app: &TestApp, days: i64) -> usize {
    turn(&app.cloud, &mut Rounds::default(), Timestamp::now().plus(Duration::days(days))).await.unwrap().collected
}

async fn report(app: &TestApp, read: bool) -> Report {
    fsck(&app.cloud.store, &app.cloud.content, &LocalAdministrator::of_machine(), read, |_| {}).await.unwrap()
}

/// Deletes a file for good.
pub(super) async fn destroy(owner: &Owner, node: &Value) {
    let node = node["id"].as_str().unwrap();
    owner.delete(&format!("/api/v1/nodes/{node}")).await.expect(204);
    owner.delete(&format!("/api/v1/spaces/{}/trash/{node}", owner.space)).await.expect(204);
}

both! {
    async fn t_066_content_that_comes_again_is_not_collected(app: TestApp) {
        let owner = Owner::of(&app).await;
        let first = owner.file(owner.root, "a", "the same").await;
        destroy(&owner, &first).await;
        assert_eq!(report(&app, false).await.reclaimable_bytes, 8);
        // Named again before its day is over.
        let second = owner.file(owner.root, "b", "the same").await;
        assert_eq!((turn_in(&app, 3).await, report(&app, true).await.reclaimable_blobs), (0, 0));
        destroy(&owner, &second).await;
        assert_eq!(turn_in(&app, 3).await, 1);
        assert_eq!(app.stored_files().len(), 0);
        // Sent anew when it was gone: the first request is answered, whatever the collector remembers.
        let third = owner.file(owner.root, "c", "the same").await;
        assert_eq!(owner.get(&format!("/api/v1/nodes/{}/content", third["id"].as_str().unwrap())).await.body, b"the same");
        assert_eq!(app.database.count("SELECT COUNT(*) FROM blob_removals").await, 0);
        let report = report(&app, true).await;
        assert!(report.is_clean() && report.blobs == 1 && report.read_bytes == 8, "{report:?}");
    }

    async fn t_066_the_collector_and_uploads_of_the_same_content_lose_nothing(app: TestApp) {
        let owner = Owner::of(&app).await;
        let rounds = 12;
        let upload = async |worker: usize| {
            for round in 0..rounds {
                let name = format!("file {worker} {round}");
                let made = owner.put(&files_path(owner.root, &name), format!("content {}", round % 3)).header("if-none-match", "*").send().await;
                // 503: it was collected in this very moment, and is to be sent again.
                if made.status == 503 {
                    made.refused(503, "busy");
                    continue;
                }
                let node = made.expect(201).json();
                let content = owner.get(&format!("/api/v1/nodes/{}/content", node["id"].as_str().unwrap())).await.expect(200);
                assert_eq!(content.body, format!("content {}", round % 3).as_bytes());
                if round + 1 < rounds {
                    destroy(&owner, &node).await;
                }
            }
        };
        let collect = async {
            let mut collected = 0;
            for _ in 0..40 {
                collected += turn_in(&app, 3).await;
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
            collected
        };
        let (_, collected) = futures_util::future::join(join_all((0..3).map(upload)), collect).await;
        println!("{collected} blobs collected meanwhile");
        assert!(collected > 0);
        let report = report(&app, true).await;
        assert!(report.is_clean(), "{report:?}");
    }

    async fn t_067_content_whose_request_ended_before_the_database_is_adopted_and_goes(app: TestApp) {
        use carrel_cloud_backend::content::ReceiveLimits;
        let content = b"nobody names this";
        let stream = futures_util::stream::iter([Ok::<_, ()>(bytes::Bytes::from_static(content))]);
        let limits = ReceiveLimits { max_size: 100, exact_size: None, sha256: None };
        let stored = app.cloud.content.receive(stream, limits).await.unwrap();
        assert_eq!((report(&app, false).await.recent_objects, report(&app, false).await.unreferenced_objects), (1, 0));
        let around = async |days: i64| {
            let mut rounds = Rounds::default();
            let (mut adopted, mut collected) = (0, 0);
            for _ in 0..256 {
                let done = turn(&app.cloud, &mut rounds, Timestamp::now().plus(Duration::days(days))).await.unwrap();
                (adopted, collected) = (adopted + done.adopted, collected + done.collected);
            }
            (adopted, collected)
        };
        assert_eq!(around(0).await, (0, 0));
        // Adopted in one turn, and a day old for the next.
        assert_eq!(around(2).await, (1, usize::from(stored.blob.as_bytes()[0] < 255)));
        assert!(!app.cloud.content.exists(stored.blob).await.unwrap());
    }

    async fn fsck_finds_what_is_missing_cut_changed_or_unknown(app: TestApp) {
        let owner = Owner::of(&app).await;
        for name in ["whole", "missing", "cut", "changed"] {
            owner.file(owner.root, name, format!("content of {name}")).await;
        }
        let clean = report(&app, true).await;
        assert!(clean.is_clean() && clean.findings.is_empty() && clean.blobs == 4 && clean.versions == 4, "{clean:?}");
        let of = |name: &str| {
            app.stored_files().into_iter().find(|path| std::fs::read(path).unwrap() == format!("content of {name}").as_bytes()).unwrap()
        };
        let (missing, cut, changed) = (of("missing"), of("cut"), of("changed"));
        std::fs::remove_file(&missing).unwrap();
        std::fs::write(&cut, "content").unwrap();
        std::fs::write(&changed, "content of chamged").unwrap();
        let place = cut.parent().unwrap();
        std::fs::write(place.join("half"), "x").unwrap();
        std::fs::write(place.join("0".repeat(62)), "unknown").unwrap();
        let report = async |read: bool| {
            let report = report(&app, read).await;
            let mut found: Vec<_> = report.findings.iter().map(|finding| (finding.object.clone(), finding.problem)).collect();
            found.sort_by(|a, b| a.0.cmp(&b.0));
            (report, found)
        };
        let name = |path: &std::path::Path| path.strip_prefix(app.place.objects()).unwrap().to_str().unwrap().to_owned();
        let mut expected = vec![(name(&missing), Problem::Missing), (name(&cut), Problem::WrongSize)];
        expected.sort_by(|a, b| a.0.cmp(&b.0));
        let (quick, found) = report(false).await;
        assert_eq!((found, quick.problems, quick.strange_objects, quick.recent_objects), (expected.clone(), 2, 1, 1), "{quick:?}");
        assert!(!quick.is_clean());
        expected.push((name(&changed), Problem::WrongContent));
        expected.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(report(true).await.1, expected);
    }
}
