//! Where a verifier reads a bundle's files from: an archive in a file or in memory, or a folder.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    io::{self, Read, Seek, SeekFrom},
};

use sha2::{Digest, Sha256};

use super::archive::{ArchiveError, Section, sections};

/// A bundle's files.
pub(super) trait Source {
    /// The names of the files that are there.
    fn names(&self) -> Vec<&str>;
    /// A reader over one file.
    fn open(&self, name: &str) -> io::Result<Box<dyn Read + '_>>;
}

/// A bundle in an archive.
#[derive(Debug)]
pub(super) struct ArchiveSource<T> {
    archive: RefCell<T>,
    sections: BTreeMap<&'static str, Section>,
}

impl<T: Read + Seek> ArchiveSource<T> {
    pub(super) fn new(mut archive: T) -> Result<Self, ArchiveError> {
        let sections = sections(&mut archive)?.into_iter().map(|section| (section.name, section)).collect();
        Ok(Self { archive: RefCell::new(archive), sections })
    }
}

impl<T: Read + Seek> Source for ArchiveSource<T> {
    fn names(&self) -> Vec<&str> {
        self.sections.keys().copied().collect()
    }
    fn open(&self, name: &str) -> io::Result<Box<dyn Read + '_>> {
        let section = self.sections.get(name).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(SectionReader { archive: &self.archive, at: section.offset, left: section.bytes }))
    }
}

/// Several of these read the same archive side by side; each seeks to its own place before it reads.
struct SectionReader<'a, T> {
    archive: &'a RefCell<T>,
    at: u64,
    left: u64,
}

impl<T: Read + Seek> Read for SectionReader<'_, T> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(out.len());
        if most == 0 {
            return Ok(0);
        }
        let mut archive = self.archive.borrow_mut();
        archive.seek(SeekFrom::Start(self.at))?;
        let count = archive.read(&mut out[..most])?;
        self.at += count as u64;
        self.left -= count as u64;
        Ok(count)
    }
}

/// What a file's bytes were when they were read to the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileDigest {
    pub(super) sha256: String,
    pub(super) bytes: u64,
}

/// Passes bytes on and digests them.
pub(super) struct Digesting<R> {
    inner: R,
    hasher: Sha256,
    bytes: u64,
}

impl<R: Read> Digesting<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, hasher: Sha256::new(), bytes: 0 }
    }
    /// Reads what is left and gives the digest of the whole file.
    pub(super) fn finish(mut self) -> io::Result<FileDigest> {
        io::copy(&mut self, &mut io::sink())?;
        Ok(FileDigest { sha256: hex::encode(self.hasher.finalize()), bytes: self.bytes })
    }
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(out)?;
        self.hasher.update(&out[..count]);
        self.bytes += count as u64;
        Ok(count)
    }
}
