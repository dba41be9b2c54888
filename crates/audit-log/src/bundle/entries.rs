//! The pass over the entries: leaf hashes, shown entries, withheld positions, disclosures and the table side by side,
//! each position looked at once. It only notes what it sees; `verify` draws the conclusions.

use std::io;

use time::{Duration, OffsetDateTime};

use super::{
    classify::{Parting, from_text},
    files,
    lines::{Line, Lines},
    manifest::Digests,
    report::{Finding, Kind},
    source::Source,
};
use crate::{
    hash::{Hash, from_hex},
    json::Json,
    leaf::Leaf,
    personal::decode_32,
    projection::{CSV_HEADER, csv_line},
    range::{RangeFold, RangeProof},
};

/// A step back of the clock that is worth a word.
const CLOCK_SLACK: Duration = Duration::minutes(5);

/// The files of the pass and what was noted.
pub(super) struct Entries<'a> {
    start: u64,
    end: u64,
    hashes: Lines<'a>,
    entries: Lines<'a>,
    withheld_file: Option<Lines<'a>>,
    personal: Option<Lines<'a>>,
    csv: Option<Lines<'a>>,
    next_withheld: Option<(u64, Hash)>,
    next_personal: Option<Line>,
    signed_fold: RangeFold,
    own_fold: RangeFold,
    hashes_are_strange: bool,
    latest: Option<OffsetDateTime>,
    /// How many entries were read.
    pub(super) shown: u64,
    /// How many positions only have their hash.
    pub(super) withheld: u64,
    /// How many disclosures of personal data were checked.
    pub(super) disclosures: u64,
    /// Where entries and leaf hashes part for the first time.
    pub(super) parting: Option<Parting>,
    /// The first position without a leaf hash, when they end too early.
    pub(super) hashes_end: Option<u64>,
    /// The first thing that is wrong with an entry whose bytes are those that were signed.
    pub(super) fault: Option<Finding>,
    pub(super) warnings: Vec<String>,
    /// A size of the log whose root is wanted; known only when the range begins at 0 and reaches it.
    pub(super) keep_root_at: Option<u64>,
    pub(super) kept_root: Option<Hash>,
}

impl<'a> Entries<'a> {
    pub(super) fn open(source: &'a dyn Source, range: &RangeProof, filtered: bool) -> io::Result<Self> {
        let names = source.names();
        let optional = |name: &str| names.contains(&name).then(|| source.open(name).map(Lines::new)).transpose();
        let mut all = Self {
            start: range.start,
            end: range.end,
            hashes: Lines::new(source.open(files::HASHES)?),
            entries: Lines::new(source.open(files::ENTRIES)?),
            withheld_file: if filtered { optional(files::WITHHELD)? } else { None },
            personal: optional(files::PERSONAL)?,
            csv: optional(files::CSV)?,
            next_withheld: None,
            next_personal: None,
            signed_fold: RangeFold::new(range),
            own_fold: RangeFold::new(range),
            hashes_are_strange: false,
            latest: None,
            shown: 0,
            withheld: 0,
            disclosures: 0,
            parting: None,
            hashes_end: None,
            fault: None,
            warnings: Vec::new(),
            keep_root_at: None,
            kept_root: None,
        };
        all.read_withheld()?;
        all.next_personal = next_line(&mut all.personal)?;
        Ok(all)
    }

    /// Looks at every position.
    pub(super) fn run(&mut self) -> io::Result<()> {
        if let Some(csv) = &mut self.csv {
            let head = csv.next()?;
            if head.is_none_or(|line| !is_csv_line(&line, CSV_HEADER)) {
                self.note(Finding::whole(Kind::Projection, format!("{}: the head line", files::CSV)));
            }
        }
        for index in self.start..self.end {
            let Some(line) = self.hashes.next()? else {
                self.hashes_end = Some(index);
                break;
            };
            let signed = from_text(&line.bytes).filter(|_| line.whole);
            self.hashes_are_strange |= signed.is_none();
            let signed = signed.unwrap_or_default();
            self.signed_fold.push(signed);
            self.position(index, signed)?;
            if self.start == 0 && self.keep_root_at == Some(index + 1) {
                self.kept_root = Some(self.signed_fold.root());
            }
        }
        self.after_the_end()
    }

    fn position(&mut self, index: u64, signed: Hash) -> io::Result<()> {
        if let Some((at, hash)) = self.next_withheld
            && at == index
        {
            self.withheld += 1;
            self.own_fold.push(hash);
            self.compare(index, Some(hash), Some(signed));
            return self.read_withheld();
        }
        let line = self.entries.next()?;
        let own = line.as_ref().map(|line| line.hash);
        // A line without its LF counts as another line: the file is the evidence, byte by byte.
        let own = own.filter(|_| line.as_ref().is_some_and(|line| line.whole));
        if let Some(hash) = own {
            self.own_fold.push(hash);
        }
        self.compare(index, line.as_ref().map(|line| own.unwrap_or_else(|| cut_mark(line))), Some(signed));
        self.shown += u64::from(line.is_some());
        match line {
            Some(line) if self.parting.is_none() => self.read_entry(index, &line),
            _ => Ok(()),
        }
    }

    fn compare(&mut self, index: u64, actual: Option<Hash>, signed: Option<Hash>) {
        if actual != signed && self.parting.is_none() {
            self.parting = Some(Parting { index, line: self.shown, actual, signed });
        }
    }

