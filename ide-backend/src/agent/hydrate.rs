//! Bringing many files to the volume in one stream.

use bytes::Bytes;
use carrel_wire::{
    WorkspacePath,
    agent::{Incoming, Reply, Request},
};

use super::{Agent, AgentFailure, AgentStream, SILENCE, stream::early_reply, unexpected};

/// An open stream of files. Dropping it half-way leaves the files that were complete.
pub(crate) struct Hydration(AgentStream);

impl Agent {
    pub(crate) async fn hydrate(&self) -> Result<Hydration, AgentFailure> {
        Ok(Hydration(self.open(&Request::Hydrate).await?))
    }
}

impl Hydration {
    pub(crate) async fn folder(&mut self, path: WorkspacePath) -> Result<(), AgentFailure> {
        self.message(&Incoming::Folder { path }).await
    }

    /// What follows is this file's content, in calls of [`Self::data`], then [`Self::end`].
    pub(crate) async fn file(&mut self, path: WorkspacePath, executable: bool) -> Result<(), AgentFailure> {
        self.message(&Incoming::File { path, executable }).await
    }

    pub(crate) async fn data(&mut self, data: &Bytes) -> Result<(), AgentFailure> {
        let AgentStream { reader, writer } = &mut self.0;
        tokio::select! {
            biased;
            sent = writer.data(data) => sent,
            reply = reader.next() => Err(early_reply(reply)),
        }
    }

    pub(crate) async fn end(&mut self) -> Result<(), AgentFailure> {
        let AgentStream { reader, writer } = &mut self.0;
        tokio::select! {
            biased;
            sent = writer.end() => sent,
            reply = reader.next() => Err(early_reply(reply)),
        }
    }

    /// Waits until all of it is on the disk; files and bytes as the agent counted them.
    pub(crate) async fn finish(mut self) -> Result<(u64, u64), AgentFailure> {
        self.message(&Incoming::Done).await?;
        let reply = self.0.reader.reply(SILENCE).await?;
        self.0.writer.close().await;
        match reply {
            Reply::Hydrated { files, bytes } => Ok((files, bytes)),
            other => Err(unexpected(&other)),
        }
    }

    async fn message(&mut self, message: &Incoming) -> Result<(), AgentFailure> {
        let AgentStream { reader, writer } = &mut self.0;
        tokio::select! {
            biased;
            sent = writer.message(message) => sent,
            reply = reader.next() => Err(early_reply(reply)),
        }
    }
}
