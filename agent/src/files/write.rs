//! One file from its content.

use std::sync::Arc;

use carrel_wire::WorkspacePath;
use carrel_wire::agent::{Entry, Expect, Reply};
use carrel_wire::frame::Kind;
use carrel_wire::frame_io::FrameError;

use super::beneath::{Root, entry};
use super::pending::{PendingFile, Placing};
use crate::caller::{Input, Output};
use crate::failure::{Failure, blocking};

pub(crate) async fn write(
    root: Root,
    path: WorkspacePath,
    executable: Option<bool>,
    expect: Expect,
    input: &mut Input,
    output: &mut Output,
) -> Result<(), Failure> {
    let holder = path.clone();
    let mut pending = blocking(move || {
        let (folder, _) = root.open()?.made_holder(&holder)?;
        PendingFile::new(Arc::new(folder))
    })
    .await?;
    loop {
        let frame = input.next().await?.ok_or(Failure::Stream)?;
        match frame.kind {
            Kind::Data => {
                pending = blocking(move || {
                    pending.write(&frame.payload)?;
                    Ok(pending)
                })
                .await?;
            }
            Kind::End => break,
            Kind::Message | Kind::ErrorData => {
                return Err(FrameError::Unexpected(frame.kind).into());
            }
        }
    }
    let entry = blocking(move || place(pending, path, executable, &expect)).await?;
    output.reply(&Reply::File { entry }).await
}

fn place(
    pending: PendingFile,
    path: WorkspacePath,
    executable: Option<bool>,
    expect: &Expect,
) -> Result<Entry, Failure> {
    let placing = Placing { expect, executable, durable: true };
    let (stat, sha256) = pending.place(path.name().unwrap_or_default(), &placing)?;
    Ok(entry(path, &stat, Some(sha256)))
}
