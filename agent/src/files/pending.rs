//! A file that is being written beside its place: it appears whole under its name, or not at all.

use std::fs::File;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use carrel_wire::agent::{Expect, TEMPORARY_PREFIX};
use rustix::fs::{AtFlags, Mode, RenameFlags, Stat};
use rustix::io::Errno;
use sha2::{Digest, Sha256};

use super::beneath::{FILE_MODE, Folder, require_file};
use super::expect::{changed, check, present};
use crate::failure::Failure;

const EXECUTABLE_MODE: u32 = 0o755;
/// The bits of an existing file's mode that its successor inherits; never set-user-id and its like.
const PERMISSION_BITS: u32 = 0o777;
/// Attempts to find a temporary name that is not taken.
const NAME_ATTEMPTS: usize = 8;

/// A name that is hidden from lists and, most likely, free.
pub(crate) fn temporary_name() -> String {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let nanoseconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    let count = COUNTER.fetch_add(1, Ordering::Relaxed);
    format!("{TEMPORARY_PREFIX}{nanoseconds:x}-{count:x}")
}

/// How a file is put in its place.
#[derive(Debug)]
pub(crate) struct Placing<'a> {
    pub(crate) expect: &'a Expect,
    /// `None` keeps the mode of the file that is replaced.
    pub(crate) executable: Option<bool>,
    /// Whether content and name are on the disk before this returns.
    pub(crate) durable: bool,
}

/// The temporary file; removed when this is dropped before it was put in its place.
#[derive(Debug)]
pub(crate) struct PendingFile {
    folder: Arc<Folder>,
    file: File,
    temporary: String,
    hasher: Sha256,
    placed: bool,
}

impl PendingFile {
    pub(crate) fn new(folder: Arc<Folder>) -> Result<Self, Failure> {
        let mut attempts = NAME_ATTEMPTS;
        loop {
            let temporary = temporary_name();
            match folder.new_file(&temporary, FILE_MODE) {
                Ok(file) => {
                    return Ok(Self { folder, file, temporary, hasher: Sha256::new(), placed: false });
                }
                Err(Errno::EXIST) if attempts > 0 => attempts -= 1,
                Err(errno) => return Err(errno.into()),
            }
        }
    }

    pub(crate) fn write(&mut self, data: &[u8]) -> Result<(), Failure> {
        self.hasher.update(data);
        Ok(self.file.write_all(data)?)
    }

    /// Gives the file its name if what is there is as expected; then what it is and its SHA-256.
    pub(crate) fn place(mut self, name: &str, placing: &Placing<'_>) -> Result<(Stat, String), Failure> {
        self.set_mode(name, placing)?;
        if placing.durable {
            self.file.sync_all()?;
        }
        check(&self.folder, name, placing.expect)?;
        let (folder, temporary) = (&*self.folder, self.temporary.as_str());
        if matches!(placing.expect, Expect::Absent) {
            rustix::fs::renameat_with(folder, temporary, folder, name, RenameFlags::NOREPLACE).map_err(|errno| {
                match errno {
                    Errno::EXIST => changed("something is there already"),
                    other => other.into(),
                }
            })?;
        } else {
            rustix::fs::renameat(folder, temporary, folder, name)?;
        }
        self.placed = true;
        if placing.durable {
            rustix::fs::fsync(&*self.folder)?;
        }
        let stat = rustix::fs::fstat(&self.file)?;
        let hash = std::mem::take(&mut self.hasher).finalize();
        Ok((stat, hex::encode(hash)))
    }

    fn set_mode(&self, name: &str, placing: &Placing<'_>) -> Result<(), Failure> {
        let existing = present(&self.folder, name)?;
        if let Some(stat) = &existing
            && !matches!(placing.expect, Expect::Absent)
        {
            require_file(stat)?;
        }
        let mode = match (placing.executable, existing) {
            (Some(true), _) => EXECUTABLE_MODE,
            (None, Some(stat)) => stat.st_mode & PERMISSION_BITS,
            (Some(false), _) | (None, None) => return Ok(()),
        };
        Ok(rustix::fs::fchmod(&self.file, Mode::from_raw_mode(mode))?)
    }
}

impl Drop for PendingFile {
    fn drop(&mut self) {
        if !self.placed {
            // Nobody is left to tell; what stays is hidden and swept by a later scan.
            let temporary = self.temporary.as_str();
            rustix::fs::unlinkat(&*self.folder, temporary, AtFlags::empty()).ok();
        }
    }
}
