//! Files of the volume: listing, reading, writing, changing.

use std::time::Duration;

use bytes::Bytes;
use carrel_wire::{
    WorkspacePath,
    agent::{AgentErrorCode, Entry, Expect, Reply, Request},
    frame::Kind,
    frame_io::Frame,
};
use futures_util::{Stream, StreamExt};
use sha2::{Digest, Sha256};

use super::{
    Agent, AgentFailure, AgentReader, CALL, SILENCE,
    stream::{as_reply, early_reply},
    unexpected,
};

/// Removing a large tree takes its time.
const REMOVAL: Duration = Duration::from_secs(120);
/// Most entries of one listing, and most bytes of the messages that bring them.
const MAX_ENTRIES: usize = 2_000_000;
const MAX_LISTING_BYTES: usize = 512 << 20;

/// A file that is being read.
pub(crate) struct LocalFile {
    pub(crate) entry: Entry,
    reader: AgentReader,
}

impl LocalFile {
    /// The next piece; `None` at the end.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, AgentFailure> {
        self.reader.data().await
    }
    /// The rest as a stream, for sending it on.
    pub(crate) fn into_stream(self) -> impl Stream<Item = Result<Bytes, AgentFailure>> + Send {
        futures_util::stream::try_unfold(self.reader, |mut reader| async move {
            Ok(reader.data().await?.map(|chunk| (chunk, reader)))
        })
    }
}

/// Entries of a volume as they come. What a sandbox says is bounded here, whatever the limits of its volume are.
#[derive(Debug, Default)]
struct Listing {
    entries: Vec<Entry>,
    bytes: usize,
}

impl Listing {
    fn take(&mut self, frame: &Frame) -> Result<(), AgentFailure> {
        self.bytes += frame.payload.len();
        if self.bytes > MAX_LISTING_BYTES {
            return Err(too_long());
        }
        let entries = match as_reply(frame)? {
            Reply::Entries { entries } => entries,
            other => return Err(unexpected(&other)),
        };
        if self.entries.len() + entries.len() > MAX_ENTRIES {
            return Err(too_long());
        }
        self.entries.extend(entries);
        Ok(())
    }
}

fn too_long() -> AgentFailure {
    AgentFailure::Protocol("the workspace has more files than can be listed".to_owned())
}

/// What was written.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) sha256: String,
    pub(crate) size: u64,
}

/// Why a file was not written: the side that it goes to, or the side that it comes from.
#[derive(Debug)]
pub(crate) enum WriteFailure<E> {
    Agent(AgentFailure),
    Source(E),
}

impl<E> From<AgentFailure> for WriteFailure<E> {
    fn from(failure: AgentFailure) -> Self {
        Self::Agent(failure)
    }
}

impl Agent {
    pub(crate) async fn list(&self, path: WorkspacePath) -> Result<Vec<Entry>, AgentFailure> {
        self.entries(&Request::List { path }).await
    }

    /// Everything that is synchronised, with hashes.
    pub(crate) async fn scan(&self) -> Result<Vec<Entry>, AgentFailure> {
        self.entries(&Request::Scan { hash: true }).await
    }

    async fn entries(&self, request: &Request) -> Result<Vec<Entry>, AgentFailure> {
        let mut stream = self.open(request).await?;
        let mut all = Listing::default();
        loop {
            let frame = stream.reader.frame(SILENCE).await?;
            if frame.kind == Kind::End {
                stream.writer.close().await;
                return Ok(all.entries);
            }
            all.take(&frame)?;
        }
    }

    pub(crate) async fn read(&self, path: WorkspacePath) -> Result<LocalFile, AgentFailure> {
        let mut stream = self.open(&Request::Read { path }).await?;
        match stream.reader.reply(CALL).await? {
            Reply::File { entry } => Ok(LocalFile { entry, reader: stream.reader }),
            other => Err(unexpected(&other)),
        }
    }

