//! What a verifier says: a verdict, the first thing that is wrong, and what was covered. Text for people, JSON for programs.

use std::fmt;

use serde::Serialize;

/// The kind of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An entry's bytes are not those that were sealed.
    Edit,
    /// An entry is missing.
    Delete,
    /// An entry was added or doubled.
    Insert,
    /// Entries changed places.
    Reorder,
    /// Everything from a position on is missing.
    CutTail,
    /// Entries and their hashes fit each other but not the signed root.
    Rewrite,
    /// Two signed heads contradict each other.
    Fork,
    /// The checkpoint is not signed by a trusted key.
    WrongKey,
    /// A trusted key's signature is false.
    Signature,
    /// The checkpoint is not one, or does not fit the rest.
    Checkpoint,
    /// A sealed entry breaks the format.
    Malformed,
    /// Personal data is not what the entry committed to.
    Personal,
    /// A table that was made from the entries does not show them.
    Projection,
    /// A file of the export is not what its manifest says.
    File,
    /// Bytes of the archive outside its files.
    Container,
}

/// The first thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub kind: Kind,
    /// The position in the log, where there is one.
    pub index: Option<u64>,
    pub detail: String,
}

impl Finding {
    pub(crate) fn at(index: u64, kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, index: Some(index), detail: detail.into() }
    }
    pub(crate) fn whole(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, index: None, detail: detail.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            Kind::Edit => "edited",
            Kind::Delete => "deleted",
            Kind::Insert => "inserted",
            Kind::Reorder => "reordered",
            Kind::CutTail => "tail cut off",
            Kind::Rewrite => "rewritten",
            Kind::Fork => "fork",
            Kind::WrongKey => "not signed by a trusted key",
            Kind::Signature => "false signature",
            Kind::Checkpoint => "checkpoint",
            Kind::Malformed => "malformed entry",
            Kind::Personal => "personal data",
            Kind::Projection => "table differs from the entries",
            Kind::File => "file changed",
            Kind::Container => "archive changed",
        };
        match self.index {
            Some(index) => write!(f, "entry {index}: {what}: {}", self.detail),
            None => write!(f, "{what}: {}", self.detail),
        }
    }
}

/// What the verifier concludes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    Intact,
    Tampered(Finding),
    /// Nothing can be said.
    Undecidable {
        reason: String,
    },
}

/// The whole answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    #[serde(flatten)]
    pub verdict: Verdict,
    pub origin: Option<String>,
    /// The first position that is covered.
    pub start: u64,
    /// The position after the last that is covered.
    pub end: u64,
    /// The number of entries that the signed checkpoint covers.
    pub size: u64,
    /// How many entries were read.
    pub entries: u64,
    /// How many entries of the range are represented by their hash only.
    pub withheld: u64,
    /// How many disclosures of personal data were checked.
    pub disclosures: u64,
    /// The names of the trusted keys that signed.
    pub signed_by: Vec<String>,
    /// What is odd but no proof of tampering.
    pub warnings: Vec<String>,
}

impl Report {
    /// A report that has seen nothing yet.
    #[must_use]
    pub const fn undecidable(reason: String) -> Self {
        Self {
            verdict: Verdict::Undecidable { reason },
            origin: None,
            start: 0,
            end: 0,
            size: 0,
            entries: 0,
            withheld: 0,
            disclosures: 0,
            signed_by: Vec::new(),
            warnings: Vec::new(),
        }
    }
    /// 0 when everything holds, 1 when something was changed, 2 when nothing can be said.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        match self.verdict {
            Verdict::Intact => 0,
            Verdict::Tampered(_) => 1,
            Verdict::Undecidable { .. } => 2,
        }
    }
    /// The report as one line of JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Neither maps with other keys than texts nor failing serializers occur in the type.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.verdict {
            Verdict::Intact => {
                writeln!(f, "verified: {} entries are complete, in order and unchanged", self.entries)?;
                if self.withheld > 0 {
                    writeln!(f, "withheld by the filter: {} (proved by their hashes)", self.withheld)?;
                }
                if self.disclosures > 0 {
                    writeln!(f, "personal data checked: {}", self.disclosures)?;
                }
            }
            Verdict::Tampered(finding) => writeln!(f, "TAMPERED: {finding}")?,
            Verdict::Undecidable { reason } => writeln!(f, "cannot say: {reason}")?,
        }
        if let Some(origin) = &self.origin {
            writeln!(f, "log: {origin}, positions {} to {} (end not included) of {}", self.start, self.end, self.size)?;
        }
        if !self.signed_by.is_empty() {
            writeln!(f, "signed by: {}", self.signed_by.join(", "))?;
        }
        self.warnings.iter().try_for_each(|warning| writeln!(f, "note: {warning}"))
    }
}
