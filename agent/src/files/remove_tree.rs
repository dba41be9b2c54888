//! Removing a folder with all that is in it, however deep and whatever its modes, without following a link.

use rustix::fs::{AtFlags, FileType, Mode};
use rustix::io::Errno;

use super::beneath::{Folder, kind};
use super::pending::temporary_name;
use crate::failure::Failure;
use carrel_wire::agent::EntryKind;

/// Folders deeper than this are first moved up, so that neither handles nor the stack grow with the depth of the tree.
const MAX_DEPTH: usize = 64;
/// How often a folder is emptied again because something was made in it meanwhile.
const ATTEMPTS: usize = 8;
const OWNER_ALL: u32 = 0o700;

pub(crate) fn remove_tree(parent: &Folder, name: &str) -> Result<(), Failure> {
    let top = open_for_removal(parent, name)?;
    for _ in 0..ATTEMPTS {
        while empty(&top, &top, 0)? {}
        match rustix::fs::unlinkat(parent, name, AtFlags::REMOVEDIR) {
            Err(Errno::NOTEMPTY | Errno::EXIST) => {}
            done => return Ok(done?),
        }
    }
    Err(Errno::NOTEMPTY.into())
}

/// Empties a folder; true when deep folders were moved up to the top and wait there.
fn empty(folder: &Folder, top: &Folder, depth: usize) -> Result<bool, Failure> {
    let mut moved = false;
    let mut names = folder.names()?;
    while let Some(found) = names.read() {
        let found = found?;
        let name = found.file_name();
        if matches!(name.to_bytes(), b"." | b"..") {
            continue;
        }
        let is_folder = match found.file_type() {
            FileType::Directory => true,
            FileType::Unknown => kind(&folder.stat(name)?) == EntryKind::Folder,
            _ => false,
        };
        if !is_folder {
            unlink(folder, name, AtFlags::empty())?;
        } else if depth == MAX_DEPTH {
            rustix::fs::renameat(folder, name, top, temporary_name())?;
            moved = true;
        } else {
            let child = open_for_removal(folder, name)?;
            moved |= empty(&child, top, depth + 1)?;
            match unlink(folder, name, AtFlags::REMOVEDIR) {
                // Something was made in it meanwhile: once more from the top.
                Err(Errno::NOTEMPTY | Errno::EXIST) => moved = true,
                done => done?,
            }
        }
    }
    Ok(moved)
}

/// Opens a folder; one that its owner has closed (mode 000) is opened up first.
fn open_for_removal<N: rustix::path::Arg + Copy>(parent: &Folder, name: N) -> Result<Folder, Errno> {
    match parent.child_folder(name) {
        Err(Errno::ACCESS) => {
            let mode = Mode::from_raw_mode(OWNER_ALL);
            rustix::fs::chmodat(parent, name, mode, AtFlags::empty())?;
            parent.child_folder(name)
        }
        opened => opened,
    }
}

/// Unlinks; a folder that its owner has made read-only (as module caches are) is made writable first.
fn unlink<N: rustix::path::Arg + Copy>(folder: &Folder, name: N, flags: AtFlags) -> Result<(), Errno> {
    match rustix::fs::unlinkat(folder, name, flags) {
        Err(Errno::ACCESS) => {
            rustix::fs::fchmod(folder, Mode::from_raw_mode(OWNER_ALL))?;
            rustix::fs::unlinkat(folder, name, flags)
        }
        Err(Errno::NOENT) => Ok(()),
        done => done,
    }
}
