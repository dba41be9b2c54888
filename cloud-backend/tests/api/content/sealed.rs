//! Encrypted content: nothing of it is readable in the store, nothing that was changed there is given out, and keys are rotated.

use std::path::PathBuf;

use carrel_cloud_backend::content::{ContentError, ContentKeys, ContentStore, OpenError, Rewrapped};
use carrel_test_support::TempData;

use super::{MIB, bytes, comes_back, read, receive, report};
use crate::{
    actors::Owner,
    app::{TestApp, spawn_app_in},
    content_place::{ContentPlace, KEY},
};

const NEXT_KEY: &str = "aa11bb22cc33dd44ee55ff660077889900aabbccddeeff112233445566778899";

async fn encrypted() -> TestApp {
    let data = TempData::new().unwrap();
    let place = ContentPlace::folder(data.join("store")).encrypted(KEY);
    spawn_app_in(place, data, |_| {}).await
}

fn contains(all: &[u8], part: &[u8]) -> bool {
    all.windows(part.len()).any(|window| window == part)
}

/// The one object of content, as it is stored.
fn object(app: &TestApp) -> PathBuf {
    let stored = app.stored_files();
    let [one] = stored.as_slice() else { panic!("{stored:?}") };
    one.clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn content_of_any_size_comes_back_from_an_encrypted_folder() {
    let data = TempData::new().unwrap();
    comes_back(&ContentPlace::folder(data.join("store")).encrypted(KEY).open().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_064_nothing_of_encrypted_content_is_readable_in_the_store() {
    let app = encrypted().await;
    let owner = Owner::of(&app).await;
    let mut content = bytes(300_000, 1);
    let secret = b"a sentence that nobody else may read";
    content.extend_from_slice(secret);
    let file = owner.file(owner.root, "letter", content.clone()).await;
    let stored = std::fs::read(object(&app)).unwrap();
    assert!(!contains(&stored, secret) && !contains(&stored, &content[..64]) && contains(&stored, b"CARRELS1"));
    let path = format!("/api/v1/nodes/{}/content", file["id"].as_str().unwrap());
    assert!(owner.get(&path).await.expect(200).body == content);
    let range = owner.call(reqwest::Method::GET, &path).header("range", "bytes=65530-131080").send().await.expect(206);
    assert!(range.body == content[65_530..=131_080]);
    assert_eq!(range.header("content-range"), Some("bytes 65530-131080/300036"));
    let end = owner.call(reqwest::Method::GET, &path).header("range", "bytes=-36").send().await.expect(206);
    assert_eq!(end.body, secret);
    let report = report(&app).await;
    assert!(report.is_clean() && report.blob_bytes == 300_036, "{report:?}");
    // A head, and five segments with their tags.
    assert_eq!((report.stored_bytes, report.under_earlier_keys), (300_036 + 96 + 5 * 16, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_051_what_was_changed_in_the_store_is_not_given_out() {
    let app = encrypted().await;
    let owner = Owner::of(&app).await;
    let file = owner.file(owner.root, "letter", bytes(300_000, 1)).await;
    let path = format!("/api/v1/nodes/{}/content", file["id"].as_str().unwrap());
    let place = object(&app);
    let good = std::fs::read(&place).unwrap();
    // Head and first segment: an error. Later: what came before is right, and the rest is missing.
    for at in [0, 10, 20, 60, 96, 50_000] {
        let mut changed = good.clone();
        changed[at] ^= 1;
        std::fs::write(&place, changed).unwrap();
        owner.get(&path).await.refused(500, "internal");
        assert!(!report(&app).await.is_clean(), "byte {at}");
    }
    std::fs::write(&place, &good[..good.len() - 1]).unwrap();
    let cut = report(&app).await;
    assert!(!cut.is_clean(), "{cut:?}");
    std::fs::write(&place, &good).unwrap();
    assert!(report(&app).await.is_clean());
    // Another object in its place is not taken for it.
    owner.file(owner.root, "other", bytes(300_000, 2)).await;
    let other = app.stored_files().into_iter().find(|path| *path != place).unwrap();
    std::fs::copy(&other, &place).unwrap();
    owner.get(&path).await.refused(500, "internal");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_is_encrypted_as_a_whole_or_not_at_all() {
    let data = TempData::new().unwrap();
    let keys = || Some(ContentKeys::parse(KEY).unwrap());
    let open = async |folder: &str, keys| {
        ContentStore::local(&data.join(folder), [7; 32]).await.unwrap().with_keys(keys).await
    };
    let plain = open("plain", None).await.unwrap();
    receive(&plain, &bytes(100_000, 1)).await.unwrap();
    assert!(matches!(open("plain", keys()).await, Err(OpenError::Plain)));
    let sealed = open("sealed", keys()).await.unwrap();
    receive(&sealed, &bytes(100_000, 1)).await.unwrap();
    assert!(matches!(open("sealed", None).await, Err(OpenError::KeysNeeded)));
    open("sealed", keys()).await.unwrap();
}

/// Puts content under the old key, rewraps, and reads with the new key alone.
async fn rotate(place: ContentPlace) {
    let sizes = [0, 100_000, MIB + 1, 18 * MIB];
    let old = place.clone().encrypted(KEY).open().await;
    let mut blobs = Vec::new();
    for (number, size) in sizes.into_iter().enumerate() {
        blobs.push((receive(&old, &bytes(size, number)).await.unwrap(), bytes(size, number)));
    }
    let both = place.clone().encrypted(&format!("{KEY}\n{NEXT_KEY}\n")).open().await;
    let new = bytes(100_000, 9);
    let under_new = receive(&both, &new).await.unwrap();
    for (blob, content) in &blobs {
        assert!(read(&both, *blob, None).await.unwrap() == *content);
    }
    // It is broken off, and goes on where it was.
    let mut heard = 0;
    let first = Box::pin(both.rewrap(|_| heard += 1));
    let broken_off = tokio::time::timeout(std::time::Duration::from_millis(1), first).await;
    println!("broken off: {}, after {heard} objects", broken_off.is_err());
    let done = both.rewrap(|_| {}).await.unwrap();
    assert_eq!((done.done + done.already, done.damaged), (5, 0));
    assert_eq!(both.rewrap(|_| {}).await.unwrap(), Rewrapped { done: 0, already: 5, damaged: 0 });
    let next = place.clone().encrypted(NEXT_KEY).open().await;
    blobs.push((under_new, new));
    for (blob, content) in &blobs {
        assert!(read(&next, *blob, None).await.unwrap() == *content);
        assert!(next.verify(*blob).await.unwrap());
        assert!(matches!(read(&old, *blob, None).await, Err(ContentError::Damaged)));
    }
    // What opens with no key is counted and stays.
    assert_eq!(old.rewrap(|_| {}).await.unwrap(), Rewrapped { done: 0, already: 0, damaged: 5 });
    assert!(read(&next, blobs[1].0, None).await.unwrap() == blobs[1].1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_are_rotated_in_a_folder() {
    let data = TempData::new().unwrap();
    rotate(ContentPlace::folder(data.join("store"))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_are_rotated_in_a_bucket() {
    let data = TempData::new().unwrap();
    rotate(ContentPlace::bucket(data.join("bucket"))).await;
}
