//! Opening what is below the workspace's root, and never anything else. All other file modules go through here.

use std::ffi::CStr;
use std::fs::File;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use carrel_wire::WorkspacePath;
use carrel_wire::agent::{AgentErrorCode, Entry, EntryKind};
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, ResolveFlags, Stat};
use rustix::io::Errno;

use crate::failure::Failure;

/// Mode of the files that the agent makes, before the umask.
pub(crate) const FILE_MODE: u32 = 0o666;
const FOLDER_MODE: u32 = 0o777;

/// How often a lookup that the kernel gave up because of a concurrent rename is tried again.
const LOOKUP_ATTEMPTS: usize = 16;

/// The workspace's root folder. Opened anew for each request, so that a volume may be mounted there at any time.
#[derive(Debug, Clone)]
pub(crate) struct Root(Arc<Path>);

impl Root {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self(path.into())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn open(&self) -> Result<Folder, Errno> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        rustix::fs::open(&*self.0, flags, Mode::empty()).map(Folder)
    }
}

/// A handle of a folder.
#[derive(Debug)]
pub(crate) struct Folder(OwnedFd);

impl AsFd for Folder {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl Folder {
    /// A folder below this one; the empty path is this folder itself.
    pub(crate) fn folder(&self, path: &WorkspacePath) -> Result<Self, Errno> {
        let path = if path.is_root() { "." } else { path.as_str() };
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NONBLOCK;
        open_beneath(self, path, flags, Mode::empty()).map(Self)
    }

    /// The folder that holds `path`, and the last name of `path`.
    pub(crate) fn holder<'p>(&self, path: &'p WorkspacePath) -> Result<(Self, &'p str), Failure> {
        let (parent, name) = split(path)?;
        Ok((self.folder(&parent)?, name))
    }

    /// The same, with all folders on the way made.
    pub(crate) fn made_holder<'p>(&self, path: &'p WorkspacePath) -> Result<(Self, &'p str), Failure> {
        let (parent, name) = split(path)?;
        Ok((self.made_folder(&parent)?, name))
    }

    /// A folder below this one, made if need be, together with those on the way.
    pub(crate) fn made_folder(&self, path: &WorkspacePath) -> Result<Self, Errno> {
        match self.folder(path) {
            Err(Errno::NOENT) => {}
            found => return found,
        }
        let mut folder = self.folder(&WorkspacePath::root())?;
        for name in path.names() {
            match rustix::fs::mkdirat(&folder, name, Mode::from_raw_mode(FOLDER_MODE)) {
                Ok(()) | Err(Errno::EXIST) => {}
                Err(errno) => return Err(errno),
            }
            folder = folder.child_folder(name)?;
        }
        Ok(folder)
    }

    /// The folder called `name` in this one.
    pub(crate) fn child_folder<N: rustix::path::Arg>(&self, name: N) -> Result<Self, Errno> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NONBLOCK;
        open_beneath(self, name, flags, Mode::empty()).map(Self)
    }

    /// Opens the regular file called `name` in this folder for reading.
    pub(crate) fn child_file<N: rustix::path::Arg>(&self, name: N) -> Result<(File, Stat), Failure> {
        // Without NONBLOCK the open of a pipe waits for a writer.
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY;
        let file = open_beneath(self, name, flags, Mode::empty())?;
        let stat = rustix::fs::fstat(&file)?;
        require_file(&stat)?;
        Ok((file.into(), stat))
    }

    /// Makes a file that must not exist, for writing.
    pub(crate) fn new_file(&self, name: &str, mode: u32) -> Result<File, Errno> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
        open_beneath(self, name, flags, Mode::from_raw_mode(mode)).map(File::from)
    }

    /// What is called `name` in this folder, itself and not what it points to.
    pub(crate) fn stat<N: rustix::path::Arg>(&self, name: N) -> Result<Stat, Errno> {
        rustix::fs::statat(self, name, AtFlags::SYMLINK_NOFOLLOW)
    }

    /// The names in this folder; needs a handle from [`Folder::folder`] or [`Folder::child_folder`].
    pub(crate) fn names(&self) -> Result<Dir, Errno> {
        Dir::read_from(self)
    }

    /// A path of this very folder for system calls that take paths only; good while the handle lives.
    pub(crate) fn handle_path(&self) -> String {
        format!("/proc/self/fd/{}", self.0.as_raw_fd())
    }
}

fn split(path: &WorkspacePath) -> Result<(WorkspacePath, &str), Failure> {
    match (path.parent(), path.name()) {
        (Some(parent), Some(name)) => Ok((parent, name)),
        _ => Err(Failure::refused(AgentErrorCode::Invalid, "the workspace's folder itself cannot be changed")),
    }
}

fn open_beneath<P: rustix::path::Arg>(folder: &Folder, path: P, flags: OFlags, mode: Mode) -> Result<OwnedFd, Errno> {
    let path = path.into_c_str()?;
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    for _ in 1..LOOKUP_ATTEMPTS {
        match rustix::fs::openat2(folder, &*path, flags | OFlags::CLOEXEC, mode, resolve) {
            Err(Errno::AGAIN | Errno::INTR) => {}
            opened => return opened,
        }
    }
    rustix::fs::openat2(folder, &*path, flags | OFlags::CLOEXEC, mode, resolve)
}

pub(crate) fn kind(stat: &Stat) -> EntryKind {
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => EntryKind::File,
        FileType::Directory => EntryKind::Folder,
        _ => EntryKind::Other,
    }
}

/// Refuses everything that is not a regular file.
pub(crate) fn require_file(stat: &Stat) -> Result<(), Failure> {
    match kind(stat) {
        EntryKind::File => Ok(()),
        EntryKind::Folder => Err(Failure::refused(AgentErrorCode::WrongKind, "a folder is there")),
        EntryKind::Other => Err(Failure::refused(AgentErrorCode::WrongKind, "neither a file nor a folder")),
    }
}

pub(crate) fn executable(stat: &Stat) -> bool {
    stat.st_mode & 0o100 != 0
}

/// The entry of `path` as `stat` describes it.
pub(crate) fn entry(path: WorkspacePath, stat: &Stat, sha256: Option<String>) -> Entry {
    let kind = kind(stat);
    Entry {
        path,
        kind,
        size: if kind == EntryKind::Folder { 0 } else { u64::try_from(stat.st_size).unwrap_or(0) },
        modified_ms: stat
            .st_mtime
            .saturating_mul(1000)
            .saturating_add(i64::try_from(stat.st_mtime_nsec / 1_000_000).unwrap_or(0)),
        executable: kind == EntryKind::File && executable(stat),
        sha256,
    }
}

/// A name as text, unless it is not UTF-8, one of the two that every folder has, or the agent's own temporary file.
pub(crate) fn visible_name(name: &CStr) -> Option<&str> {
    name.to_str()
        .ok()
        .filter(|name| !matches!(*name, "." | "..") && !name.starts_with(carrel_wire::agent::TEMPORARY_PREFIX))
}

/// Whether a folder of this name stays on the volume only.
pub(crate) fn ignored_folder(name: &str) -> bool {
    carrel_wire::agent::IGNORED_FOLDERS.contains(&name)
}
