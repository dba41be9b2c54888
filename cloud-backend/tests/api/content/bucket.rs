//! Content in a bucket: whatever the S3 server does, what was acknowledged is there, and what was not is nowhere to be seen.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant, SystemTime},
};

use carrel_cloud_backend::content::{ContentError, ReceiveLimits};
use carrel_test_support::{
    TempData,
    faults::{Fault, Faults},
    wait_until,
};
use futures_util::{StreamExt as _, future::join_all, stream};
use serde_json::json;

use super::{MIB, bytes, comes_back, read, receive, report};
use crate::{
    actors::{Owner, files_path},
    app::{TestApp, spawn_app_in},
    content_place::{ContentPlace, KEY},
};

/// An app whose S3 server stands behind faults.
async fn faulty(patience: Duration) -> (TestApp, Faults) {
    let data = TempData::new().unwrap();
    let place = ContentPlace::bucket(data.join("bucket"));
    let faults = Faults::before(place.server()).await.unwrap();
    let through = place.through(&faults.address(), patience);
    let app = spawn_app_in(through, data, |config| config.max_upload_bytes = 64 * MIB as u64).await;
    (app, faults)
}

/// Everything in a folder, also what the server keeps beside objects.
fn everything(folder: &Path) -> Vec<PathBuf> {
    let (mut left, mut found) = (vec![folder.to_owned()], Vec::new());
    while let Some(folder) = left.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() { left.push(path) } else { found.push(path) }
        }
    }
    found
}

/// Unfinished uploads and staged objects that the server knows.
fn unfinished(folder: &Path) -> Vec<PathBuf> {
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    let mut found = everything(folder);
    found.retain(|path| {
        let beside = name(path).starts_with('.') && !name(path).starts_with(".upload");
        !beside && (name(path).starts_with(".upload") || path.components().any(|part| part.as_os_str() == "staging"))
    });
    found
}

