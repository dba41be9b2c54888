//! Shells of the sandbox. They belong to the agent and outlive every browser and this service.

use carrel_ids::TerminalId;
use carrel_wire::agent::{Reply, Request, Terminal};

use super::{Agent, AgentFailure, AgentStream, CALL, unexpected};

impl Agent {
    pub(crate) async fn terminals(&self) -> Result<Vec<Terminal>, AgentFailure> {
        match self.ask(&Request::ListTerminals, CALL).await? {
            Reply::Terminals { terminals } => Ok(terminals),
            other => Err(unexpected(&other)),
        }
    }

    pub(crate) async fn open_terminal(&self, cols: u16, rows: u16, title: String) -> Result<Terminal, AgentFailure> {
        let request = Request::OpenTerminal { terminal: TerminalId::new(), cols, rows, title };
        match self.ask(&request, CALL).await? {
            Reply::Terminal { terminal } => Ok(terminal),
            other => Err(unexpected(&other)),
        }
    }

    pub(crate) async fn close_terminal(&self, terminal: TerminalId) -> Result<(), AgentFailure> {
        self.done(&Request::CloseTerminal { terminal }, CALL).await
    }

    /// The terminal as it is and the stream that carries its output and input from here on.
    pub(crate) async fn attach_terminal(&self, terminal: TerminalId) -> Result<(Terminal, AgentStream), AgentFailure> {
        let mut stream = self.open(&Request::AttachTerminal { terminal }).await?;
        match stream.reader.reply(CALL).await? {
            Reply::Terminal { terminal } => Ok((terminal, stream)),
            other => Err(unexpected(&other)),
        }
    }
}
