//! The whole tree less what is ignored, as entries in batches. What an earlier agent left half-written is swept on the way.

use std::ffi::CStr;

use carrel_wire::WorkspacePath;
use carrel_wire::agent::{Entry, EntryKind, Reply, TEMPORARY_PREFIX};
use rustix::fs::{AtFlags, Dir, Stat};

use super::beneath::{Folder, Root, entry, ignored_folder, kind, visible_name};
use super::expect::hash;
use super::list::{BATCH_BYTES, BATCH_ENTRIES, json_bytes};
use crate::caller::Output;
use crate::failure::{Failure, blocking};

/// Bytes hashed after which a batch goes out even if it is not full, so that the caller sees progress.
const BATCH_HASHED_BYTES: u64 = 64 * 1024 * 1024;

/// Sends every entry below the root.
///
/// `started_s`: seconds since 1970 when this agent started; temporary files from before it are nobody's.
pub(crate) async fn scan(root: Root, with_hash: bool, started_s: i64, output: &mut Output) -> Result<(), Failure> {
    let mut scanner = blocking(move || Scanner::new(root.open()?, with_hash, started_s)).await?;
    loop {
        let (entries, rest) = blocking(move || {
            let entries = scanner.batch();
            Ok((entries, scanner))
        })
        .await?;
        scanner = rest;
        if entries.is_empty() {
            return output.end().await;
        }
        output.reply(&Reply::Entries { entries }).await?;
    }
}

struct Scanner {
    root: Folder,
    with_hash: bool,
    started_s: i64,
    /// Folders that are known but not read yet.
    waiting: Vec<WorkspacePath>,
    reading: Option<Reading>,
}

struct Reading {
    path: WorkspacePath,
    folder: Folder,
    names: Dir,
}

impl Scanner {
    fn new(root: Folder, with_hash: bool, started_s: i64) -> Result<Self, Failure> {
        root.folder(&WorkspacePath::root())?;
        Ok(Self { root, with_hash, started_s, waiting: vec![WorkspacePath::root()], reading: None })
    }

    /// The next entries; none at the end.
    fn batch(&mut self) -> Vec<Entry> {
        let (mut entries, mut bytes, mut hashed) = (Vec::new(), 0, 0);
        while entries.len() < BATCH_ENTRIES && bytes < BATCH_BYTES && hashed < BATCH_HASHED_BYTES {
            let Some(mut reading) = self.reading.take().or_else(|| self.next_folder()) else {
                break;
            };
            // An error ends this folder only: it is gone, or closed to this user.
            let Some(Ok(found)) = reading.names.read() else {
                continue;
            };
            if let Some(entry) = self.examine(&reading, found.file_name()) {
                bytes += json_bytes(&entry);
                hashed += if self.with_hash { entry.size } else { 0 };
                entries.push(entry);
            }
            self.reading = Some(reading);
        }
        entries
    }

    fn next_folder(&mut self) -> Option<Reading> {
        while let Some(path) = self.waiting.pop() {
            if let Ok(folder) = self.root.folder(&path)
                && let Ok(names) = folder.names()
            {
                return Some(Reading { path, folder, names });
            }
        }
        None
    }

    fn examine(&mut self, reading: &Reading, name: &CStr) -> Option<Entry> {
        let Some(visible) = visible_name(name) else {
            self.sweep(&reading.folder, name);
            return None;
        };
        let stat = reading.folder.stat(name).ok()?;
        let path = reading.path.join(visible).ok()?;
        match kind(&stat) {
            EntryKind::Folder if ignored_folder(visible) => None,
            EntryKind::Folder => {
                self.waiting.push(path.clone());
                Some(entry(path, &stat, None))
            }
            EntryKind::File if self.with_hash => {
                // The size that was hashed belongs to the handle, not to the name's earlier state.
                let (file, stat) = reading.folder.child_file(name).ok()?;
                let sha256 = hash(&file).ok()?;
                Some(entry(path, &stat, Some(sha256)))
            }
            EntryKind::File | EntryKind::Other => Some(entry(path, &stat, None)),
        }
    }

    fn sweep(&self, folder: &Folder, name: &CStr) {
        let stale = |stat: &Stat| kind(stat) == EntryKind::File && stat.st_mtime < self.started_s;
        if name.to_bytes().starts_with(TEMPORARY_PREFIX.as_bytes()) && folder.stat(name).is_ok_and(|stat| stale(&stat))
        {
            rustix::fs::unlinkat(folder, name, AtFlags::empty()).ok();
        }
    }
}
