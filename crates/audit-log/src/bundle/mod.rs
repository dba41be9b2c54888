//! An export of the log that stands on its own: a deterministic tar (or a folder with the same files) that anybody can
//! verify offline with the log's public key. `write` makes one in constant memory, `verify` reads one in constant memory.

mod archive;
mod classify;
mod closing;
mod entries;
mod folder;
mod lines;
mod manifest;
mod report;
mod source;
mod verify;
mod write;

pub use archive::{ArchiveError, TarContainer};
pub use folder::{FolderContainer, verify_path, verify_path_with};
pub use report::{Finding, Kind, Report, Verdict};
pub use verify::{Trust, verify_archive};
pub use write::{
    BundleWriter, Container, Outline, Previous, Sizes, WriteError, csv_bytes, personal_line, withheld_line,
};

/// The files of a bundle, in the order in which an archive holds them.
pub mod files {
    pub const README: &str = "README.txt";
    pub const CHECKPOINT: &str = "checkpoint";
    pub const PREVIOUS: &str = "previous-checkpoint";
    pub const CONSISTENCY: &str = "consistency.txt";
    pub const KEYS: &str = "vkeys.txt";
    pub const RANGE: &str = "range-proof.json";
    pub const HASHES: &str = "leaf-hashes.txt";
    pub const ENTRIES: &str = "entries.jsonl";
    pub const WITHHELD: &str = "withheld.jsonl";
    pub const PERSONAL: &str = "personal.jsonl";
    pub const CSV: &str = "entries.csv";
    pub const MANIFEST: &str = "manifest.json";
    pub const SUMS: &str = "SHA256SUMS";
    /// All of them, in order.
    pub const ORDER: [&str; 13] = [
        README,
        CHECKPOINT,
        PREVIOUS,
        CONSISTENCY,
        KEYS,
        RANGE,
        HASHES,
        ENTRIES,
        WITHHELD,
        PERSONAL,
        CSV,
        MANIFEST,
        SUMS,
    ];
    /// Those that every bundle has.
    pub const REQUIRED: [&str; 8] = [README, CHECKPOINT, KEYS, RANGE, HASHES, ENTRIES, MANIFEST, SUMS];

    /// The place of a file in the archive.
    #[must_use]
    pub fn rank(name: &str) -> Option<usize> {
        ORDER.iter().position(|known| *known == name)
    }
}
