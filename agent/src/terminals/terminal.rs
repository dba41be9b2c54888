//! One shell on one pseudo-terminal. It belongs to the agent: nobody needs to be attached for it to run.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use carrel_wire::agent::{self, TerminalId};
use rustix::process::Pid;
use rustix::termios::Winsize;
use tokio::io::unix::AsyncFd;
use tokio::sync::watch;
use tokio::time::timeout;

use super::pace::{Pace, Place};
use super::ring::{Piece, Ring};
use super::shell::shell;
use crate::children::{Children, Process};
use crate::failure::Failure;
use crate::files::beneath::Root;
use crate::readiness;

/// A window larger than this is nobody's; programs allocate by it.
const MAX_CELLS: u16 = 1000;
const READ_BYTES: usize = 16 * 1024;
/// How long output may still come after the shell has ended, without a pause.
const LAST_WORDS: Duration = Duration::from_millis(100);

#[derive(Debug)]
pub(crate) struct Terminal {
    id: TerminalId,
    title: String,
    pty: AsyncFd<OwnedFd>,
    process: Process,
    screen: Mutex<Screen>,
    pace: Arc<Pace>,
    progress: watch::Sender<Progress>,
}

#[derive(Debug)]
struct Screen {
    ring: Ring,
    cols: u16,
    rows: u16,
}

/// How far the terminal is; readers wait for it to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Position after the last byte of output.
    pub(crate) end: u64,
    /// Set once the shell has ended and all its output is counted in `end`.
    pub(crate) exit_code: Option<i32>,
}

impl Terminal {
    pub(crate) fn start(
        id: TerminalId,
        title: String,
        cols: u16,
        rows: u16,
        root: &Root,
        children: &Arc<Children>,
    ) -> Result<Arc<Self>, Failure> {
        let (cols, rows) = (cols.clamp(1, MAX_CELLS), rows.clamp(1, MAX_CELLS));
        let (pty, pts) = pty_process::open().map_err(pty_failure)?;
        pty.resize(pty_process::Size::new(rows, cols)).map_err(pty_failure)?;
        let process = children.start(|| {
            shell(root.path()).spawn(pts).map_err(|error| match error {
                pty_process::Error::Io(error) => error,
                other => io::Error::other(other),
            })
        })?;
        let terminal = Arc::new(Self {
            id,
            title,
            pty: readiness::register(OwnedFd::from(pty))?,
            process,
            screen: Mutex::new(Screen { ring: Ring::new(), cols, rows }),
            pace: Arc::default(),
            progress: watch::Sender::new(Progress { end: 0, exit_code: None }),
        });
        tokio::spawn(Arc::clone(&terminal).run());
        Ok(terminal)
    }

    pub(crate) fn describe(&self) -> agent::Terminal {
        let screen = self.screen();
        agent::Terminal {
            id: self.id,
            title: self.title.clone(),
            cols: screen.cols,
            rows: screen.rows,
            exit_code: self.exit_code(),
        }
    }

    pub(crate) fn process(&self) -> &Process {
        &self.process
    }

    pub(crate) fn exit_code(&self) -> Option<i32> {
        self.progress.borrow().exit_code
    }

    pub(crate) fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }

    /// A new reader's place, at the beginning of the replay.
    pub(crate) fn join(&self) -> (u64, Place) {
        let position = self.screen().ring.replay_position();
        (position, self.pace.join(position))
    }

    pub(crate) fn read(&self, position: u64, most: usize) -> Piece {
        self.screen().ring.read(position, most)
    }

    /// Types into the shell. Waits while the shell takes nothing.
    pub(crate) async fn input(&self, mut data: &[u8]) -> io::Result<()> {
        while !data.is_empty() {
            let mut ready = self.pty.writable().await?;
            if let Ok(written) = ready.try_io(|pty| Ok(rustix::io::write(pty, data)?)) {
                data = &data[written?..];
            }
        }
        Ok(())
    }

    pub(crate) fn resize(&self, cols: u16, rows: u16) -> Result<(), Failure> {
        let (cols, rows) = (cols.clamp(1, MAX_CELLS), rows.clamp(1, MAX_CELLS));
        let mut screen = self.screen();
        rustix::termios::tcsetwinsize(
            self.pty.get_ref(),
            Winsize { ws_row: rows, ws_col: cols, ws_xpixel: 0, ws_ypixel: 0 },
        )?;
        (screen.cols, screen.rows) = (cols, rows);
        Ok(())
    }

    /// The process group that has the terminal in front, besides the shell's own.
    pub(super) fn foreground(&self) -> Option<Pid> {
        rustix::termios::tcgetpgrp(self.pty.get_ref()).ok()
    }

    /// Takes the output until the shell has ended.
    async fn run(self: Arc<Self>) {
        let mut buffer = vec![0; READ_BYTES];
        let exit_code = tokio::select! {
            () = self.take_output(&mut buffer) => self.process.exited().await,
            code = self.process.exited() => {
                while let Ok(Ok(1..)) = timeout(LAST_WORDS, self.take_some(&mut buffer)).await {}
                code
            }
        };
        self.progress.send_modify(|progress| progress.exit_code = Some(exit_code));
    }

    /// Takes output until nobody holds the terminal's other end any more.
    async fn take_output(&self, buffer: &mut [u8]) {
        loop {
            let end = self.progress.borrow().end;
            self.pace.wait(end).await;
            if !matches!(self.take_some(buffer).await, Ok(1..)) {
                return;
            }
        }
    }

    async fn take_some(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let read =
            self.pty.async_io(tokio::io::Interest::READABLE, |pty| Ok(rustix::io::read(pty, &mut *buffer)?)).await?;
        let end = {
            let mut screen = self.screen();
            screen.ring.push(&buffer[..read]);
            screen.ring.end()
        };
        self.progress.send_modify(|progress| progress.end = end);
        // A flood is always ready to be read: others get their turn.
        tokio::task::yield_now().await;
        Ok(read)
    }

    fn screen(&self) -> MutexGuard<'_, Screen> {
        self.screen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn pty_failure(error: pty_process::Error) -> Failure {
    match error {
        pty_process::Error::Io(error) => error.into(),
        pty_process::Error::Rustix(errno) => errno.into(),
        other => io::Error::other(other).into(),
    }
}
