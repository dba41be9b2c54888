//! The names in one folder.

use carrel_wire::WorkspacePath;
use carrel_wire::agent::{Entry, Reply};
use rustix::fs::Dir;

use super::beneath::{Folder, Root, entry, visible_name};
use crate::caller::Output;
use crate::failure::{Failure, blocking};

/// Most entries in one reply.
pub(crate) const BATCH_ENTRIES: usize = 256;
/// Most bytes that the entries of one reply may take as JSON, by [`json_bytes`].
pub(crate) const BATCH_BYTES: usize = 192 * 1024;

/// An upper bound for an entry's JSON: a control character in a path takes six bytes.
pub(crate) fn json_bytes(entry: &Entry) -> usize {
    entry.path.as_str().len() * 6 + 256
}

pub(crate) async fn list(root: Root, path: WorkspacePath, output: &mut Output) -> Result<(), Failure> {
    let mut lister = blocking(move || Lister::new(&root, path)).await?;
    loop {
        let (entries, more, rest) = blocking(move || {
            let (entries, more) = lister.batch()?;
            Ok((entries, more, lister))
        })
        .await?;
        lister = rest;
        output.reply(&Reply::Entries { entries }).await?;
        if !more {
            return output.end().await;
        }
    }
}

struct Lister {
    path: WorkspacePath,
    folder: Folder,
    names: Dir,
}

impl Lister {
    fn new(root: &Root, path: WorkspacePath) -> Result<Self, Failure> {
        let folder = root.open()?.folder(&path)?;
        let names = folder.names()?;
        Ok(Self { path, folder, names })
    }

    /// The next entries, and whether there may be more.
    fn batch(&mut self) -> Result<(Vec<Entry>, bool), Failure> {
        let (mut entries, mut bytes) = (Vec::new(), 0);
        while let Some(found) = self.names.read() {
            let found = found?;
            let Some(name) = visible_name(found.file_name()) else {
                continue;
            };
            if self.path.is_root() && name == "lost+found" {
                continue;
            }
            // Gone meanwhile, or too deep for a path of the protocol: not there for the caller.
            let (Ok(stat), Ok(path)) = (self.folder.stat(name), self.path.join(name)) else {
                continue;
            };
            let found = entry(path, &stat, None);
            bytes += json_bytes(&found);
            entries.push(found);
            if entries.len() == BATCH_ENTRIES || bytes >= BATCH_BYTES {
                return Ok((entries, true));
            }
        }
        Ok((entries, false))
    }
}
