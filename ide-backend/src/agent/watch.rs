//! Being told of changes on the volume.

use carrel_wire::{
    WorkspacePath,
    agent::{Reply, Request},
};

use super::{Agent, AgentFailure, AgentStream, SILENCE, stream::as_reply, unexpected};

/// Paths that were made, changed or removed.
#[derive(Debug, Clone)]
pub(crate) struct Changes {
    pub(crate) paths: Vec<WorkspacePath>,
    /// Some are missing: only a scan tells.
    pub(crate) overflow: bool,
}

pub(crate) struct Watch(AgentStream);

impl Agent {
    /// Returns once every later change will be told.
    pub(crate) async fn watch(&self) -> Result<Watch, AgentFailure> {
        let mut stream = self.open(&Request::Watch).await?;
        match stream.reader.reply(SILENCE).await? {
            Reply::Done => Ok(Watch(stream)),
            other => Err(unexpected(&other)),
        }
    }
}

impl Watch {
    /// The next changes. A dropped call loses nothing.
    pub(crate) async fn next(&mut self) -> Result<Changes, AgentFailure> {
        let frame = self.0.reader.next().await?;
        let frame = frame.ok_or_else(|| AgentFailure::Gone("the watch ended".to_owned()))?;
        match as_reply(&frame)? {
            Reply::Changed { paths, overflow } => Ok(Changes { paths, overflow }),
            other => Err(unexpected(&other)),
        }
    }
}
