//! The archive form of a bundle: a ustar stream in which every byte is determined by the files' names and contents
//! (mode 0644, owner 0, time 0, no padding beyond the two end blocks), so that no byte can change unseen.

use std::io::{self, Read, Seek, SeekFrom, Write};

use super::{
    files,
    write::{Container, WriteError},
};

const BLOCK: usize = 512;
const BLOCK_BYTES: u64 = 512;
const ZEROS: [u8; BLOCK] = [0; BLOCK];

/// Why bytes are not a bundle's archive.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    #[error("it cannot be read: {0}")]
    Io(#[from] io::Error),
    #[error("the archive is cut off at byte {0}")]
    CutOff(u64),
    #[error("not an export's archive (byte {0}); if it was packed again, unpack it and verify the folder")]
    Foreign(u64),
    /// Bytes that must be zero are not.
    #[error("bytes after byte {0} must be zero and are not")]
    Padding(u64),
}

/// Writes files into an archive.
#[derive(Debug)]
pub struct TarContainer<W> {
    out: W,
    written: u64,
}

impl<W: Write> TarContainer<W> {
    #[must_use]
    pub const fn new(out: W) -> Self {
        Self { out, written: 0 }
    }
    /// The stream that is written to, for example a buffer to drain.
    pub const fn get_mut(&mut self) -> &mut W {
        &mut self.out
    }
}

impl<W: Write> Container for TarContainer<W> {
    type Output = W;

    fn begin(&mut self, name: &str, bytes: u64) -> Result<(), WriteError> {
        self.written = 0;
        Ok(self.out.write_all(&header(name, bytes))?)
    }
    fn write(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        self.written += bytes.len() as u64;
        Ok(self.out.write_all(bytes)?)
    }
    fn end(&mut self) -> Result<(), WriteError> {
        Ok(self.out.write_all(&ZEROS[..padding(self.written)])?)
    }
    fn finish(mut self) -> Result<W, WriteError> {
        self.out.write_all(&ZEROS)?;
        self.out.write_all(&ZEROS)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// Where a file lies in an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) name: &'static str,
    pub(super) offset: u64,
    pub(super) bytes: u64,
}

/// Finds the files and checks every byte that is not theirs.
pub(super) fn sections<T: Read + Seek>(archive: &mut T) -> Result<Vec<Section>, ArchiveError> {
    let total = archive.seek(SeekFrom::End(0))?;
    let (mut found, mut at): (Vec<Section>, u64) = (Vec::new(), 0);
    loop {
        let block = read_block(archive, at)?;
        if block == ZEROS {
            if read_block(archive, at + BLOCK_BYTES)? != ZEROS {
                return Err(ArchiveError::Padding(at + BLOCK_BYTES));
            }
            return if at + 2 * BLOCK_BYTES == total {
                Ok(found)
            } else {
                Err(ArchiveError::Foreign(at + 2 * BLOCK_BYTES))
            };
        }
        let (name, bytes) = parse_header(&block).ok_or(ArchiveError::Foreign(at))?;
        if found.last().is_some_and(|last| files::rank(last.name) >= files::rank(name)) {
            return Err(ArchiveError::Foreign(at));
        }
        let offset = at + BLOCK_BYTES;
        let end = offset.checked_add(bytes).filter(|end| *end <= total).ok_or(ArchiveError::CutOff(total))?;
        let mut rest = [0; BLOCK];
        let rest = &mut rest[..padding(bytes)];
        archive.seek(SeekFrom::Start(end))?;
        read_or_cut(archive, rest, end)?;
        if rest.iter().any(|byte| *byte != 0) {
            return Err(ArchiveError::Padding(end));
        }
        at = end + rest.len() as u64;
        found.push(Section { name, offset, bytes });
    }
}

fn read_block<T: Read + Seek>(archive: &mut T, at: u64) -> Result<[u8; BLOCK], ArchiveError> {
    let mut block = [0; BLOCK];
    archive.seek(SeekFrom::Start(at))?;
    read_or_cut(archive, &mut block, at)?;
    Ok(block)
}

fn read_or_cut(archive: &mut impl Read, bytes: &mut [u8], at: u64) -> Result<(), ArchiveError> {
    archive.read_exact(bytes).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => ArchiveError::CutOff(at),
        _ => ArchiveError::Io(error),
    })
}

const fn padding(bytes: u64) -> usize {
    (BLOCK - (bytes % BLOCK_BYTES) as usize) % BLOCK
}

/// The one header for a name and a size.
fn header(name: &str, bytes: u64) -> [u8; BLOCK] {
    let mut block = ZEROS;
    let mut put = |at: usize, text: &[u8]| block[at..at + text.len()].copy_from_slice(text);
    put(0, name.as_bytes());
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    if bytes < 1 << 33 {
        put(124, format!("{bytes:011o}\0").as_bytes());
    } else {
        put(124, &[0x80, 0, 0, 0]);
        put(128, &bytes.to_be_bytes());
    }
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, b"0");
    put(257, b"ustar\x0000");
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

/// Reads name and size, and accepts only the header that [`header`] makes of them.
fn parse_header(block: &[u8; BLOCK]) -> Option<(&'static str, u64)> {
    let name = files::ORDER.into_iter().find(|name| block.starts_with(name.as_bytes()) && block[name.len()] == 0)?;
    let bytes = if block[124] == 0x80 {
        u64::from_be_bytes(*block[128..].first_chunk()?)
    } else {
        u64::from_str_radix(std::str::from_utf8(&block[124..135]).ok()?, 8).ok()?
    };
    (header(name, bytes) == *block).then_some((name, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_beyond_eight_gibibytes_survive() {
        for bytes in [0, 1, (1 << 33) - 1, 1 << 33, 1 << 40] {
            assert_eq!(parse_header(&header(files::ENTRIES, bytes)), Some((files::ENTRIES, bytes)));
        }
    }
}
