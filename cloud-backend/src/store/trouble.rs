//! What a failure of the database means to whoever waits for an act, and whether the act may be tried again by itself.

use std::error::Error as _;

use super::StoreError;
use crate::content::BlobId;

/// What the database says that is nobody's fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// There is no room for what was to be written.
    DiskFull,
    /// Others were in the way, and the database ended one for the sake of the other: a deadlock, an order that does not exist.
    Conflict,
    /// A wait took too long.
    Busy,
    /// It does not answer, or is about to end or to start.
    Away,
}

/// What stood in the way of an act that left nothing behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hindrance {
    /// Other acts. The same act can well succeed a moment later.
    Others,
    /// The collector took the content that the act names; once it is back, the act can succeed.
    ContentGone(BlobId),
}

/// An error that an act can end with.
pub trait Hindered {
    /// What it was, if the act may be tried again by itself.
    fn hindrance(&self) -> Option<Hindrance>;
}

impl Hindered for StoreError {
    fn hindrance(&self) -> Option<Hindrance> {
        match self {
            Self::ContentGone(blob) => Some(Hindrance::ContentGone(*blob)),
            // The transaction that it shared was ended for something that another act of it did: by itself it may fit in.
            Self::NotCommitted(Some(_)) => Some(Hindrance::Others),
            // A wait that was too long is not begun anew. On a full disk what others have to undo makes room at times.
            Self::Database(error) => match of(error) {
                Some(Trouble::Conflict | Trouble::DiskFull) => Some(Hindrance::Others),
                Some(Trouble::Busy | Trouble::Away) | None => None,
            },
            _ => None,
        }
    }
}

impl StoreError {
    /// What it means, when it is nobody's fault.
    pub(crate) fn trouble(&self) -> Option<Trouble> {
        match self {
            Self::Database(error) => of(error),
            Self::NotCommitted(Some(error)) => Some(of(error).unwrap_or(Trouble::Busy)),
            Self::NotCommitted(None) => Some(Trouble::Away),
            Self::ContentGone(_) => Some(Trouble::Busy),
            _ => None,
        }
    }
}

fn of(error: &sqlx::Error) -> Option<Trouble> {
    match error {
        sqlx::Error::PoolTimedOut => Some(Trouble::Busy),
        sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => Some(Trouble::Away),
        sqlx::Error::Io(error) if error.kind() == std::io::ErrorKind::StorageFull => Some(Trouble::DiskFull),
        sqlx::Error::Io(_) => Some(Trouble::Away),
        sqlx::Error::Database(error) => by_code(&error.code()?),
        // A transaction, or an answer, in which another error is wrapped.
        other => other.source()?.downcast_ref::<sqlx::Error>().and_then(of),
    }
}

/// SQLite's result codes are numbers, of which the lowest byte says the kind; PostgreSQL's have five characters (its manual, appendix A).
fn by_code(code: &str) -> Option<Trouble> {
    match code {
        // disk_full
        "53100" => return Some(Trouble::DiskFull),
        // serialization_failure, deadlock_detected, lock_not_available
        "40001" | "40P01" | "55P03" => return Some(Trouble::Conflict),
        // out_of_memory, too_many_connections
        "53200" | "53300" => return Some(Trouble::Busy),
        // admin_shutdown, crash_shutdown, cannot_connect_now
        "57P01" | "57P02" | "57P03" => return Some(Trouble::Away),
        _ if code.len() == 5 => return None,
        _ => {}
    }
    let number: u32 = code.parse().ok()?;
    match (number & 0xff, number) {
        // SQLITE_FULL; SQLITE_IOERR_SHMSIZE: no room for the index of its log.
        (13, _) | (_, 4874) => Some(Trouble::DiskFull),
        // SQLITE_BUSY_SNAPSHOT: somebody wrote after this transaction had begun to read.
        (_, 517) => Some(Trouble::Conflict),
        // SQLITE_BUSY, SQLITE_LOCKED
        (5 | 6, _) => Some(Trouble::Busy),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_both_databases_are_told_apart() {
        for (code, trouble) in [
            ("13", Some(Trouble::DiskFull)),
            ("4874", Some(Trouble::DiskFull)),
            ("53100", Some(Trouble::DiskFull)),
            ("5", Some(Trouble::Busy)),
            ("517", Some(Trouble::Conflict)),
            ("6", Some(Trouble::Busy)),
            ("40001", Some(Trouble::Conflict)),
            ("40P01", Some(Trouble::Conflict)),
            ("57P01", Some(Trouble::Away)),
            ("23505", None),
            ("2067", None),
            ("10", None),
            ("", None),
        ] {
            assert_eq!(by_code(code), trouble, "{code}");
        }
    }
}