async fn gone(folder: &Path) {
    let gone = wait_until(Duration::from_secs(20), "staged objects to go", async || {
        unfinished(folder).is_empty().then_some(())
    });
    assert!(gone.await.is_ok(), "{:?}", unfinished(folder));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn content_of_any_size_comes_back_from_a_bucket_plain_and_encrypted() {
    for keys in [None, Some(KEY)] {
        let data = TempData::new().unwrap();
        let mut place = ContentPlace::bucket(data.join("bucket"));
        place.keys = keys.map(str::to_owned);
        let store = place.open().await;
        comes_back(&store).await;
        gone(data.path()).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_066_what_an_s3_server_that_fails_did_not_take_is_not_acknowledged() {
    const FAULTS: [Fault; 5] =
        [Fault::Status500, Fault::SlowDown, Fault::CutRequest, Fault::LoseAnswer, Fault::CutAnswer];
    let (app, faults) = faulty(Duration::from_secs(5)).await;
    let owner = Owner::of(&app).await;
    // Three of four requests fail, so that the tries of many uploads are used up.
    let count = AtomicUsize::new(0);
    faults.plan(move |_| {
        let number = count.fetch_add(1, Ordering::Relaxed);
        if number.is_multiple_of(4) { Fault::None } else { FAULTS[number % FAULTS.len()] }
    });
    let (app_ref, owner_ref) = (&app, &owner);
    let upload = async |number: usize| {
        let size = [100_000, 100_001, 9 * MIB][number % 3] + number;
        let path = files_path(owner_ref.root, &format!("file {number}"));
        let call = owner_ref.put(&path, bytes(size, number)).header("if-none-match", "*");
        (number, size, call.send().await)
    };
    let mut answers = Vec::new();
    for chunk in (0..18).collect::<Vec<_>>().chunks(6) {
        answers.extend(join_all(chunk.iter().map(|number| upload(*number))).await);
    }
    faults.heal();
    let names = owner.names(owner.root).await;
    let mut taken = 0;
    for (number, size, answer) in answers {
        if answer.status == 201 {
            let id = answer.json()["id"].as_str().unwrap().to_owned();
            let content = owner.get(&format!("/api/v1/nodes/{id}/content")).await.expect(200);
            assert!(content.body == bytes(size, number), "file {number}");
            taken += 1;
        } else {
            assert_eq!(answer.header("retry-after"), Some("5"), "file {number}: {answer:?}");
            answer.refused(503, "store_unavailable");
            assert!(!names.contains(&format!("file {number}")));
        }
    }
    println!("{taken} of 18 were taken");
    assert_eq!(names.len(), taken);
    let report = report(app_ref).await;
    assert!(report.is_clean(), "{report:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_an_answer_it_is_503_soon_and_works_again_by_itself() {
    let (app, faults) = faulty(Duration::from_secs(2)).await;
    let owner = Owner::of(&app).await;
    let file = owner.file(owner.root, "there", bytes(200_000, 1)).await;
    let content = format!("/api/v1/nodes/{}/content", file["id"].as_str().unwrap());
    for fault in [Fault::Status500, Fault::Slow(Duration::from_secs(30)), Fault::CutRequest, Fault::LoseAnswer] {
        faults.plan(move |_| fault);
        let began = Instant::now();
        let path = files_path(owner.root, "new");
        let answer = owner.put(&path, bytes(200_000, 2)).header("if-none-match", "*").send().await;
        assert_eq!(answer.header("retry-after"), Some("5"), "{fault:?}");
        answer.refused(503, "store_unavailable");
        let answer = owner.get(&content).await;
        answer.refused(503, "store_unavailable");
        assert!(began.elapsed() < Duration::from_secs(60), "{fault:?}: {:?}", began.elapsed());
        assert_eq!(owner.names(owner.root).await, ["there"]);
    }
    let parts = owner.get("/api/v1/system/health").await.expect(200).json();
    let store = parts["parts"].as_array().unwrap().iter().find(|part| part["name"] == "store").unwrap().clone();
    assert_ne!(store["state"], json!("fine"), "{store}");
    faults.heal();
    assert!(owner.get(&content).await.expect(200).body == bytes(200_000, 1));
    owner.file(owner.root, "new", bytes(200_000, 2)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_that_are_lost_or_cut_off_once_are_asked_for_again() {
    let (app, faults) = faulty(Duration::from_secs(5)).await;
    let store = &app.cloud.content;
    for (number, size) in [300_000, 18 * MIB].into_iter().enumerate() {
        for fault in [Fault::LoseAnswer, Fault::CutAnswer, Fault::CutRequest, Fault::Status500] {
            let content = bytes(size, number);
            // Each address is asked once in vain.
            let mut asked = std::collections::HashSet::new();
            faults.plan(move |line| if asked.insert(line.to_owned()) { fault } else { Fault::None });
            match receive(store, &content).await {
                Ok(blob) => assert!(read(store, blob, None).await.unwrap() == content, "{fault:?} {size}"),
                // What may not be asked twice, because the first may have been done: it was not acknowledged.
                Err(error) => assert!(matches!(error, ContentError::Unavailable(_)), "{fault:?} {size}: {error:?}"),
            }
            faults.heal();
            let blob = receive(store, &content).await.unwrap();
            assert!(read(store, blob, None).await.unwrap() == content, "{fault:?} {size}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_065_uploads_that_break_off_leave_nothing_and_what_a_crash_leaves_goes_after_a_day() {
    let data = TempData::new().unwrap();
    let place = ContentPlace::bucket(data.join("bucket"));
    let store = place.open().await;
    let limits = ReceiveLimits { max_size: 1 << 30, exact_size: None, sha256: None };
    let content = bytes(20 * MIB, 3);
    let cut = super::pieces(&content).chain(stream::iter([Err(())]));
    assert!(matches!(store.receive(cut, limits).await, Err(ContentError::CutOff)));
    let wrong = ReceiveLimits { sha256: Some([1; 32]), ..limits };
    assert!(matches!(store.receive(super::pieces(&content), wrong).await, Err(ContentError::HashMismatch)));
    gone(data.path()).await;
    // As a process that was killed in the middle: nobody ends what it began.
    let forever = super::pieces(&content).chain(stream::pending());
    let mut receiving = Box::pin(store.receive(forever, limits));
    let begun = wait_until(Duration::from_secs(20), "parts to arrive", async || {
        (unfinished(data.path()).len() >= 4).then_some(())
    });
    tokio::select! {
        ended = &mut receiving => panic!("it ended: {ended:?}"),
        begun = begun => begun.unwrap(),
    }
    std::mem::forget(receiving);
    let left = unfinished(data.path());
    store.clear_staging().await.unwrap();
    assert_eq!(unfinished(data.path()), left, "another replica may be at it");
    for path in everything(&place.objects().join("staging")) {
        let two_days_ago = SystemTime::now() - Duration::from_secs(2 * 24 * 60 * 60);
        std::fs::File::options().write(true).open(path).unwrap().set_modified(two_days_ago).unwrap();
    }
    store.clear_staging().await.unwrap();
    gone(data.path()).await;
}
