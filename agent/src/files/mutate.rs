//! Changes that carry no content: making folders, removing, renaming.

use carrel_wire::WorkspacePath;
use carrel_wire::agent::{AgentErrorCode, EntryKind, Expect};
use rustix::fs::{AtFlags, RenameFlags};
use rustix::io::Errno;

use super::beneath::{Root, kind};
use super::expect::{changed, check};
use super::remove_tree::remove_tree;
use crate::failure::Failure;

pub(crate) fn make_folder(root: &Root, path: &WorkspacePath) -> Result<(), Failure> {
    root.open()?.made_folder(path)?;
    Ok(())
}

/// Removes a file, a link itself, or a folder with all that is in it.
pub(crate) fn remove(root: &Root, path: &WorkspacePath, expect: &Expect) -> Result<(), Failure> {
    let (folder, name) = root.open()?.holder(path)?;
    let stat = folder.stat(name)?;
    match (kind(&stat), expect) {
        (_, Expect::Absent) => Err(changed("something is there")),
        (EntryKind::Folder, Expect::Anything) => remove_tree(&folder, name),
        (EntryKind::Folder, Expect::Sha256(_)) => Err(Failure::refused(AgentErrorCode::WrongKind, "a folder is there")),
        (EntryKind::File | EntryKind::Other, _) => {
            check(&folder, name, expect)?;
            Ok(rustix::fs::unlinkat(&folder, name, AtFlags::empty())?)
        }
    }
}

/// Leaves the question whether it is empty to the kernel, which sees names that no listing tells and what comes meanwhile.
pub(crate) fn remove_empty_folder(root: &Root, path: &WorkspacePath) -> Result<(), Failure> {
    let (folder, name) = root.open()?.holder(path)?;
    rustix::fs::unlinkat(&folder, name, AtFlags::REMOVEDIR).map_err(|errno| match errno {
        Errno::NOTEMPTY | Errno::EXIST => Failure::refused(AgentErrorCode::NotEmpty, "something is in it"),
        other => other.into(),
    })
}

pub(crate) fn rename(root: &Root, from: &WorkspacePath, to: &WorkspacePath) -> Result<(), Failure> {
    let root = root.open()?;
    let (old_folder, old_name) = root.holder(from)?;
    // Before parents are made for nothing.
    old_folder.stat(old_name)?;
    let (new_folder, new_name) = root.made_holder(to)?;
    rustix::fs::renameat_with(&old_folder, old_name, &new_folder, new_name, RenameFlags::NOREPLACE).map_err(|errno| {
        match errno {
            Errno::EXIST => Failure::refused(AgentErrorCode::Exists, "something is there already"),
            other => other.into(),
        }
    })
}
