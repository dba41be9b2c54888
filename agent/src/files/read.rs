//! The content of one file.

use std::fs::File;
use std::io::Read;

use carrel_wire::WorkspacePath;
use carrel_wire::agent::Reply;
use carrel_wire::frame::MAX_PAYLOAD_BYTES;

use super::beneath::{Root, entry};
use crate::caller::Output;
use crate::failure::{Failure, blocking};

pub(crate) async fn read(root: Root, path: WorkspacePath, output: &mut Output) -> Result<(), Failure> {
    let (mut file, found) = blocking(move || {
        let (folder, name) = root.open()?.holder(&path)?;
        let (file, stat) = folder.child_file(name)?;
        Ok((file, entry(path.clone(), &stat, None)))
    })
    .await?;
    output.reply(&Reply::File { entry: found }).await?;
    let mut chunk = vec![0; MAX_PAYLOAD_BYTES];
    loop {
        let length;
        (file, chunk, length) = blocking(move || read_chunk(file, chunk)).await?;
        if length == 0 {
            return output.end().await;
        }
        output.data(&chunk[..length]).await?;
    }
}

fn read_chunk(mut file: File, mut chunk: Vec<u8>) -> Result<(File, Vec<u8>, usize), Failure> {
    let length = file.read(&mut chunk)?;
    Ok((file, chunk, length))
}
