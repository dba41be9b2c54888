//! Where content is kept: a bucket of an S3 server that fails, and encryption. That files behave as on a disk is shown by the tests of
//! files themselves, with `CARREL_TEST_CONTENT`.

mod bucket;
mod sealed;

use bytes::Bytes;
use carrel_cloud_backend::{
    authz::LocalAdministrator,
    content::{BlobId, ContentError, ContentStore, ReceiveLimits},
    keeping::fsck::{Report, fsck},
};
use futures_util::{Stream, TryStreamExt as _, stream};

use crate::app::TestApp;

const MIB: usize = 1024 * 1024;

/// Different bytes everywhere, so that a piece in the wrong place shows.
fn bytes(size: usize, seed: usize) -> Vec<u8> {
    (0..size).map(|n| u8::try_from((n / 7 + n / 4096 + seed) % 251).unwrap()).collect()
}

fn pieces(content: &[u8]) -> impl Stream<Item = Result<Bytes, ()>> + Unpin + use<> {
    stream::iter(content.chunks(100_000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect::<Vec<_>>())
}

async fn receive(store: &ContentStore, content: &[u8]) -> Result<BlobId, ContentError> {
    let limits = ReceiveLimits { max_size: 1 << 30, exact_size: None, sha256: None };
    store.receive(pieces(content), limits).await.map(|stored| stored.blob)
}

async fn read(
    store: &ContentStore,
    blob: BlobId,
    range: Option<std::ops::Range<u64>>,
) -> Result<Vec<u8>, ContentError> {
    let read: Vec<Bytes> = store.read(blob, range).await?.try_collect().await?;
    Ok(read.concat())
}

async fn report(app: &TestApp) -> Report {
    fsck(&app.cloud.store, &app.cloud.content, &LocalAdministrator::of_machine(), true, |_| {}).await.unwrap()
}

/// All sizes at which something changes come back whole and in ranges, and lie in the store once.
async fn comes_back(store: &ContentStore) {
    for size in [0, 1, 65_535, 65_536, 65_537, MIB + 1, 8 * MIB, 8 * MIB + 1, 17 * MIB + 5] {
        let content = bytes(size, 1);
        let blob = receive(store, &content).await.unwrap();
        assert_eq!(receive(store, &content).await.unwrap(), blob);
        assert!(read(store, blob, None).await.unwrap() == content, "{size}");
        assert!(store.verify(blob).await.unwrap());
        for (from, to) in [(0, 1), (0, size), (size / 2, size), (65_530, 65_540), (size.saturating_sub(1), size)] {
            if from < to && to <= size {
                let range = read(store, blob, Some(from as u64..to as u64)).await.unwrap();
                assert!(range == content[from..to], "{size}: {from}..{to}");
            }
        }
    }
    let mut found = 0;
    for prefix in 0..=u8::MAX {
        found += store.found(prefix).await.unwrap().len();
    }
    assert_eq!(found, 9);
}
