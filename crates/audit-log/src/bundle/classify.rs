//! Names what was done to the entries, once it is known that the leaf hashes are those that were signed and that the
//! entries differ from them. Reads the files again in constant memory; it is only needed when something is wrong.

use std::{collections::BTreeSet, io};

use super::{
    files,
    lines::Lines,
    report::{Finding, Kind},
    source::Source,
};
use crate::hash::{Hash, from_hex};

/// Where entries and signed hashes part.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parting {
    /// The position in the log.
    pub(super) index: u64,
    /// How many lines of `entries.jsonl` stand before the one that differs.
    pub(super) line: u64,
    /// The leaf hash of the line that stands there; `None` when there is none.
    pub(super) actual: Option<Hash>,
    /// The signed leaf hash of the position; `None` after the end of the range.
    pub(super) signed: Option<Hash>,
}

/// The finding for a parting; `start` is the first position of the range.
pub(super) fn classify(source: &dyn Source, start: u64, parting: Parting) -> io::Result<Finding> {
    let Parting { index, line, actual, signed } = parting;
    let Some(actual) = actual else {
        return Ok(Finding::at(index, Kind::CutTail, "the export ends before this entry"));
    };
    let Some(signed) = signed else {
        return Ok(Finding::at(index, Kind::Insert, "a line stands after the last entry of the range"));
    };
    let (mut before, mut later) = (false, false);
    let mut hashes = Lines::new(source.open(files::HASHES)?);
    let mut position = start;
    while let Some(text) = hashes.next()? {
        if from_text(&text.bytes) == Some(actual) {
            before |= position < index;
            later |= position > index;
        }
        position += 1;
    }
    let mut signed_is_later = false;
    let mut entries = Lines::new(source.open(files::ENTRIES)?);
    let mut number = 0;
    while let Some(entry) = entries.next()? {
        signed_is_later |= number > line && entry.hash == signed;
        number += 1;
    }
    Ok(match (signed_is_later, later) {
        (true, true) => {
            Finding::at(index, Kind::Reorder, "an entry of another position stands here, and this one stands later")
        }
        (true, false) if before => Finding::at(index, Kind::Insert, "an earlier entry is repeated here"),
        (true, false) => Finding::at(index, Kind::Insert, "a line that was never sealed stands before this entry"),
        (false, true) => Finding::at(index, Kind::Delete, "this entry is missing; a later one stands in its place"),
        (false, false) => Finding::at(index, Kind::Edit, "the line is not the entry that was sealed here"),
    })
}

/// Reads a line of `leaf-hashes.txt`.
pub(super) fn from_text(line: &[u8]) -> Option<Hash> {
    std::str::from_utf8(line).ok().and_then(from_hex)
}

/// The known names that a source lacks, and the names that it should not have.
pub(super) fn name_faults(source: &dyn Source) -> (Vec<&'static str>, Vec<String>) {
    let names: BTreeSet<&str> = source.names().into_iter().collect();
    let missing = files::REQUIRED.into_iter().filter(|name| !names.contains(name)).collect();
    let strange = names.iter().filter(|name| files::rank(name).is_none()).map(|name| (*name).to_owned()).collect();
    (missing, strange)
}
