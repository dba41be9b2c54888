//! The agent of one running sandbox, reached through the runner: each request is a stream of its own in a WebSocket.
//! Knows the messages and their order; decides nothing.

mod files;
mod hydrate;
mod stream;
mod terminals;
mod watch;

use std::time::Duration;

use carrel_ids::SandboxId;
use carrel_service_auth::client::{ClientError, ServiceClient};
use carrel_wire::{
    agent::{AgentError, AgentErrorCode, Reply, Request, Usage},
    frame_io::FrameError,
};

use crate::cloud::with_causes;

pub(crate) use files::WriteFailure;
pub(crate) use hydrate::Hydration;
pub(crate) use stream::{AgentReader, AgentStream, AgentWriter, as_reply};
pub(crate) use watch::{Changes, Watch};

/// For an answer that needs no work of size.
const CALL: Duration = Duration::from_secs(10);
/// Longest silence while something large goes on: a hash of a big file, a flush of many.
const SILENCE: Duration = Duration::from_secs(60);

/// Why the agent did not do what was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum AgentFailure {
    /// The sandbox, its agent or the way there is gone, at least for now.
    #[error("the sandbox cannot be reached: {0}")]
    Gone(String),
    #[error(transparent)]
    Refused(#[from] AgentError),
    /// What came was not the protocol. Version skew or a hostile sandbox: either way only this request fails.
    #[error("the agent's answer was not understood: {0}")]
    Protocol(String),
}

impl AgentFailure {
    pub(crate) fn code(&self) -> Option<AgentErrorCode> {
        match self {
            Self::Refused(error) => Some(error.code),
            Self::Gone(_) | Self::Protocol(_) => None,
        }
    }
    fn silent() -> Self {
        Self::Gone("no answer in time".to_owned())
    }
}

impl From<ClientError> for AgentFailure {
    fn from(error: ClientError) -> Self {
        Self::Gone(with_causes(&error))
    }
}

impl From<FrameError> for AgentFailure {
    fn from(error: FrameError) -> Self {
        match error {
            FrameError::Io(_) | FrameError::Ended => Self::Gone(with_causes(&error)),
            FrameError::Invalid(_) | FrameError::Message(_) | FrameError::Unexpected(_) => {
                Self::Protocol(with_causes(&error))
            }
        }
    }
}

/// Cheap to clone; holds no connection.
#[derive(Debug, Clone)]
pub(crate) struct Agent {
    runner: ServiceClient,
    sandbox: SandboxId,
}

impl Agent {
    pub(crate) fn new(runner: ServiceClient, sandbox: SandboxId) -> Self {
        Self { runner, sandbox }
    }
    pub(crate) fn sandbox(&self) -> SandboxId {
        self.sandbox
    }

    /// A stream on which the request was sent.
    pub(crate) async fn open(&self, request: &Request) -> Result<AgentStream, AgentFailure> {
        let path = format!("/v1/sandboxes/{}/stream", self.sandbox);
        let opening = async {
            let socket = self.runner.websocket(&path).await?;
            let mut stream = AgentStream::new(socket);
            stream.writer.message(request).await?;
            Ok(stream)
        };
        tokio::time::timeout(CALL, opening).await.map_err(|_| AgentFailure::silent())?
    }

    /// One request, one reply.
    async fn ask(&self, request: &Request, limit: Duration) -> Result<Reply, AgentFailure> {
        let mut stream = self.open(request).await?;
        let reply = stream.reader.reply(limit).await;
        stream.writer.close().await;
        reply
    }

    async fn done(&self, request: &Request, limit: Duration) -> Result<(), AgentFailure> {
        match self.ask(request, limit).await? {
            Reply::Done => Ok(()),
            other => Err(unexpected(&other)),
        }
    }

    pub(crate) async fn usage(&self) -> Result<Usage, AgentFailure> {
        match self.ask(&Request::Usage, CALL).await? {
            Reply::Usage { usage } => Ok(usage),
            other => Err(unexpected(&other)),
        }
    }
}

fn unexpected(reply: &Reply) -> AgentFailure {
    let mut text = format!("{reply:?}");
    text.truncate(text.floor_char_boundary(200));
    AgentFailure::Protocol(text)
}
