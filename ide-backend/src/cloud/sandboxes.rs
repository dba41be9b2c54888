//! A sandbox's folder in the cloud: its listing, what the volume last agreed with, and the outcome of commands.

use carrel_ids::SandboxId;
use carrel_wire::internal::{Base, ManifestEntry, ManifestHead, Report, SandboxEtag};
use futures_util::TryStreamExt;
use reqwest::{Method, Response};
use serde::de::DeserializeOwned;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio_util::io::StreamReader;

use super::{CALL, Cloud, CloudError, SILENCE, silent, success, with_causes};

/// Longest line of a listing: a path of control characters takes six bytes for each of its own.
const MAX_LINE_BYTES: u64 = 64 * 1024;
/// Entries of one recording; the receiver takes at most so many.
pub(crate) const RECORD_AT_ONCE: usize = 500;

/// The folder as it was at one moment.
#[derive(Debug)]
pub(crate) struct Manifest {
    pub(crate) head: ManifestHead,
    pub(crate) entries: Vec<ManifestEntry>,
}

impl Cloud {
    pub(crate) async fn report(&self, sandbox: SandboxId, report: &Report) -> Result<(), CloudError> {
        let path = format!("/internal/v1/sandboxes/{sandbox}/outcome");
        self.post_for_status(&path, report).await.map(drop)
    }

    pub(crate) async fn etag(&self, sandbox: SandboxId) -> Result<SandboxEtag, CloudError> {
        self.get(&format!("/internal/v1/sandboxes/{sandbox}/etag")).await
    }

    pub(crate) async fn manifest(&self, sandbox: SandboxId) -> Result<Manifest, CloudError> {
        let mut lines = self.lines(sandbox, "manifest").await?;
        let head: ManifestHead =
            line(&mut lines).await?.ok_or_else(|| CloudError::Invalid("an empty listing".to_owned()))?;
        let mut entries = Vec::new();
        while let Some(entry) = line(&mut lines).await? {
            if entries.len() as u64 == head.count {
                return Err(CloudError::Invalid("a listing with more entries than it announces".to_owned()));
            }
            entries.push(entry);
        }
        if entries.len() as u64 == head.count {
            Ok(Manifest { head, entries })
        } else {
            // Cut off half-way: a missing entry must never look like a deleted file.
            Err(CloudError::Unreachable(format!("the listing has {} of {} entries", entries.len(), head.count)))
        }
    }

    pub(crate) async fn bases(&self, sandbox: SandboxId) -> Result<Vec<Base>, CloudError> {
        let mut lines = self.lines(sandbox, "bases").await?;
        let mut bases = Vec::new();
        while let Some(base) = line(&mut lines).await? {
            bases.push(base);
        }
        Ok(bases)
    }

    /// Says what was brought to the volume; at most [`RECORD_AT_ONCE`] at once.
    pub(crate) async fn record_bases(&self, sandbox: SandboxId, bases: &[Base]) -> Result<(), CloudError> {
        let path = format!("/internal/v1/sandboxes/{sandbox}/bases");
        self.post_for_status(&path, &bases).await.map(drop)
    }

    /// Forgets all that the volume and the cloud agreed on.
    pub(crate) async fn forget_bases(&self, sandbox: SandboxId) -> Result<(), CloudError> {
        let path = format!("/internal/v1/sandboxes/{sandbox}/bases");
        self.call(Method::DELETE, &path, None, bytes::Bytes::new()).await.map(drop)
    }

    async fn lines(&self, sandbox: SandboxId, name: &str) -> Result<impl AsyncBufRead + Unpin + use<>, CloudError> {
        let path = format!("/internal/v1/sandboxes/{sandbox}/{name}");
        let sent = self.client.send(Method::GET, &path, None, bytes::Bytes::new());
        let answer = tokio::time::timeout(CALL, sent).await.map_err(|_| silent())??;
        Ok(reader(success(answer).await?))
    }
}

fn reader(answer: Response) -> impl AsyncBufRead + Unpin {
    let stream = answer.bytes_stream().map_err(std::io::Error::other);
    BufReader::new(StreamReader::new(Box::pin(stream)))
}

/// The next document; `None` at the end. A line that does not end is one that was cut off.
async fn line<T: DeserializeOwned>(lines: &mut (impl AsyncBufRead + Unpin)) -> Result<Option<T>, CloudError> {
    let mut text = Vec::new();
    let mut bounded = lines.take(MAX_LINE_BYTES);
    let read = bounded.read_until(b'\n', &mut text);
    let read = tokio::time::timeout(SILENCE, read)
        .await
        .map_err(|_| silent())?
        .map_err(|error| CloudError::Unreachable(with_causes(&error)))?;
    match (read, text.last()) {
        (0, _) => Ok(None),
        (_, Some(b'\n')) => {
            serde_json::from_slice(&text).map(Some).map_err(|error| CloudError::Invalid(error.to_string()))
        }
        _ => Err(CloudError::Unreachable("the listing was cut off".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use carrel_wire::internal::FolderEtag;

    use super::*;

    #[tokio::test]
    async fn lines_are_read_one_by_one_and_a_cut_one_is_an_error() {
        let mut whole: &[u8] = b"{\"etag\":\"a\"}\n{\"etag\":\"b\"}\n";
        let first: FolderEtag = line(&mut whole).await.expect("line").expect("one");
        assert_eq!(first.etag, "a");
        let second: FolderEtag = line(&mut whole).await.expect("line").expect("one");
        assert_eq!(second.etag, "b");
        assert!(line::<FolderEtag>(&mut whole).await.expect("end").is_none());

        let mut cut: &[u8] = b"{\"etag\":\"a\"}";
        let error = line::<FolderEtag>(&mut cut).await.expect_err("cut");
        assert!(matches!(error, CloudError::Unreachable(_)));
        let mut wrong: &[u8] = b"[]\n";
        let error = line::<FolderEtag>(&mut wrong).await.expect_err("wrong");
        assert!(matches!(error, CloudError::Invalid(_)));
    }
}
