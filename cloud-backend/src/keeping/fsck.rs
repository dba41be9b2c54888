//! The database and the store beside each other, both ways. Reads only; the memory that it takes is one 256th of the store's names.

use serde::Serialize;
use time::{Duration, OffsetDateTime};

use super::KeepingError;
use crate::{
    authz::LocalAdministrator,
    content::{BlobId, ContentError, ContentStore, FoundObject},
    store::{BlobRow, Store, StoreFigures},
};

/// Findings that are listed one by one; more are only counted.
const LISTED: usize = 1000;
const PAGE: i64 = 1000;
/// An unknown object that is younger may belong to an upload that is under way.
const UNDER_WAY: Duration = Duration::DAY;

/// What is wrong with one blob or object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Problem {
    /// The database names it and the store does not have it.
    Missing,
    /// The store has another number of bytes than the database says.
    WrongSize,
    /// Its bytes are not those that it was stored with.
    WrongContent,
    /// It is there and cannot be read to its end.
    Unreadable,
}

/// One finding.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    pub problem: Problem,
    /// Name of the object in the store.
    pub object: String,
    /// No version needs it: nobody misses anything.
    pub unnamed: bool,
}

/// Everything that was found. Sizes are in bytes.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Report {
    pub blobs: u64,
    pub blob_bytes: u64,
    /// What these take in the store: more than they hold when they are encrypted.
    pub stored_bytes: u64,
    /// Of those that were read, how many are encrypted under a key that is not the newest.
    pub under_earlier_keys: u64,
    pub versions: i64,
    pub version_bytes: i64,
    pub trashed: i64,
    /// In the store and without a version: what the collector will free.
    pub reclaimable_blobs: u64,
    pub reclaimable_bytes: u64,
    /// In the store and unknown to the database, longer than an upload lasts; freed by the collector, too.
    pub unreferenced_objects: u64,
    pub unreferenced_bytes: u64,
    /// Unknown to the database and young: uploads that are under way.
    pub recent_objects: u64,
    /// Names that are no blob's: what a crash cut off.
    pub strange_objects: u64,
    /// Bytes that were read and compared.
    pub read_bytes: u64,
    /// Files without the version that they are said to have.
    pub files_without_version: i64,
    /// Versions whose size is not their blob's.
    pub sizes_that_differ: i64,
    pub problems: u64,
    /// The first thousand.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Nothing that anybody could miss is wrong. Objects that nothing names are no error: they wait for the collector.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.problems == 0 && self.files_without_version == 0 && self.sizes_that_differ == 0
    }

    fn add(&mut self, problem: Problem, row: &BlobRow) {
        // What nothing names may be on its way out: its row goes before its object, or after a crash behind it.
        self.problems += u64::from(!row.unnamed);
        if self.findings.len() < LISTED {
            self.findings.push(Finding { problem, object: row.id.object(), unnamed: row.unnamed });
        }
    }
}

/// Compares everything; with `read`, also every byte with the identifier it is stored under. `progress` hears how many of 256 parts
/// are done.
///
/// # Errors
/// [`KeepingError`] when the database or the store does not answer.
pub async fn fsck(
    store: &Store,
    content: &ContentStore,
    proof: &LocalAdministrator,
    read: bool,
    mut progress: impl FnMut(u16),
) -> Result<Report, KeepingError> {
    let StoreFigures { versions, version_bytes, files_without_version, sizes_that_differ, trashed } =
        store.store_figures(proof).await?;
    let mut report =
        Report { versions, version_bytes, files_without_version, sizes_that_differ, trashed, ..Report::default() };
    for prefix in 0..=u8::MAX {
        let mut part =
            Part { content, read, report: &mut report, objects: content.found(prefix).await?.into_iter().peekable() };
        let mut after: Option<BlobId> = None;
        loop {
            let rows = store.blobs(proof, prefix, after, PAGE).await?;
            let Some(last) = rows.last() else { break };
            after = Some(last.id);
            for row in &rows {
                part.compare(row).await?;
            }
        }
        part.rest();
        progress(u16::from(prefix) + 1);
    }
    Ok(report)
}

/// One 256th: objects and rows come in the same order.
struct Part<'a> {
    content: &'a ContentStore,
    read: bool,
    report: &'a mut Report,
    objects: std::iter::Peekable<std::vec::IntoIter<FoundObject>>,
}

impl Part<'_> {
    async fn compare(&mut self, row: &BlobRow) -> Result<(), KeepingError> {
        let size = u64::try_from(row.size).unwrap_or(0);
        self.report.blobs += 1;
        self.report.blob_bytes += size;
        let name = row.id.object();
        while let Some(object) = self.objects.next_if(|object| object.name < name) {
            self.unknown(&object);
        }
        let Some(object) = self.objects.next_if(|object| object.name == name) else {
            // It may have come since the list was read.
            if !self.content.exists(row.id).await? {
                self.report.add(Problem::Missing, row);
            }
            return Ok(());
        };
        if row.unnamed {
            self.report.reclaimable_blobs += 1;
            self.report.reclaimable_bytes += object.size;
        }
        self.report.stored_bytes += object.stored;
        if object.size != size {
            self.report.add(Problem::WrongSize, row);
        } else if self.read {
            match self.content.verify(row.id).await {
                Ok(true) => {
                    self.report.read_bytes += size;
                    self.report.under_earlier_keys += u64::from(self.content.is_under_earlier_key(row.id).await?);
                }
                Ok(false) => self.report.add(Problem::WrongContent, row),
                Err(ContentError::Damaged) => self.report.add(Problem::WrongContent, row),
                Err(ContentError::Missing) => self.report.add(Problem::Missing, row),
                Err(_) => self.report.add(Problem::Unreadable, row),
            }
        }
        Ok(())
    }

    fn rest(mut self) {
        while let Some(object) = self.objects.next() {
            self.unknown(&object);
        }
    }

    fn unknown(&mut self, object: &FoundObject) {
        if object.blob.is_none() {
            self.report.strange_objects += 1;
        } else if OffsetDateTime::now_utc() - object.changed_at < UNDER_WAY {
            self.report.recent_objects += 1;
        } else {
            self.report.unreferenced_objects += 1;
            self.report.unreferenced_bytes += object.size;
        }
    }
}
