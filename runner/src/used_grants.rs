//! Which grants were used: an append-only file, so that a grant is used once even across a crash. A line is on the disk
//! before the act that it permits begins.

use std::{
    collections::HashMap,
    fs::{File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

/// Seconds after a grant's end for which it is remembered; more than any clock skew that is accepted.
const KEEP_S: i64 = 60;
/// Used grants that are remembered at once. Reaching it takes the cloud's key and thousands of grants in a minute.
const MAX_GRANTS: usize = 50_000;
/// Lines in the file beyond those that matter before it is written anew.
const MAX_STALE_LINES: usize = 4096;

/// A grant cannot be marked as used, and what it permits must not be done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UseError {
    #[error("the grant was already used")]
    Replayed,
    #[error("too many grants are in use")]
    Full,
    #[error("the grant's use cannot be written down")]
    Io(#[from] io::Error),
}

/// The ids of used grants with their ends.
#[derive(Debug)]
pub(crate) struct UsedGrants {
    path: PathBuf,
    file: File,
    ends: HashMap<String, i64>,
    lines: usize,
    /// The last line may be there in part: nothing may be written behind it.
    torn: bool,
}

impl UsedGrants {
    /// Reads `path`, or makes it; forgets what ended before `now_s` (seconds since 1970).
    pub(crate) fn open(path: &Path, now_s: i64) -> io::Result<Self> {
        let mut bytes = match std::fs::read(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            read => read?,
        };
        // What follows the last line feed was torn by a crash before its grant permitted anything. It need not be text.
        bytes.truncate(bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1));
        let damaged = || io::Error::new(io::ErrorKind::InvalidData, "the file of used grants is damaged");
        let text = String::from_utf8(bytes).map_err(|_| damaged())?;
        let mut ends = HashMap::new();
        for line in text.lines() {
            let (end, jti) = parse(line).ok_or_else(damaged)?;
            ends.insert(jti.to_owned(), end);
        }
        ends.retain(|_, end| *end + KEEP_S >= now_s);
        let file = rewrite(path, &ends)?;
        Ok(Self { path: path.to_owned(), file, lines: ends.len(), ends, torn: false })
    }

    /// Marks a grant as used; when this returns `Ok`, that is on the disk.
    pub(crate) fn use_once(&mut self, jti: &str, end: i64, now_s: i64) -> Result<(), UseError> {
        if self.ends.contains_key(jti) {
            return Err(UseError::Replayed);
        }
        if self.torn || self.lines > self.ends.len() + MAX_STALE_LINES || self.ends.len() >= MAX_GRANTS {
            self.ends.retain(|_, end| *end + KEEP_S >= now_s);
            self.file = rewrite(&self.path, &self.ends)?;
            self.lines = self.ends.len();
            self.torn = false;
        }
        if self.ends.len() >= MAX_GRANTS {
            return Err(UseError::Full);
        }
        // Remembered even if writing fails: a line may have reached the disk all the same.
        self.ends.insert(jti.to_owned(), end);
        self.lines += 1;
        let written = self.file.write_all(format!("{end} {jti}\n").as_bytes()).and_then(|()| self.file.sync_data());
        if let Err(error) = written {
            self.torn = true;
            return Err(error.into());
        }
        self.ends.retain(|_, end| *end + KEEP_S >= now_s);
        Ok(())
    }
}

fn parse(line: &str) -> Option<(i64, &str)> {
    let (end, jti) = line.split_once(' ')?;
    (jti.len() == 32 && jti.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some((end.parse().ok()?, jti))
}

/// Writes the file anew beside the old one and puts it in its place; both are on the disk when this returns.
fn rewrite(path: &Path, ends: &HashMap<String, i64>) -> io::Result<File> {
    let new = path.with_extension("new");
    let mut file = OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(&new)?;
    let mut text = String::new();
    for (jti, end) in ends {
        text.push_str(&format!("{end} {jti}\n"));
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&new, path)?;
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    OpenOptions::new().append(true).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jti(n: u32) -> String {
        format!("{n:032x}")
    }

    #[test]
    fn a_grant_is_used_once_also_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("grants");
        let mut used = UsedGrants::open(&path, 0).unwrap();
        used.use_once(&jti(1), 100, 50).unwrap();
        assert!(matches!(used.use_once(&jti(1), 100, 50), Err(UseError::Replayed)));
        drop(used);
        let mut used = UsedGrants::open(&path, 160).unwrap();
        assert!(matches!(used.use_once(&jti(1), 100, 160), Err(UseError::Replayed)));
        drop(used);
        let used = UsedGrants::open(&path, 161).unwrap();
        assert!(used.ends.is_empty());
        assert_eq!(std::fs::read(&path).unwrap(), b"");
    }

    #[test]
    fn a_torn_last_line_is_dropped_and_other_damage_is_not_ignored() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("grants");
        for torn in [b"100 00".as_slice(), b"100 \xff\xff", b"\0\0\0"] {
            let mut bytes = format!("100 {}\n", jti(7)).into_bytes();
            bytes.extend(torn);
            std::fs::write(&path, bytes).unwrap();
            let used = UsedGrants::open(&path, 50).unwrap();
            assert_eq!(used.ends.len(), 1);
        }
        std::fs::write(&path, format!("100 {}\nrubbish\n", jti(7))).unwrap();
        assert!(UsedGrants::open(&path, 50).is_err());
    }

    #[test]
    fn a_line_that_was_written_in_part_spoils_no_later_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("grants");
        let mut used = UsedGrants::open(&path, 50).unwrap();
        used.use_once(&jti(1), 100, 50).unwrap();
        // A full disk takes the beginning of the line.
        used.file = OpenOptions::new().append(true).open("/dev/full").unwrap();
        assert!(matches!(used.use_once(&jti(2), 100, 50), Err(UseError::Io(_))));
        used.file = OpenOptions::new().append(true).open(&path).unwrap();
        used.file.write_all(b"100 00").unwrap();
        used.use_once(&jti(3), 100, 50).unwrap();
        drop(used);
        let mut used = UsedGrants::open(&path, 50).unwrap();
        for n in 1..=3 {
            assert!(matches!(used.use_once(&jti(n), 100, 50), Err(UseError::Replayed)), "{n}");
        }
    }

    #[test]
    fn the_file_and_the_memory_stay_small() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("grants");
        let mut used = UsedGrants::open(&path, 0).unwrap();
        let count = u32::try_from(MAX_STALE_LINES).unwrap() + 200;
        for n in 0..count {
            used.use_once(&jti(n), i64::from(n), i64::from(n)).unwrap();
        }
        assert!(used.ends.len() <= 62);
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= 300, "{lines}");
    }
}