    /// Writes a file from a stream; it appears whole or, when anything fails or `accept` says no, not at all.
    pub(crate) async fn write<S, E>(
        &self,
        path: WorkspacePath,
        executable: Option<bool>,
        expect: Expect,
        mut content: S,
        accept: impl FnOnce(&str) -> bool,
    ) -> Result<Written, WriteFailure<E>>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin,
    {
        let request = Request::Write { path, executable, expect };
        let mut stream = self.open(&request).await?;
        let mut hasher = Sha256::new();
        let mut size = 0;
        loop {
            let chunk = tokio::select! {
                biased;
                // A full volume is said before the content is through.
                reply = stream.reader.next() => return Err(early_reply(reply).into()),
                chunk = content.next() => chunk,
            };
            let Some(chunk) = chunk else { break };
            let chunk = chunk.map_err(WriteFailure::Source)?;
            hasher.update(&chunk);
            size += chunk.len() as u64;
            tokio::select! {
                biased;
                sent = stream.writer.data(&chunk) => sent?,
                reply = stream.reader.next() => return Err(early_reply(reply).into()),
            }
        }
        let sha256 = hex::encode(hasher.finalize());
        if !accept(&sha256) {
            let message = "the content is not what was announced".to_owned();
            return Err(AgentFailure::Protocol(message).into());
        }
        stream.writer.end().await?;
        let reply = stream.reader.reply(SILENCE).await?;
        stream.writer.close().await;
        match reply {
            Reply::File { .. } => Ok(Written { sha256, size }),
            other => Err(unexpected(&other).into()),
        }
    }

    pub(crate) async fn make_folder(&self, path: WorkspacePath) -> Result<(), AgentFailure> {
        self.done(&Request::MakeFolder { path }, CALL).await
    }

    pub(crate) async fn remove(&self, path: WorkspacePath, expect: Expect) -> Result<(), AgentFailure> {
        self.done(&Request::Remove { path, expect }, REMOVAL).await
    }

    pub(crate) async fn remove_empty_folder(&self, path: WorkspacePath) -> Result<(), AgentFailure> {
        self.done(&Request::RemoveEmptyFolder { path }, CALL).await
    }

    pub(crate) async fn rename(&self, from: WorkspacePath, to: WorkspacePath) -> Result<(), AgentFailure> {
        self.done(&Request::Rename { from, to }, CALL).await
    }
}

impl AgentFailure {
    /// Is this the answer for something that is not there?
    pub(crate) fn is_not_found(&self) -> bool {
        self.code() == Some(AgentErrorCode::NotFound)
    }
}

#[cfg(test)]
mod tests {
    use carrel_wire::agent::EntryKind;

    use super::*;

    fn frame(entries: usize) -> Frame {
        let entry = Entry {
            path: "a".parse().expect("a path"),
            kind: EntryKind::File,
            size: 1,
            modified_ms: 0,
            executable: false,
            sha256: None,
        };
        let reply = Reply::Entries { entries: vec![entry; entries] };
        Frame { kind: Kind::Message, payload: serde_json::to_vec(&reply).expect("a message") }
    }

    #[test]
    fn a_listing_without_an_end_is_given_up() {
        let mut listing = Listing::default();
        listing.take(&frame(3)).expect("few");
        listing.take(&frame(0)).expect("none");
        assert_eq!(listing.entries.len(), 3);
        // Messages without an entry are bounded too.
        listing.bytes = MAX_LISTING_BYTES - 1;
        assert!(matches!(listing.take(&frame(0)), Err(AgentFailure::Protocol(_))));
        let first = frame(1);
        let Ok(Reply::Entries { entries }) = as_reply(&first) else { panic!("entries") };
        let mut listing = Listing { entries: vec![entries[0].clone(); MAX_ENTRIES - 1], bytes: 0 };
        listing.take(&first).expect("the last one");
        assert!(matches!(listing.take(&first), Err(AgentFailure::Protocol(_))));
    }
}
