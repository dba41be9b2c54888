//! The only place of the crate that opens files: bundles on a disk, as an archive or as a folder.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

use super::{
    report::Report,
    source::Source,
    verify::{Trust, verify_archive, verify_source},
    write::{Container, WriteError},
};
use crate::key::VerifierKey;

/// Verifies the bundle at `path`, an archive or a folder, with the keys that the caller trusts.
#[must_use]
pub fn verify_path(path: &Path, trusted: &[VerifierKey]) -> Report {
    verify_path_with(path, &Trust { keys: trusted.to_vec(), since: None })
}

/// Verifies the bundle at `path` with keys and, if there is one, an older head that it must extend.
#[must_use]
pub fn verify_path_with(path: &Path, trust: &Trust) -> Report {
    let opened = fs::metadata(path).and_then(|metadata| {
        if metadata.is_dir() {
            return FolderSource::open(path).map(|source| verify_source(&source, trust));
        }
        File::open(path).map(|file| verify_archive(file, trust))
    });
    opened.unwrap_or_else(|error| Report::undecidable(format!("{} cannot be read: {error}", path.display())))
}

/// A bundle's files in a folder.
struct FolderSource {
    folder: PathBuf,
    names: Vec<String>,
}

impl FolderSource {
    fn open(folder: &Path) -> io::Result<Self> {
        let names =
            fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned()));
        Ok(Self { folder: folder.to_owned(), names: names.collect::<io::Result<_>>()? })
    }
}

impl Source for FolderSource {
    fn names(&self) -> Vec<&str> {
        self.names.iter().map(String::as_str).collect()
    }
    fn open(&self, name: &str) -> io::Result<Box<dyn Read + '_>> {
        File::open(self.folder.join(name)).map(|file| Box::new(file) as Box<dyn Read>)
    }
}

/// Writes a bundle's files into a new folder.
#[derive(Debug)]
pub struct FolderContainer {
    folder: PathBuf,
    file: Option<BufWriter<File>>,
}

impl FolderContainer {
    /// Makes the folder, which must not exist.
    ///
    /// # Errors
    /// The error of the file system.
    pub fn create(folder: &Path) -> io::Result<Self> {
        fs::create_dir(folder)?;
        Ok(Self { folder: folder.to_owned(), file: None })
    }
}

impl Container for FolderContainer {
    type Output = ();

    fn begin(&mut self, name: &str, _bytes: u64) -> Result<(), WriteError> {
        self.file = Some(BufWriter::new(File::create_new(self.folder.join(name))?));
        Ok(())
    }
    fn write(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        let file = self.file.as_mut().ok_or(WriteError::Order)?;
        Ok(file.write_all(bytes)?)
    }
    fn end(&mut self) -> Result<(), WriteError> {
        let file = self.file.take().ok_or(WriteError::Order)?;
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        Ok(())
    }
    fn finish(self) -> Result<(), WriteError> {
        Ok(File::open(&self.folder)?.sync_all()?)
    }
}
