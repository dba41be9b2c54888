//! One stream: its request is read, answered by the module that knows how, and the stream is closed.

use std::sync::Arc;
use std::time::Duration;

use carrel_wire::agent::{Reply, Request};
use tokio::time::timeout;

use crate::Agent;
use crate::caller::{Input, Output, accept, closed};
use crate::exec::{Invocation, exec};
use crate::failure::{Failure, blocking};
use crate::files::{hydrate, list, mutate, read, scan, write};
use crate::terminals::attach;
use crate::usage::usage;
use crate::watch::watch;

/// How long a caller that was refused may go on sending before the stream is reset under it.
const REFUSED_INPUT: Duration = Duration::from_secs(30);

pub(crate) async fn serve(agent: Arc<Agent>, stream: yamux::Stream) {
    let (request, mut input, mut output) = accept(stream).await;
    let answered = match request {
        Ok(request) => answer(&agent, request, &mut input, &mut output).await,
        Err(failure) => Err(failure),
    };
    // Errors from here on are the stream's: nobody is left to tell.
    match answered {
        Ok(()) => drop(output.close().await),
        Err(Failure::Refused(error)) => {
            if output.reply(&Reply::Error { error }).await.is_ok() && output.close().await.is_ok() {
                // A caller that sends everything before it reads must not be cut off before it reads why.
                drop(timeout(REFUSED_INPUT, closed(&mut input)).await);
            }
        }
        Err(Failure::Stream) => {}
    }
}

async fn answer(agent: &Agent, request: Request, input: &mut Input, output: &mut Output) -> Result<(), Failure> {
    let root = agent.root.clone();
    let reply = match request {
        Request::List { path } => return list::list(root, path, output).await,
        Request::Scan { hash } => return scan::scan(root, hash, agent.started_s, output).await,
        Request::Read { path } => return read::read(root, path, output).await,
        Request::Write { path, executable, expect } => {
            return write::write(root, path, executable, expect, input, output).await;
        }
        Request::Hydrate => return hydrate::hydrate(root, input, output).await,
        Request::Watch => return watch(root, input, output).await,
        Request::AttachTerminal { terminal } => {
            return attach(agent.terminals.get(terminal)?, input, output).await;
        }
        Request::Exec { argv, cwd, env } => {
            let invocation = Invocation { argv, cwd, env };
            return exec(invocation, &root, &agent.children, input, output).await;
        }
        Request::MakeFolder { path } => {
            blocking(move || mutate::make_folder(&root, &path)).await?;
            Reply::Done
        }
        Request::Remove { path, expect } => {
            blocking(move || mutate::remove(&root, &path, &expect)).await?;
            Reply::Done
        }
        Request::RemoveEmptyFolder { path } => {
            blocking(move || mutate::remove_empty_folder(&root, &path)).await?;
            Reply::Done
        }
        Request::Rename { from, to } => {
            blocking(move || mutate::rename(&root, &from, &to)).await?;
            Reply::Done
        }
        Request::OpenTerminal { terminal, cols, rows, title } => {
            Reply::Terminal { terminal: agent.terminals.open(terminal, title, (cols, rows), &root, &agent.children)? }
        }
        Request::ListTerminals => Reply::Terminals { terminals: agent.terminals.list() },
        Request::CloseTerminal { terminal } => {
            agent.terminals.close(terminal).await?;
            Reply::Done
        }
        Request::Usage => Reply::Usage { usage: blocking(move || usage(&root)).await? },
    };
    output.reply(&reply).await
}
