//! Makes a bundle in one pass and constant memory. The caller says beforehand how long each file will be (an archive
//! names a file's length before its bytes) and then gives leaf hashes, entries and withheld positions in order.

use std::io;

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    files,
    manifest::{Claims, Digests, render, render_sums},
    source::FileDigest,
};
use crate::{
    checkpoint::{Checkpoint, CheckpointError},
    hash::Hash,
    json::{Json, Members},
    key::VerifierKey,
    leaf::Leaf,
    note::SignedNote,
    projection::{CSV_HEADER, csv_line},
    range::RangeProof,
};

/// Something that holds files: an archive or a folder.
pub trait Container {
    /// What is left when the container is complete.
    type Output;
    /// Starts a file of exactly `bytes` bytes.
    ///
    /// # Errors
    /// [`WriteError::Io`].
    fn begin(&mut self, name: &str, bytes: u64) -> Result<(), WriteError>;
    /// Appends to the file.
    ///
    /// # Errors
    /// [`WriteError::Io`].
    fn write(&mut self, bytes: &[u8]) -> Result<(), WriteError>;
    /// Ends the file.
    ///
    /// # Errors
    /// [`WriteError::Io`].
    fn end(&mut self) -> Result<(), WriteError>;
    /// Ends the container.
    ///
    /// # Errors
    /// [`WriteError::Io`].
    fn finish(self) -> Result<Self::Output, WriteError>;
}

