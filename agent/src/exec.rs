//! One command without a terminal. It lives as long as its caller stays.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use carrel_wire::WorkspacePath;
use carrel_wire::agent::{AgentErrorCode, Reply};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{ChildStderr, ChildStdout, Command};
use tokio::time::sleep;

use crate::caller::{Input, Output, closed};
use crate::children::{Children, Process};
use crate::failure::Failure;
use crate::files::beneath::Root;

const CHUNK_BYTES: usize = 64 * 1024;
/// How long output of what the command left running may still come after its end, without a pause.
const LAST_WORDS: Duration = Duration::from_millis(100);

/// How many bytes may still come after its end: more than pipes hold, so the rest is of what it left running.
const LAST_BYTES: usize = 1024 * 1024;

/// What to run.
#[derive(Debug)]
pub(crate) struct Invocation {
    pub(crate) argv: Vec<String>,
    pub(crate) cwd: WorkspacePath,
    pub(crate) env: BTreeMap<String, String>,
}

pub(crate) async fn exec(
    invocation: Invocation,
    root: &Root,
    children: &Arc<Children>,
    input: &mut Input,
    output: &mut Output,
) -> Result<(), Failure> {
    let (process, stdout, stderr) = start(&invocation, root, children)?;
    let command = Followed(process);
    let mut pipes = Pipes { stdout, stderr, out_chunk: vec![0; CHUNK_BYTES], error_chunk: vec![0; CHUNK_BYTES] };
    let code = tokio::select! {
        code = carry(&command.0, &mut pipes, output) => code?,
        () = closed(input) => return Err(Failure::Stream),
    };
    output.reply(&Reply::Exited { code }).await
}

#[allow(clippy::disallowed_methods, reason = "running what is asked for, inside the sandbox, is the agent's work")]
fn start(
    invocation: &Invocation,
    root: &Root,
    children: &Arc<Children>,
) -> Result<(Process, Option<ChildStdout>, Option<ChildStderr>), Failure> {
    let (program, arguments) =
        invocation.argv.split_first().ok_or_else(|| Failure::refused(AgentErrorCode::Invalid, "no command"))?;
    // Held open until the child has changed into it.
    let folder = root.open()?.folder(&invocation.cwd)?;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .envs(&invocation.env)
        .env("PWD", working_folder(root, &invocation.cwd))
        .current_dir(folder.handle_path())
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    children.start_piped(|| command.spawn()).map_err(|error| Failure::from(error).about(program))
}

fn working_folder(root: &Root, cwd: &WorkspacePath) -> PathBuf {
    // Joining an empty path would add a slash at the end.
    let mut folder = root.path().to_owned();
    folder.extend(cwd.names());
    folder
}

/// A command whose process group is killed when nobody follows it any more: the caller has left or the connection is lost.
struct Followed(Process);

impl Drop for Followed {
    fn drop(&mut self) {
        self.0.kill_group();
    }
}

struct Pipes {
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
    out_chunk: Vec<u8>,
    error_chunk: Vec<u8>,
}

/// What the pipes say next; the bytes are in the pipe's chunk.
enum Piece {
    Output(usize),
    Error(usize),
    /// Nobody holds either pipe's other end any more.
    End,
}

impl Pipes {
    /// Waits for output. May be dropped at any point: nothing is taken from a pipe before this returns.
    async fn next(&mut self) -> Piece {
        tokio::select! {
            length = read(&mut self.stdout, &mut self.out_chunk), if self.stdout.is_some() => {
                Piece::Output(length)
            }
            length = read(&mut self.stderr, &mut self.error_chunk), if self.stderr.is_some() => {
                Piece::Error(length)
            }
            else => Piece::End,
        }
    }
}

/// Reads from a pipe, which is given up at its end.
async fn read<R: AsyncRead + Unpin>(pipe: &mut Option<R>, chunk: &mut [u8]) -> usize {
    let Some(open) = pipe else {
        return 0;
    };
    let length = open.read(chunk).await.unwrap_or(0);
    if length == 0 {
        *pipe = None;
    }
    length
}

/// Passes output on until the command has ended; its exit code. Only waiting is ever cut short, never a frame.
async fn carry(process: &Process, pipes: &mut Pipes, output: &mut Output) -> Result<i32, Failure> {
    let mut last_bytes = 0;
    while last_bytes < LAST_BYTES {
        let ended = process.exit_code().is_some();
        let piece = tokio::select! {
            // What is in the pipes goes first, also when this task got its turn late.
            biased;
            piece = pipes.next() => piece,
            _ = process.exited(), if !ended => continue,
            () = sleep(LAST_WORDS), if ended => Piece::End,
        };
        let length = match piece {
            Piece::Output(length) => {
                output.data(&pipes.out_chunk[..length]).await?;
                length
            }
            Piece::Error(0) => 0,
            Piece::Error(length) => {
                output.error_data(&pipes.error_chunk[..length]).await?;
                length
            }
            Piece::End => break,
        };
        last_bytes += if ended { length } else { 0 };
    }
    Ok(process.exited().await)
}
