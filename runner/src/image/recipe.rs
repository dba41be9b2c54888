//! The recipe: files under `images/workspace`, compiled into the program.

use std::{fs, io, os::unix::fs::PermissionsExt as _, path::Path};

use sha2::{Digest as _, Sha256};

/// Debian's release.
pub(super) const SUITE: &str = "bookworm";
/// The time that files in the image carry at most, in seconds since 1970, so that two builds are alike.
pub(super) const EPOCH: &str = "1795000000";

pub(super) const CUSTOMIZE: &str = "customize.sh";

/// The name and the content of each file.
const FILES: &[(&str, &str)] = &[
    ("packages", include_str!("../../images/workspace/packages")),
    ("package.json", include_str!("../../images/workspace/package.json")),
    ("package-lock.json", include_str!("../../images/workspace/package-lock.json")),
    (CUSTOMIZE, include_str!("../../images/workspace/customize.sh")),
];

/// What is left out of each package: a workspace has the internet's manuals, not the machine's.
pub(super) const EXCLUDED: &[&str] = &[
    "path-exclude=/usr/share/man/*",
    "path-exclude=/usr/share/locale/*",
    "path-exclude=/usr/share/doc/*",
    "path-include=/usr/share/doc/*/copyright",
];

/// The first 12 hexadecimal digits of the recipe's SHA-256.
pub(super) fn hash() -> String {
    let mut hash = Sha256::new();
    let constants = [("suite", SUITE), ("epoch", EPOCH)];
    let excluded = EXCLUDED.iter().map(|rule| ("excluded", *rule));
    for (name, content) in constants.into_iter().chain(excluded).chain(FILES.iter().copied()) {
        // Lengths first, so that no content can pass for another file's.
        hash.update((name.len() as u64).to_be_bytes());
        hash.update(name);
        hash.update((content.len() as u64).to_be_bytes());
        hash.update(content);
    }
    let mut digits = hex::encode(hash.finalize());
    digits.truncate(12);
    digits
}

/// The Debian packages.
pub(super) fn packages() -> impl Iterator<Item = &'static str> {
    FILES[0].1.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Writes the recipe's files into `folder`.
pub(super) fn write(folder: &Path) -> io::Result<()> {
    for (name, content) in FILES {
        fs::write(folder.join(name), content)?;
    }
    fs::set_permissions(folder.join(CUSTOMIZE), fs::Permissions::from_mode(0o755))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tag_is_short_and_the_packages_are_names() {
        assert_eq!(hash().len(), 12);
        assert!(packages().count() > 10);
        for name in packages() {
            let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"+-.".contains(&byte);
            assert!(name.bytes().all(plain), "{name}");
        }
    }

    #[test]
    fn tools_have_fixed_versions_and_hashes_and_no_registry() {
        let lock: serde_json::Value = serde_json::from_str(FILES[2].1).unwrap();
        for (name, package) in lock["packages"].as_object().unwrap() {
            if name.is_empty() {
                continue;
            }
            assert!(package.get("resolved").is_none(), "{name} names a registry");
            let bundled = package["inBundle"] == true;
            assert!(bundled || package["integrity"].is_string(), "{name} has no hash");
        }
        let wanted: serde_json::Value = serde_json::from_str(FILES[1].1).unwrap();
        for (name, version) in wanted["dependencies"].as_object().unwrap() {
            let version = version.as_str().unwrap();
            assert!(version.starts_with(|c: char| c.is_ascii_digit()), "{name} {version}");
        }
    }
}