/// Why a bundle could not be made.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("cannot write: {0}")]
    Io(#[from] io::Error),
    #[error("{0}")]
    Checkpoint(#[from] CheckpointError),
    #[error("the range does not lie in the checkpoint")]
    Range,
    /// What was given is not what was announced; the log changed meanwhile, or a caller erred.
    #[error("{name} was announced with {announced} bytes and has {written}")]
    Length { name: &'static str, announced: u64, written: u64 },
    #[error("files of an export must be given in order")]
    Order,
}

/// An older head that the bundle also shows to be a beginning of this one.
#[derive(Debug, Clone)]
pub struct Previous {
    pub checkpoint: SignedNote,
    pub consistency: Vec<Hash>,
}

/// The exact lengths of the files whose length depends on the entries, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sizes {
    /// The sum of the leaves' lengths plus one for each.
    pub entries: u64,
    /// The sum of the lengths of [`withheld_line`]; counts only when there is a filter.
    pub withheld: u64,
    /// The sum of the lengths of [`personal_line`]; `None` leaves the file out.
    pub personal: Option<u64>,
    /// The head line and the sum of [`csv_bytes`]; `None` leaves the file out.
    pub csv: Option<u64>,
}

/// What a bundle will be.
#[derive(Debug, Clone)]
pub struct Outline {
    /// A signed head that covers the range.
    pub checkpoint: SignedNote,
    pub range: RangeProof,
    /// The log's keys, for convenience; readers must not trust them.
    pub keys: Vec<VerifierKey>,
    pub previous: Option<Previous>,
    /// What was asked for; `None` when every entry of the range is given.
    pub filter: Option<Members>,
    /// The entry that records this export.
    pub entry: Option<Uuid>,
    pub sizes: Sizes,
}

/// Makes a bundle.
#[derive(Debug)]
pub struct BundleWriter<C> {
    container: C,
    digests: Digests,
    outline: Outline,
    origin: String,
    /// The files that are still to come, last one first.
    pending: Vec<(&'static str, u64)>,
    current: Option<Current>,
    next_csv: u64,
}

#[derive(Debug)]
struct Current {
    name: &'static str,
    announced: u64,
    written: u64,
    hasher: Sha256,
}

impl<C: Container> BundleWriter<C> {
    /// Writes what stands before the entries.
    ///
    /// # Errors
    /// [`WriteError`].
    pub fn begin(container: C, outline: Outline) -> Result<Self, WriteError> {
        let checkpoint = Checkpoint::parse(outline.checkpoint.text())?;
        let range = &outline.range;
        if checkpoint.size != range.size || range.start > range.end || range.end > range.size {
            return Err(WriteError::Range);
        }
        let sizes = outline.sizes;
        let count = range.end - range.start;
        let mut pending = vec![(files::HASHES, count * 65), (files::ENTRIES, sizes.entries)];
        pending.extend(outline.filter.is_some().then_some((files::WITHHELD, sizes.withheld)));
        pending.extend(sizes.personal.map(|bytes| (files::PERSONAL, bytes)));
        pending.extend(sizes.csv.map(|bytes| (files::CSV, bytes)));
        pending.reverse();
        let keys: String = outline.keys.iter().map(|key| format!("{key}\n")).collect();
        let mut small = vec![
            (files::README, include_str!("readme.txt").as_bytes().to_vec()),
            (files::CHECKPOINT, outline.checkpoint.to_string().into_bytes()),
        ];
        if let Some(previous) = &outline.previous {
            let proof: String = previous.consistency.iter().map(|hash| hex::encode(hash) + "\n").collect();
            small.push((files::PREVIOUS, previous.checkpoint.to_string().into_bytes()));
            small.push((files::CONSISTENCY, proof.into_bytes()));
        }
        small.push((files::KEYS, keys.into_bytes()));
        small.push((files::RANGE, range.to_canonical()));
        let origin = checkpoint.origin;
        let mut writer =
            Self { container, digests: Digests::new(), outline, origin, pending, current: None, next_csv: 0 };
        for (name, bytes) in small {
            writer.file(name, &bytes)?;
        }
        Ok(writer)
    }

    /// The container, for example to drain its buffer.
    pub const fn container_mut(&mut self) -> &mut C {
        &mut self.container
    }

    /// The next leaf hash; one for each position of the range, before all entries.
    ///
    /// # Errors
    /// [`WriteError`].
    pub fn leaf_hash(&mut self, hash: &Hash) -> Result<(), WriteError> {
        let mut line = [b'\n'; 65];
        // 32 bytes always give 64 digits.
        hex::encode_to_slice(hash, &mut line[..64]).map_err(|_| WriteError::Order)?;
        self.section(files::HASHES)?;
        self.append(&line)
    }
    /// The next entry that is shown.
    ///
    /// # Errors
    /// [`WriteError`].
    pub fn entry(&mut self, leaf: &[u8]) -> Result<(), WriteError> {
        self.section(files::ENTRIES)?;
        self.append(leaf)?;
        self.append(b"\n")
    }
    /// The next entry that the filter leaves out.
    ///
    /// # Errors
    /// [`WriteError`].
    pub fn withheld(&mut self, index: u64, hash: &Hash) -> Result<(), WriteError> {
        self.section(files::WITHHELD)?;
        self.append(withheld_line(index, hash).as_bytes())
    }
    /// The next disclosure of personal data: a [`personal_line`].
    ///
    /// # Errors
    /// [`WriteError`].
    pub fn personal(&mut self, line: &[u8]) -> Result<(), WriteError> {
        self.section(files::PERSONAL)?;
        self.append(line)
    }
    /// The next entry's line in the table.
    ///
    /// # Errors
    /// [`WriteError`].
    pub fn csv(&mut self, index: u64, leaf: &Leaf, hash: &Hash) -> Result<(), WriteError> {
        self.section(files::CSV)?;
        if self.next_csv == 0 {
            self.append(CSV_HEADER.as_bytes())?;
        }
        self.next_csv += 1;
        self.append(csv_line(index, leaf, hash).as_bytes())
    }

    /// Writes manifest and sums and closes the container.
    ///
    /// # Errors
    /// [`WriteError`], in particular when less was given than announced.
    pub fn finish(mut self) -> Result<C::Output, WriteError> {
        while let Some(name) = self.pending.last().map(|(name, _)| *name) {
            self.section(name)?;
            if name == files::CSV && self.next_csv == 0 {
                self.append(CSV_HEADER.as_bytes())?;
            }
        }
        self.close()?;
        let range = &self.outline.range;
        let claims = Claims {
            origin: &self.origin,
            start: range.start,
            end: range.end,
            size: range.size,
            filter: self.outline.filter.clone(),
            entry: self.outline.entry,
        };
        let manifest = render(&claims, &self.digests);
        self.file(files::MANIFEST, &manifest)?;
        let sums = render_sums(&self.digests);
        self.file(files::SUMS, sums.as_bytes())?;
        self.container.finish()
    }

    fn file(&mut self, name: &'static str, bytes: &[u8]) -> Result<(), WriteError> {
        self.open(name, bytes.len() as u64)?;
        self.append(bytes)?;
        self.close()
    }

    /// Makes `wanted` the file that is written to; files between it and the current one stay empty.
    fn section(&mut self, wanted: &'static str) -> Result<(), WriteError> {
        while self.current.as_ref().is_none_or(|current| current.name != wanted) {
            self.close()?;
            let (name, bytes) = self.pending.pop().ok_or(WriteError::Order)?;
            self.open(name, bytes)?;
        }
        Ok(())
    }

    fn open(&mut self, name: &'static str, announced: u64) -> Result<(), WriteError> {
        self.container.begin(name, announced)?;
        self.current = Some(Current { name, announced, written: 0, hasher: Sha256::new() });
        Ok(())
    }

    fn append(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        let current = self.current.as_mut().ok_or(WriteError::Order)?;
        current.written += bytes.len() as u64;
        if current.written > current.announced {
            return Err(WriteError::Length {
                name: current.name,
                announced: current.announced,
                written: current.written,
            });
        }
        current.hasher.update(bytes);
        self.container.write(bytes)
    }

    fn close(&mut self) -> Result<(), WriteError> {
        let Some(Current { name, announced, written, hasher }) = self.current.take() else {
            return Ok(());
        };
        if written != announced {
            return Err(WriteError::Length { name, announced, written });
        }
        self.digests.insert(name, FileDigest { sha256: hex::encode(hasher.finalize()), bytes: written });
        self.container.end()
    }
}

/// The line of `withheld.jsonl` for one entry.
#[must_use]
pub fn withheld_line(index: u64, hash: &Hash) -> String {
    format!("{{\"h\":\"{}\",\"i\":{index}}}\n", hex::encode(hash))
}

/// The line of `personal.jsonl` that discloses one subject's data of one entry.
#[must_use]
pub fn personal_line(entry: Uuid, key_id: &str, salt: &[u8; 32], personal: &Members) -> Vec<u8> {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let mut line = Json::Object(Members::from([
        ("id".to_owned(), entry.hyphenated().to_string().into()),
        ("k".to_owned(), key_id.into()),
        ("salt".to_owned(), STANDARD.encode(salt).into()),
        ("pd".to_owned(), personal.clone().into()),
    ]))
    .canonical();
    line.push(b'\n');
    line
}

/// The length of an entry's line in `entries.csv`; the table also has its head line.
#[must_use]
pub fn csv_bytes(index: u64, leaf: &Leaf, hash: &Hash) -> u64 {
    csv_line(index, leaf, hash).len() as u64
}
