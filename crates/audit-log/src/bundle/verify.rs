//! Verifies a bundle in one pass over its entries and constant memory. Nothing in the bundle is believed: the signed
//! head is checked with the caller's keys, the leaf hashes with the signed root, the entries with the leaf hashes, and
//! everything else is made again and compared. What is said first is what the entries show, then the other files.

use std::io::{self, Read, Seek};

use super::{
    classify::{Parting, classify, name_faults},
    closing::{check_files, check_note, check_previous, read_checkpoint, read_small},
    files,
    manifest::Digests,
    report::{Finding, Kind, Report, Verdict},
    source::{ArchiveSource, Source},
};
use crate::{
    bundle::{archive::ArchiveError, entries::Entries},
    checkpoint::Checkpoint,
    hash::{Hash, empty_root},
    key::VerifierKey,
    note::SignedNote,
    range::RangeProof,
};

/// What the caller holds to be true.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// The log's keys, from a source outside the bundle.
    pub keys: Vec<VerifierKey>,
    /// A head that the caller kept: the bundle must extend it.
    pub since: Option<SignedNote>,
}

/// Verifies an archive in a file or in memory.
#[must_use]
pub fn verify_archive<T: Read + Seek>(archive: T, trust: &Trust) -> Report {
    match ArchiveSource::new(archive) {
        Ok(source) => verify_source(&source, trust),
        Err(error @ ArchiveError::Padding(_)) => {
            let mut report = Report::undecidable(String::new());
            report.verdict = Verdict::Tampered(Finding::whole(Kind::Container, error.to_string()));
            report
        }
        Err(error) => Report::undecidable(error.to_string()),
    }
}

pub(super) fn verify_source(source: &dyn Source, trust: &Trust) -> Report {
    let mut report = Report::undecidable(String::new());
    report.verdict = match verify(source, trust, &mut report) {
        Ok(()) => Verdict::Intact,
        Err(Stop::Found(finding)) => Verdict::Tampered(finding),
        Err(Stop::Cannot(reason)) => Verdict::Undecidable { reason },
    };
    report
}

/// Why a verification ends early.
pub(super) enum Stop {
    Found(Finding),
    Cannot(String),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Cannot(format!("it cannot be read: {error}"))
    }
}
impl From<Finding> for Stop {
    fn from(finding: Finding) -> Self {
        Self::Found(finding)
    }
}

fn verify(source: &dyn Source, trust: &Trust, report: &mut Report) -> Result<(), Stop> {
    let (missing, strange) = name_faults(source);
    if let Some(name) = missing.first() {
        return Err(Stop::Cannot(format!("not an export of the log: {name} is missing")));
    }
    if let Some(name) = strange.first() {
        return Err(Stop::Cannot(format!(
            "{name} is not a file of an export; remove it or use the verifier of a newer version"
        )));
    }
    if trust.keys.is_empty() {
        return Err(Stop::Cannot("no key was given".to_owned()));
    }
    let mut digests = Digests::new();
    let note = read_small(source, files::CHECKPOINT, &mut digests)?;
    let (head, signed_by) = read_checkpoint(&note, &trust.keys)?;
    report.origin = Some(head.origin.clone());
    report.size = head.size;
    report.signed_by = signed_by;
    let range = read_small(source, files::RANGE, &mut digests)?;
    let range =
        RangeProof::parse(&range).map_err(|error| Finding::whole(Kind::File, format!("{}: {error}", files::RANGE)))?;
    if range.size != head.size {
        return Err(Finding::whole(
            Kind::Checkpoint,
            format!("it covers {} entries, but the proof is for {}", head.size, range.size),
        )
        .into());
    }
    report.start = range.start;
    report.end = range.end;

    let filtered = source.names().contains(&files::WITHHELD);
    let mut entries = Entries::open(source, &range, filtered)?;
    entries.keep_root_at =
        trust.since.as_ref().and_then(|note| Checkpoint::parse(note.text()).ok()).map(|older| older.size);
    entries.run()?;
    judge_entries(source, &head, &range, &entries)?;
    report.entries = entries.shown;
    report.withheld = entries.withheld;
    report.disclosures = entries.disclosures;
    report.warnings.append(&mut entries.warnings);
    let root_of_since = entries.kept_root;
    entries.finish(&mut digests)?;

    let previous = check_previous(source, &head, &trust.keys, &mut digests)??;
    check_files(source, &head, &range, filtered, &mut digests)??;
    if let Some(note) = &trust.since {
        check_since(note, trust, &head, previous.as_ref(), root_of_since)?;
    }
    if range.end < head.size {
        report.warnings.push(format!(
            "the log had {} more entries after this range when the head was signed",
            head.size - range.end
        ));
    }
    Ok(())
}

/// What the entries and their hashes show together with the signed root.
fn judge_entries(
    source: &dyn Source,
    head: &Checkpoint,
    range: &RangeProof,
    entries: &Entries<'_>,
) -> Result<(), Stop> {
    if entries.signed_root(range) != Some(head.root) {
        return Err(judge_without_hashes(head, range, entries).into());
    }
    if let Some(parting) = entries.parting {
        return Err(classify(source, range.start, parting)?.into());
    }
    entries.fault.clone().map_or(Ok(()), |fault| Err(fault.into()))
}

/// The leaf hashes are not those that were signed; the entries may be all the same.
fn judge_without_hashes(head: &Checkpoint, range: &RangeProof, entries: &Entries<'_>) -> Finding {
    let at = entries.parting.map(|Parting { index, .. }| index);
    if entries.own_root(range) == Some(head.root) {
        return Finding {
            kind: Kind::File,
            index: at,
            detail: format!("{} was changed; the entries themselves are whole", files::HASHES),
        };
    }
    match (at, entries.hashes_end) {
        (Some(index), _) => {
            Finding::at(index, Kind::Rewrite, "neither the entry nor its hash in the export is what was signed")
        }
        (None, Some(index)) => Finding::at(index, Kind::CutTail, "entries and hashes end before this position"),
        (None, None) => Finding::whole(Kind::Rewrite, "entries, hashes and range proof do not give the signed root"),
    }
}

/// The head that the caller kept must be a beginning of the bundle's.
fn check_since(
    note: &SignedNote,
    trust: &Trust,
    head: &Checkpoint,
    previous: Option<&Checkpoint>,
    root_of_since: Option<Hash>,
) -> Result<(), Stop> {
    let (older, _) = check_note(note, &trust.keys)?;
    if older.origin != head.origin {
        return Err(Stop::Cannot(format!("the older head belongs to {}", older.origin)));
    }
    if older.size > head.size {
        return Err(Finding::at(
            head.size,
            Kind::CutTail,
            format!("a head of {} entries was signed before", older.size),
        )
        .into());
    }
    let root = if older.size == head.size {
        Some(head.root)
    } else if older.size == 0 {
        Some(empty_root())
    } else {
        root_of_since.or_else(|| previous.filter(|previous| previous.size == older.size).map(|previous| previous.root))
    };
    match root {
        Some(root) if root == older.root => Ok(()),
        Some(_) => Err(Finding::whole(
            Kind::Fork,
            format!("the head of {} entries that was signed before is not a beginning of this log", older.size),
        )
        .into()),
        None => Err(Stop::Cannot("the export does not reach back to the older head".to_owned())),
    }
}
