//! Objects in a bucket of an S3 server. Every request goes through the one guarded client, to the operator's endpoint and nowhere else.
//! Must not know what an object is for.

mod connector;
mod upload;

use std::{sync::Arc, time::Duration};

use carrel_outgoing::{Endpoint, EndpointError};
use object_store::{
    BackoffConfig, ObjectStore, ObjectStoreExt as _, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder},
    path::Path as ObjectPath,
    prefix::PrefixStore,
};
use url::Url;
use zeroize::Zeroizing;

use super::ContentError;
use connector::Guarded;
pub(super) use upload::{Upload, clear_staging, rewrite};

/// Tries after the first one, and for how long new ones begin; with the patience for one answer this bounds what a request waits for.
const RETRIES: usize = 3;
const RETRY_FOR: Duration = Duration::from_secs(20);
/// An S3 server copies no more than that in one request.
const COPIED_AT_ONCE: u64 = 5 * 1024 * 1024 * 1024;

/// Where a bucket is and who we are there.
#[derive(Clone)]
pub struct BucketSettings {
    /// The server, for example `https://s3.example.org`, without the bucket.
    pub endpoint: Url,
    pub region: String,
    pub bucket: String,
    /// Folder in the bucket; empty for all of it.
    pub prefix: String,
    pub access_key_id: String,
    pub secret_access_key: Zeroizing<String>,
    /// How long one answer may stand still.
    pub patience: Duration,
}

impl std::fmt::Debug for BucketSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("BucketSettings");
        shown.field("endpoint", &self.endpoint.as_str()).field("bucket", &self.bucket).finish_non_exhaustive()
    }
}

/// The store cannot be used as the settings describe it.
#[derive(Debug, thiserror::Error)]
pub enum BucketError {
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    #[error("the settings of the bucket do not fit")]
    Settings(#[source] object_store::Error),
}

/// Whatever a server says when it is given something (that an upload is unknown, because its answer to the end of it was lost; that
/// something is there already): it has not confirmed that it took it, and trying again helps.
pub(super) fn not_taken(error: ContentError) -> ContentError {
    match error {
        ContentError::Missing | ContentError::Store(_) => ContentError::Unavailable(Box::new(error)),
        other => other,
    }
}

/// A bucket, or a folder in one.
pub(super) struct Bucket {
    s3: AmazonS3,
    prefix: ObjectPath,
    /// The same with the prefix taken for granted.
    objects: Arc<dyn ObjectStore>,
}

impl Bucket {
    pub(super) fn open(settings: &BucketSettings) -> Result<Self, BucketError> {
        let endpoint = Endpoint::new(&settings.endpoint, settings.patience)?;
        let retry = RetryConfig {
            backoff: BackoffConfig {
                init_backoff: Duration::from_millis(100),
                max_backoff: Duration::from_secs(2),
                ..BackoffConfig::default()
            },
            max_retries: RETRIES,
            retry_timeout: RETRY_FOR,
        };
        // `new` and not `from_env`: what is not in the settings is not anywhere. With a key of its own no metadata service is asked.
        let s3 = AmazonS3Builder::new()
            .with_endpoint(settings.endpoint.as_str().trim_end_matches('/'))
            .with_virtual_hosted_style_request(false)
            .with_allow_http(settings.endpoint.scheme() == "http")
            .with_region(&settings.region)
            .with_bucket_name(&settings.bucket)
            .with_access_key_id(&settings.access_key_id)
            .with_secret_access_key(settings.secret_access_key.as_str())
            .with_retry(retry)
            .with_http_connector(Guarded { endpoint, patience: settings.patience })
            .build()
            .map_err(BucketError::Settings)?;
        let prefix = ObjectPath::from(settings.prefix.as_str());
        let objects = Arc::new(PrefixStore::new(s3.clone(), prefix.clone()));
        Ok(Self { s3, prefix, objects })
    }

    pub(super) fn objects(&self) -> Arc<dyn ObjectStore> {
        self.objects.clone()
    }

    fn full(&self, path: &ObjectPath) -> ObjectPath {
        self.prefix.parts().chain(path.parts()).collect()
    }

    /// Whether an object is there.
    pub(super) async fn has(&self, path: &ObjectPath) -> object_store::Result<bool> {
        match self.objects.head(path).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
