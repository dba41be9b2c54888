//! The news that something ended at the cloud backend: a session, a right, a person.

use std::time::Duration;

use bytes::Bytes;
use carrel_wire::internal::RevocationEpoch;
use reqwest::Method;

use super::{Cloud, CloudError, json, silent, success};

/// The cloud answers after 25 s at the latest.
const WAIT: Duration = Duration::from_secs(35);

impl Cloud {
    /// Waits until the cloud's number is another than `after`, or for a while.
    pub(crate) async fn revocations(&self, after: i64) -> Result<i64, CloudError> {
        let path = format!("/internal/v1/revocations?after={after}");
        let sent = self.client.send(Method::GET, &path, None, Bytes::new());
        let answer = tokio::time::timeout(WAIT, sent).await.map_err(|_| silent())??;
        Ok(json::<RevocationEpoch>(success(answer).await?).await?.epoch)
    }
}
