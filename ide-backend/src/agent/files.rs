//! Files of the volume: listing, reading, writing, changing.

use std::time::Duration;

use bytes::Bytes;
use carrel_wire::{
    WorkspacePath,
    agent::{AgentErrorCode, Entry, Expect, Reply, Request},
    frame::Kind,
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
        let mut all = Vec::new();
        loop {
            let frame = stream.reader.frame(SILENCE).await?;
            if frame.kind == Kind::End {
                stream.writer.close().await;
                return Ok(all);
            }
            match as_reply(&frame)? {
                Reply::Entries { entries } => all.extend(entries),
                other => return Err(unexpected(&other)),
            }
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
