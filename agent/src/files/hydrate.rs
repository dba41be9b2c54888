//! Many files at once. Small ones are gathered and written together; the disk is synchronised once, at the end.

use std::sync::Arc;

use carrel_wire::WorkspacePath;
use carrel_wire::agent::{Expect, Incoming, Reply};
use carrel_wire::frame::Kind;
use carrel_wire::frame_io::{Frame, FrameError};

use super::beneath::{Folder, Root};
use super::pending::{PendingFile, Placing};
use crate::caller::{Input, Output};
use crate::failure::{Failure, blocking};

/// Content that is gathered before it is written. Bounds memory together with the length of one frame.
const GATHERED_BYTES: usize = 1024 * 1024;
const GATHERED_STEPS: usize = 512;

/// What there is to do, in the order in which it came.
enum Step {
    Folder(WorkspacePath),
    File(WorkspacePath, bool),
    Data(Vec<u8>),
    End,
}

pub(crate) async fn hydrate(root: Root, input: &mut Input, output: &mut Output) -> Result<(), Failure> {
    let mut writer =
        blocking(move || Ok(Writer { root: root.open()?, last: None, open: None, files: 0, bytes: 0 })).await?;
    let (mut steps, mut gathered, mut within_file) = (Vec::new(), 0, false);
    loop {
        let frame = input.next().await?.ok_or(Failure::Stream)?;
        gathered += frame.payload.len();
        match step(frame, &mut within_file)? {
            Some(step) => steps.push(step),
            None => break,
        }
        if gathered >= GATHERED_BYTES || steps.len() >= GATHERED_STEPS {
            let batch = std::mem::take(&mut steps);
            gathered = 0;
            writer = blocking(move || writer.run(batch)).await?;
        }
    }
    let (files, bytes) = blocking(move || writer.run(steps)?.finish()).await?;
    output.reply(&Reply::Hydrated { files, bytes }).await
}

/// What a frame asks for; `None` at the end.
fn step(frame: Frame, within_file: &mut bool) -> Result<Option<Step>, Failure> {
    match (frame.kind, *within_file) {
        (Kind::Data, true) => Ok(Some(Step::Data(frame.payload))),
        (Kind::End, true) => {
            *within_file = false;
            Ok(Some(Step::End))
        }
        (Kind::Message, false) => Ok(match frame.message()? {
            Incoming::Folder { path } => Some(Step::Folder(path)),
            Incoming::File { path, executable } => {
                *within_file = true;
                Some(Step::File(path, executable))
            }
            Incoming::Done => None,
        }),
        (kind, _) => Err(FrameError::Unexpected(kind).into()),
    }
}

struct Writer {
    root: Folder,
    /// The folder of the last file: most files lie beside the one before them.
    last: Option<(WorkspacePath, Arc<Folder>)>,
    open: Option<(WorkspacePath, bool, PendingFile)>,
    files: u64,
    bytes: u64,
}

impl Writer {
    fn run(mut self, steps: Vec<Step>) -> Result<Self, Failure> {
        for step in steps {
            match step {
                Step::Folder(path) => {
                    let made = self.root.made_folder(&path);
                    made.map_err(|errno| Failure::from(errno).about(&path))?;
                }
                Step::File(path, executable) => {
                    let pending = self.begin(&path).map_err(|failure| failure.about(&path))?;
                    self.open = Some((path, executable, pending));
                }
                Step::Data(data) => {
                    if let Some((path, _, pending)) = &mut self.open {
                        let written = pending.write(&data);
                        written.map_err(|failure| failure.about(path))?;
                        self.bytes += data.len() as u64;
                    }
                }
                Step::End => {
                    if let Some((path, executable, pending)) = self.open.take() {
                        let placing =
                            Placing { expect: &Expect::Anything, executable: Some(executable), durable: false };
                        let placed = pending.place(path.name().unwrap_or_default(), &placing);
                        placed.map_err(|failure| failure.about(&path))?;
                        self.files += 1;
                    }
                }
            }
        }
        Ok(self)
    }

    fn begin(&mut self, path: &WorkspacePath) -> Result<PendingFile, Failure> {
        let parent = path.parent();
        let folder = match (&self.last, &parent) {
            (Some((last, folder)), Some(parent)) if last == parent => Arc::clone(folder),
            _ => {
                let (folder, _) = self.root.made_holder(path)?;
                Arc::new(folder)
            }
        };
        self.last = parent.map(|parent| (parent, Arc::clone(&folder)));
        PendingFile::new(folder)
    }

    /// Puts all of it on the disk; files and bytes that came.
    fn finish(self) -> Result<(u64, u64), Failure> {
        let folder = self.root.folder(&WorkspacePath::root())?;
        rustix::fs::syncfs(&folder)?;
        Ok((self.files, self.bytes))
    }
}