    fn read_entry(&mut self, index: u64, line: &Line) -> io::Result<()> {
        let leaf = match Leaf::parse(&line.bytes) {
            Ok(leaf) => leaf,
            Err(error) => {
                self.note(Finding::at(index, Kind::Malformed, error.to_string()));
                return Ok(());
            }
        };
        match self.latest {
            Some(latest) if leaf.at + CLOCK_SLACK < latest => {
                if self.warnings.is_empty() {
                    self.warnings.push(format!("the clock went back by more than 5 minutes, first at entry {index}"));
                }
            }
            Some(latest) => self.latest = Some(latest.max(leaf.at)),
            None => self.latest = Some(leaf.at),
        }
        if let Some(csv) = &mut self.csv {
            let shown = csv.next()?;
            if shown.is_none_or(|shown| !is_csv_line(&shown, &csv_line(index, &leaf, &line.hash))) {
                self.note(Finding::at(index, Kind::Projection, format!("{} shows something else", files::CSV)));
            }
        }
        while let Some(disclosed) = self.next_personal.take() {
            let Some((id, opens)) = disclosure(&disclosed, &leaf) else {
                self.note(Finding::at(index, Kind::Personal, format!("a malformed line in {}", files::PERSONAL)));
                return Ok(());
            };
            if id != leaf.id.hyphenated().to_string() {
                self.next_personal = Some(disclosed);
                break;
            }
            if !opens {
                self.note(Finding::at(index, Kind::Personal, "the data shown is not what the entry committed to"));
                return Ok(());
            }
            self.disclosures += 1;
            self.next_personal = next_line(&mut self.personal)?;
        }
        Ok(())
    }

    fn after_the_end(&mut self) -> io::Result<()> {
        if self.hashes_end.is_none() {
            self.hashes_are_strange |= self.hashes.next()?.is_some();
        }
        if let Some(line) = self.entries.next()?
            && self.parting.is_none()
        {
            self.parting = Some(Parting {
                index: self.hashes_end.unwrap_or(self.end),
                line: self.shown,
                actual: Some(line.hash),
                signed: None,
            });
        }
        if let Some((at, hash)) = self.next_withheld {
            self.compare(at.min(self.end), Some(hash), None);
        }
        if self.next_personal.is_some() {
            self.note(Finding::whole(Kind::Personal, "data is shown that belongs to no entry of the export"));
        }
        if next_line(&mut self.csv)?.is_some() {
            self.note(Finding::at(self.end, Kind::Projection, format!("{} has more lines than entries", files::CSV)));
        }
        Ok(())
    }

    /// The root over the leaf hashes; `None` when there are not as many as the range has positions.
    pub(super) fn signed_root(&self, range: &RangeProof) -> Option<Hash> {
        if self.hashes_are_strange { None } else { self.signed_fold.clone().finish(range) }
    }
    /// The root over the entries and the withheld hashes.
    pub(super) fn own_root(&self, range: &RangeProof) -> Option<Hash> {
        self.own_fold.clone().finish(range)
    }

    /// The digests of the files that were read.
    pub(super) fn finish(self, digests: &mut Digests) -> io::Result<()> {
        let optional =
            [(files::WITHHELD, self.withheld_file), (files::PERSONAL, self.personal), (files::CSV, self.csv)];
        digests.insert(files::HASHES, self.hashes.finish()?);
        digests.insert(files::ENTRIES, self.entries.finish()?);
        for (name, lines) in optional {
            if let Some(lines) = lines {
                digests.insert(name, lines.finish()?);
            }
        }
        Ok(())
    }

    fn note(&mut self, finding: Finding) {
        self.fault.get_or_insert(finding);
    }

    fn read_withheld(&mut self) -> io::Result<()> {
        let line = next_line(&mut self.withheld_file)?;
        self.next_withheld = line.map(|line| parse_withheld(&line).unwrap_or((u64::MAX, line.hash)));
        Ok(())
    }
}

fn next_line(file: &mut Option<Lines<'_>>) -> io::Result<Option<Line>> {
    match file {
        Some(lines) => lines.next(),
        None => Ok(None),
    }
}

fn parse_withheld(line: &Line) -> Option<(u64, Hash)> {
    let Ok(Json::Object(members)) = Json::parse_canonical(&line.bytes) else {
        return None;
    };
    let index = members.get("i").and_then(Json::as_integer).and_then(|index| u64::try_from(index).ok())?;
    let hash = members.get("h").and_then(Json::as_text).and_then(from_hex)?;
    (members.len() == 2 && line.whole).then_some((index, hash))
}

/// Whether a line of the table is `expected`, which carries its line end.
fn is_csv_line(line: &Line, expected: &str) -> bool {
    line.whole && expected.as_bytes().strip_suffix(b"\n") == Some(&line.bytes)
}

/// A hash that no entry has, for a line whose end is missing.
fn cut_mark(line: &Line) -> Hash {
    let mut mark = line.hash;
    mark.iter_mut().for_each(|byte| *byte = !*byte);
    mark
}

/// The entry that a disclosure belongs to, and whether it opens one of this leaf's commitments.
fn disclosure(line: &Line, leaf: &Leaf) -> Option<(String, bool)> {
    let Ok(Json::Object(members)) = Json::parse_canonical(&line.bytes) else {
        return None;
    };
    let id = members.get("id")?.as_text()?.to_owned();
    let key_id = members.get("k")?.as_text()?;
    let salt = decode_32(members.get("salt")?.as_text()?)?;
    let personal = members.get("pd")?.as_object()?;
    let opens = leaf.personal.iter().any(|one| one.key_id == key_id && one.opens_with(&salt, personal));
    (members.len() == 4 && line.whole).then_some((id, opens))
}
