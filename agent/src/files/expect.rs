//! What must be there for a change to be made, and the hash of what is there.

use std::fs::File;
use std::io::Read;

use carrel_wire::agent::{AgentErrorCode, Expect};
use rustix::fs::Stat;
use rustix::io::Errno;
use sha2::{Digest, Sha256};

use super::beneath::{Folder, require_file};
use crate::failure::Failure;

const CHUNK_BYTES: usize = 128 * 1024;

/// SHA-256 of the rest of a file, 64 lower-case hex digits.
pub(crate) fn hash(mut file: &File) -> Result<String, Failure> {
    let mut hasher = Sha256::new();
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        match file.read(&mut chunk)? {
            0 => return Ok(hex::encode(hasher.finalize())),
            read => hasher.update(&chunk[..read]),
        }
    }
}

/// What is at a name, if anything.
pub(crate) fn present(folder: &Folder, name: &str) -> Result<Option<Stat>, Failure> {
    match folder.stat(name) {
        Ok(stat) => Ok(Some(stat)),
        Err(Errno::NOENT) => Ok(None),
        Err(errno) => Err(errno.into()),
    }
}

/// Refuses with `Changed` unless the file called `name` is as expected.
pub(crate) fn check(folder: &Folder, name: &str, expect: &Expect) -> Result<(), Failure> {
    match expect {
        Expect::Anything => Ok(()),
        Expect::Absent => match present(folder, name)? {
            None => Ok(()),
            Some(_) => Err(changed("something is there already")),
        },
        Expect::Sha256(expected) => check_content(folder, name, expected),
    }
}

fn check_content(folder: &Folder, name: &str, expected: &str) -> Result<(), Failure> {
    let Some(stat) = present(folder, name)? else {
        return Err(changed("the file is gone"));
    };
    require_file(&stat)?;
    let (file, before) = folder.child_file(name)?;
    let actual = hash(&file)?;
    // Hashing takes time: what was hashed must still be what the name means, and unchanged.
    let after = present(folder, name)?;
    let same = after.is_some_and(|after| identity(&after) == identity(&before));
    if same && actual == *expected { Ok(()) } else { Err(changed("the file has changed")) }
}

fn identity(stat: &Stat) -> impl PartialEq + use<> {
    (stat.st_ino, stat.st_size, (stat.st_mtime, stat.st_mtime_nsec), (stat.st_ctime, stat.st_ctime_nsec))
}

pub(crate) fn changed(message: &str) -> Failure {
    Failure::refused(AgentErrorCode::Changed, message)
}
