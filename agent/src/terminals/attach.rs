//! One caller attached to a terminal: output at the caller's pace, input and window sizes the other way.

use std::sync::Arc;

use carrel_wire::agent::{Reply, TerminalControl};
use carrel_wire::frame::Kind;
use carrel_wire::frame_io::FrameError;

use super::terminal::Terminal;
use crate::caller::{Input, Output};
use crate::failure::Failure;

const PIECE_BYTES: usize = 32 * 1024;
/// Resets the emulator of a reader that missed output, before the scrollback is sent again.
const RESET: &[u8] = b"\x1bc";

pub(crate) async fn attach(terminal: Arc<Terminal>, input: &mut Input, output: &mut Output) -> Result<(), Failure> {
    let description = terminal.describe();
    output.reply(&Reply::Terminal { terminal: description }).await?;
    // Both at once: a reader that is slow to take output can still press Ctrl-C.
    tokio::select! {
        done = send_output(&terminal, output) => done,
        done = take_input(&terminal, input) => done,
    }
}

/// Returns after the shell's last output and its exit code.
async fn send_output(terminal: &Terminal, output: &mut Output) -> Result<(), Failure> {
    let mut progress = terminal.progress();
    let (mut position, place) = terminal.join();
    loop {
        let now = *progress.borrow_and_update();
        while position < now.end {
            let piece = terminal.read(position, PIECE_BYTES);
            if piece.skipped {
                output.data(RESET).await?;
            }
            output.data(&piece.bytes).await?;
            position = piece.next;
            place.advance(position);
        }
        if let Some(code) = now.exit_code {
            return output.reply(&Reply::Exited { code }).await;
        }
        if progress.changed().await.is_err() {
            return Err(Failure::Stream);
        }
    }
}

/// Returns when the caller has closed its side.
async fn take_input(terminal: &Terminal, input: &mut Input) -> Result<(), Failure> {
    while let Some(frame) = input.next().await? {
        match frame.kind {
            // After the shell has ended nobody takes input; the output's side says so.
            Kind::Data => drop(terminal.input(&frame.payload).await),
            Kind::Message => match frame.message()? {
                TerminalControl::Resize { cols, rows } => terminal.resize(cols, rows)?,
            },
            Kind::End | Kind::ErrorData => return Err(FrameError::Unexpected(frame.kind).into()),
        }
    }
    Ok(())
}
