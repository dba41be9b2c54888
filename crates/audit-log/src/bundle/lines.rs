//! Lines of a file that may be hostile: a line of any length takes a bounded buffer, and its leaf hash is known all the same.

use std::io::{self, BufRead, BufReader, Read};

use sha2::Digest;

use super::source::{Digesting, FileDigest};
use crate::hash::{Hash, leaf_hasher};

/// The longest line that is kept; longer ones have only a hash.
const KEEP: usize = 65_536;

/// One line without its LF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// The bytes; cut when the line is longer than is kept, which no well-formed line is.
    pub(super) bytes: Vec<u8>,
    /// The leaf hash of the whole line.
    pub(super) hash: Hash,
    /// Whether all of the line is in `bytes` and an LF ended it.
    pub(super) whole: bool,
}

/// The lines of one file.
pub(super) struct Lines<'a> {
    reader: BufReader<Digesting<Box<dyn Read + 'a>>>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(file: Box<dyn Read + 'a>) -> Self {
        Self { reader: BufReader::with_capacity(KEEP, Digesting::new(file)) }
    }

    /// The next line, or `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Line>> {
        let (mut bytes, mut hasher, mut any, mut total) = (Vec::new(), leaf_hasher(), false, 0_usize);
        let ended = loop {
            let buffer = match self.reader.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            if buffer.is_empty() {
                break false;
            }
            any = true;
            let (part, ended) = match buffer.iter().position(|byte| *byte == b'\n') {
                Some(at) => (&buffer[..at], true),
                None => (buffer, false),
            };
            hasher.update(part);
            total = total.saturating_add(part.len());
            bytes.extend_from_slice(&part[..part.len().min(KEEP - bytes.len())]);
            let used = part.len() + usize::from(ended);
            self.reader.consume(used);
            if ended {
                break true;
            }
        };
        let whole = ended && total == bytes.len();
        Ok(any.then(|| Line { bytes, hash: hasher.finalize().into(), whole }))
    }

    /// The digest of the whole file.
    pub(super) fn finish(mut self) -> io::Result<FileDigest> {
        io::copy(&mut self.reader, &mut io::sink())?;
        self.reader.into_inner().finish()
    }
}
