//! The shells of a workspace. They outlive every connection; only `close`, their own end or the sandbox's end them.

mod attach;
mod pace;
mod ring;
mod session;
mod shell;
mod terminal;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use carrel_wire::agent::{self, AgentErrorCode, TerminalId};

pub(crate) use self::attach::attach;
use self::terminal::Terminal;
use crate::children::Children;
use crate::failure::Failure;
use crate::files::beneath::Root;

/// Most terminals, running or not. The oldest that has ended makes room for a new one.
const MAX_TERMINALS: usize = 32;
/// Longest title in bytes.
const MAX_TITLE_BYTES: usize = 200;

#[derive(Debug, Default)]
pub(crate) struct Terminals {
    by_id: Mutex<BTreeMap<TerminalId, Arc<Terminal>>>,
}

impl Terminals {
    pub(crate) fn open(
        &self,
        id: TerminalId,
        title: String,
        (cols, rows): (u16, u16),
        root: &Root,
        children: &Arc<Children>,
    ) -> Result<agent::Terminal, Failure> {
        if title.len() > MAX_TITLE_BYTES {
            return Err(Failure::refused(
                AgentErrorCode::Invalid,
                format!("a title has at most {MAX_TITLE_BYTES} bytes"),
            ));
        }
        let mut by_id = self.lock();
        if by_id.contains_key(&id) {
            return Err(Failure::refused(AgentErrorCode::Exists, "the terminal's id is in use"));
        }
        if by_id.len() >= MAX_TERMINALS {
            let ended = by_id.iter().find(|(_, terminal)| terminal.exit_code().is_some());
            let ended = ended.map(|(id, _)| *id).ok_or_else(|| {
                Failure::refused(AgentErrorCode::TooMany, format!("{MAX_TERMINALS} terminals are open"))
            })?;
            by_id.remove(&ended);
        }
        let terminal = Terminal::start(id, title, cols, rows, root, children)?;
        let description = terminal.describe();
        by_id.insert(id, terminal);
        Ok(description)
    }

    pub(crate) fn get(&self, id: TerminalId) -> Result<Arc<Terminal>, Failure> {
        self.lock().get(&id).cloned().ok_or_else(no_terminal)
    }

    /// All terminals, the oldest first.
    pub(crate) fn list(&self) -> Vec<agent::Terminal> {
        self.lock().values().map(|terminal| terminal.describe()).collect()
    }

    /// Ends the shell and all that runs in its session, and forgets the terminal.
    pub(crate) async fn close(&self, id: TerminalId) -> Result<(), Failure> {
        let terminal = self.lock().remove(&id).ok_or_else(no_terminal)?;
        session::end(&[terminal]).await;
        Ok(())
    }

    /// Ends all of them, as for a machine that is switched off.
    pub(crate) async fn close_all(&self) {
        let all: Vec<_> = std::mem::take(&mut *self.lock()).into_values().collect();
        session::end(&all).await;
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<TerminalId, Arc<Terminal>>> {
        self.by_id.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn no_terminal() -> Failure {
    Failure::refused(AgentErrorCode::NotFound, "no such terminal")
}
