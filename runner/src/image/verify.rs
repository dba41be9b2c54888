//! What must not be in the image, looked for in the finished archive.

use std::{
    fs::File,
    io::{self, BufReader},
    path::Path,
};

/// Set user id or set group id.
const SET_ID: u32 = 0o6000;
/// Keys of extended attributes in an archive that give a file capabilities.
const CAPABILITY: &str = "security.capability";
/// Files that must be there, with the start of their names in the archive.
const WANTED: &[&str] = &[
    "usr/bin/git",
    "usr/bin/python3",
    "usr/bin/node",
    "usr/bin/rg",
    "usr/local/bin/pyright-langserver",
    "usr/local/bin/typescript-language-server",
    "usr/local/bin/bash-language-server",
];

/// Something about the image is not as it must be.
#[derive(Debug, thiserror::Error)]
pub enum Flaw {
    #[error("{0} would give its caller the rights of another user")]
    SetId(String),
    #[error("{0} has capabilities of its own")]
    Capability(String),
    #[error("{0} is a device")]
    Device(String),
    #[error("{0} is missing")]
    Missing(&'static str),
    #[error("the archive cannot be read")]
    Unreadable(#[from] io::Error),
}

/// Reads the whole archive.
pub(super) fn verify(archive: &Path) -> Result<(), Flaw> {
    let mut archive = tar::Archive::new(BufReader::with_capacity(1 << 20, File::open(archive)?));
    let mut missing: Vec<&'static str> = WANTED.to_vec();
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path = entry.path()?.to_string_lossy().into_owned();
        let name = path.trim_start_matches("./").to_owned();
        let kind = entry.header().entry_type();
        if !kind.is_symlink() && entry.header().mode()? & SET_ID != 0 {
            return Err(Flaw::SetId(name));
        }
        if kind.is_block_special() || kind.is_character_special() {
            return Err(Flaw::Device(name));
        }
        if let Some(extensions) = entry.pax_extensions()? {
            for extension in extensions {
                if extension?.key().is_ok_and(|key| key.contains(CAPABILITY)) {
                    return Err(Flaw::Capability(name));
                }
            }
        }
        missing.retain(|wanted| *wanted != name);
    }
    missing.first().map_or(Ok(()), |name| Err(Flaw::Missing(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(names: &[(&str, u32)]) -> tempfile::NamedTempFile {
        archive_with(names, |_| {})
    }

    fn archive_with(names: &[(&str, u32)], more: impl FnOnce(&mut tar::Builder<File>)) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut builder = tar::Builder::new(file.reopen().unwrap());
        more(&mut builder);
        for (name, mode) in names {
            let mut header = tar::Header::new_gnu();
            header.set_mode(*mode);
            header.set_size(0);
            builder.append_data(&mut header, name, io::empty()).unwrap();
        }
        builder.finish().unwrap();
        file
    }

    #[test]
    fn a_set_id_bit_and_a_missing_program_are_found() {
        let whole: Vec<_> = WANTED.iter().map(|name| (*name, 0o755)).collect();
        assert!(verify(archive(&whole).path()).is_ok());
        let mut evil = whole.clone();
        evil.push(("usr/bin/su", 0o4755));
        assert!(matches!(verify(archive(&evil).path()), Err(Flaw::SetId(name)) if name == "usr/bin/su"));
        evil[whole.len()].1 = 0o2755;
        assert!(matches!(verify(archive(&evil).path()), Err(Flaw::SetId(_))));
        assert!(matches!(verify(archive(&whole[1..]).path()), Err(Flaw::Missing("usr/bin/git"))));
    }

    #[test]
    fn a_capability_and_a_device_are_found() {
        let whole: Vec<_> = WANTED.iter().map(|name| (*name, 0o755)).collect();
        let extended = |key: &'static str| {
            archive_with(&whole, move |builder| builder.append_pax_extensions([(key, b"x".as_slice())]).unwrap())
        };
        let capable = extended("SCHILY.xattr.security.capability");
        assert!(matches!(verify(capable.path()), Err(Flaw::Capability(name)) if name == WANTED[0]));
        assert!(verify(extended("SCHILY.xattr.user.comment").path()).is_ok());
        for kind in [tar::EntryType::Char, tar::EntryType::Block] {
            let with_device = archive_with(&whole, |builder| {
                let mut header = tar::Header::new_gnu();
                header.set_entry_type(kind);
                header.set_mode(0o600);
                header.set_size(0);
                builder.append_data(&mut header, "dev/disk", io::empty()).unwrap();
            });
            assert!(matches!(verify(with_device.path()), Err(Flaw::Device(name)) if name == "dev/disk"));
        }
    }
}
