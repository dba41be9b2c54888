//! Where a test's content is kept: in a folder, in a bucket of a real S3 server, encrypted or not. `CARREL_TEST_CONTENT` says so for all
//! tests of a run (`s3`, `encrypted`, `encrypted-s3`), because what holds for one place holds for all; tests of one place name it.

use std::{path::PathBuf, sync::Arc, time::Duration};

use carrel_cloud_backend::content::{BucketSettings, ContentKeys, ContentStore};
use carrel_test_support::s3::{ACCESS_KEY_ID, BUCKET, S3Server, SECRET_ACCESS_KEY};

/// The key of tests that name none.
pub(crate) const KEY: &str = "11aa22bb33cc44dd55ee66ff77008899aabbccddeeff00112233445566778899";

#[derive(Clone)]
pub(crate) struct ContentPlace {
    folder: PathBuf,
    /// Keys as they stand in their file.
    pub(crate) keys: Option<String>,
    bucket: Option<(Arc<S3Server>, BucketSettings)>,
}

impl ContentPlace {
    /// In `folder`, as the environment says.
    pub(crate) fn of_environment(folder: PathBuf) -> Self {
        match std::env::var("CARREL_TEST_CONTENT").as_deref() {
            Ok("s3") => Self::bucket(folder),
            Ok("encrypted") => Self::folder(folder).encrypted(KEY),
            Ok("encrypted-s3") => Self::bucket(folder).encrypted(KEY),
            Ok(other) => panic!("CARREL_TEST_CONTENT={other}"),
            Err(_) => Self::folder(folder),
        }
    }

    pub(crate) fn folder(folder: PathBuf) -> Self {
        Self { folder, keys: None, bucket: None }
    }

    /// A server of its own, whose objects are files in `folder`.
    pub(crate) fn bucket(folder: PathBuf) -> Self {
        let server = S3Server::start(&folder).unwrap();
        let settings = BucketSettings {
            endpoint: server.address().parse().unwrap(),
            region: "us-east-1".to_owned(),
            bucket: BUCKET.to_owned(),
            prefix: "carrel".to_owned(),
            access_key_id: ACCESS_KEY_ID.to_owned(),
            secret_access_key: SECRET_ACCESS_KEY.to_owned().into(),
            patience: Duration::from_secs(20),
        };
        Self { folder, keys: None, bucket: Some((Arc::new(server), settings)) }
    }

    pub(crate) fn encrypted(self, keys: &str) -> Self {
        Self { keys: Some(keys.to_owned()), ..self }
    }

    /// The same bucket, asked through another server.
    pub(crate) fn through(mut self, address: &str, patience: Duration) -> Self {
        let (_, settings) = self.bucket.as_mut().unwrap();
        settings.endpoint = address.parse().unwrap();
        settings.patience = patience;
        self
    }

    /// `http://127.0.0.1:PORT` of the S3 server.
    pub(crate) fn server(&self) -> &str {
        self.bucket.as_ref().unwrap().0.address()
    }

    /// Where objects lie as files.
    pub(crate) fn objects(&self) -> PathBuf {
        if self.bucket.is_some() { self.folder.join(BUCKET).join("carrel") } else { self.folder.clone() }
    }

    pub(crate) async fn open(&self) -> ContentStore {
        let store = match &self.bucket {
            None => ContentStore::local(&self.folder, [7; 32]).await.unwrap(),
            Some((_, settings)) => ContentStore::bucket(settings, &self.folder.join("spool"), [7; 32]).unwrap(),
        };
        let keys = self.keys.as_deref().map(|keys| ContentKeys::parse(keys).unwrap());
        store.with_keys(keys).await.unwrap()
    }
}
