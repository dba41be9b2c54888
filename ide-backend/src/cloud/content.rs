//! The content of files on its way between the cloud and a volume, in streams of bounded memory.

use bytes::Bytes;
use carrel_ids::{SandboxId, VersionId};
use carrel_wire::{
    WorkspacePath,
    internal::{MakeFolder, Removed, SaveQuery, Saved},
};
use futures_util::{Stream, TryStreamExt, stream::BoxStream};
use reqwest::{Method, Url};

use super::{CALL, Cloud, CloudError, SILENCE, bytes, json, silent, success, with_causes};

/// What is saved.
pub(crate) enum Content {
    Whole(Bytes),
    /// Read from the volume while it is sent; the receiver refuses what does not have the hash.
    Streamed(BoxStream<'static, std::io::Result<Bytes>>),
}

/// Longest that the cloud may take to take in a file, per started 64 MiB.
const SAVE_PER_PART: std::time::Duration = std::time::Duration::from_secs(60);
const PART_BYTES: u64 = 64 * 1024 * 1024;

impl Cloud {
    /// The content of one version of a file in the sandbox's folder.
    pub(crate) async fn content(
        &self,
        sandbox: SandboxId,
        version: VersionId,
    ) -> Result<impl Stream<Item = Result<Bytes, CloudError>> + Send + Unpin + use<>, CloudError> {
        let path = format!("/internal/v1/sandboxes/{sandbox}/versions/{version}/content");
        let sent = self.client.send(Method::GET, &path, None, Bytes::new());
        let answer = tokio::time::timeout(CALL, sent).await.map_err(|_| silent())??;
        let answer = success(answer).await?;
        let chunks = futures_util::stream::try_unfold(answer, |mut answer| async move {
            let chunk = tokio::time::timeout(SILENCE, answer.chunk())
                .await
                .map_err(|_| silent())?
                .map_err(|error| CloudError::Unreachable(with_causes(&error)))?;
            Ok(chunk.map(|chunk| (chunk, answer)))
        });
        Ok(Box::pin(chunks))
    }

    pub(crate) async fn save(
        &self,
        sandbox: SandboxId,
        query: &SaveQuery,
        sha256: &[u8; 32],
        size: u64,
        content: Content,
    ) -> Result<Saved, CloudError> {
        let path = file_path(sandbox, query)?;
        let kind = Some("application/octet-stream");
        let parts = u32::try_from(size / PART_BYTES + 1).unwrap_or(u32::MAX);
        let limit = SAVE_PER_PART.saturating_mul(parts);
        let sent = async {
            match content {
                Content::Whole(bytes) => self.client.send(Method::PUT, &path, kind, bytes).await,
                Content::Streamed(stream) => {
                    let body = stream.map_ok(Bytes::from);
                    self.client.send_stream(Method::PUT, &path, kind, sha256, size, body).await
                }
            }
        };
        let answer = tokio::time::timeout(limit, sent).await.map_err(|_| silent())??;
        json(success(answer).await?).await
    }

    /// Moves a file, or an empty folder, to the cloud's trash.
    pub(crate) async fn remove(
        &self,
        sandbox: SandboxId,
        path: WorkspacePath,
        base: Option<VersionId>,
    ) -> Result<Removed, CloudError> {
        let query = SaveQuery { path, base, executable: false };
        let path = file_path(sandbox, &query)?;
        json(self.call(Method::DELETE, &path, None, Bytes::new()).await?).await
    }

    pub(crate) async fn make_folder(&self, sandbox: SandboxId, path: WorkspacePath) -> Result<(), CloudError> {
        let target = format!("/internal/v1/sandboxes/{sandbox}/folders");
        let answer = self.post_for_status(&target, &MakeFolder { path }).await?;
        bytes(answer).await.map(drop)
    }
}

/// The path and query are spelled once, here: what is signed is what goes over the wire.
fn file_path(sandbox: SandboxId, query: &SaveQuery) -> Result<String, CloudError> {
    let mut url = Url::parse("http://cloud/").map_err(|error| CloudError::Invalid(error.to_string()))?;
    url.set_path(&format!("/internal/v1/sandboxes/{sandbox}/file"));
    url.query_pairs_mut()
        .append_pair("path", query.path.as_str())
        .append_pair("executable", if query.executable { "true" } else { "false" })
        .extend_pairs(query.base.map(|base| ("base", base.to_string())));
    Ok(format!("{}?{}", url.path(), url.query().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_path_survives_the_query() {
        let sandbox = SandboxId::new();
        let base = VersionId::new();
        let query =
            SaveQuery { path: "a b/ä&c=d+e#f%.txt".parse().expect("a path"), base: Some(base), executable: true };
        let text = file_path(sandbox, &query).expect("a query");
        let (path, encoded) = text.split_once('?').expect("a query");
        assert_eq!(path, format!("/internal/v1/sandboxes/{sandbox}/file"));
        let read = actix_web::web::Query::<SaveQuery>::from_query(encoded).expect("readable");
        assert_eq!(read.into_inner(), query);
    }
}
