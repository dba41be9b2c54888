//! The texts of the repository, by path from its root.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Context as _;

/// Folders that hold what is installed, made or measured, never what is written. `data` is the default data folder.
const NOT_OURS: [&str; 8] =
    [".git", "target", "node_modules", "dist", "data", "test-results", "playwright-report", "mutants.out"];

/// All files of the repository; text where a file is text.
#[derive(Debug, Default)]
pub(super) struct Tree {
    texts: BTreeMap<String, String>,
    folders: BTreeSet<String>,
}

impl Tree {
    pub(super) fn read(root: &Path) -> anyhow::Result<Self> {
        let mut tree = Self::default();
        tree.read_folder(root, "")?;
        Ok(tree)
    }

    #[cfg(test)]
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        let mut tree = Self::default();
        for (path, text) in files {
            tree.add(path, (*text).to_owned());
        }
        tree
    }

    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }

    /// All files with one of these endings, in order of their paths.
    pub(super) fn files<'a>(&'a self, endings: &'a [&str]) -> impl Iterator<Item = (&'a str, &'a str)> {
        let files = self.texts.iter().map(|(path, text)| (path.as_str(), text.as_str()));
        files.filter(|(path, _)| endings.iter().any(|ending| path.ends_with(ending)))
    }

    /// The text of a file, if it exists.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.texts.get(path).map(String::as_str)
    }

    /// Whether a file or folder exists; a `/` at the end asks for a folder.
    pub(super) fn exists(&self, path: &str) -> bool {
        match path.strip_suffix('/') {
            Some(folder) => self.folders.contains(folder),
            None => self.texts.contains_key(path) || self.folders.contains(path),
        }
    }

    /// Whether any file has this name, in whatever folder.
    pub(super) fn has_name(&self, name: &str) -> bool {
        self.texts.keys().any(|path| path.rsplit('/').next() == Some(name))
    }

    fn read_folder(&mut self, folder: &Path, prefix: &str) -> anyhow::Result<()> {
        for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            let kind = entry.file_type()?;
            if kind.is_dir() && !NOT_OURS.contains(&name.as_str()) && !name.starts_with("data-") {
                self.read_folder(&entry.path(), &format!("{prefix}{name}/"))?;
            } else if kind.is_file() && !NOT_OURS.contains(&name.as_str()) {
                // A file that is not text is known by its path only.
                let text = String::from_utf8(std::fs::read(entry.path())?).unwrap_or_default();
                self.add(&format!("{prefix}{name}"), text);
            }
        }
        Ok(())
    }

    fn add(&mut self, path: &str, text: String) {
        let folders = path.match_indices('/').map(|(at, _)| path[..at].to_owned());
        self.folders.extend(folders);
        self.texts.insert(path.to_owned(), text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_folders_are_told_apart() {
        let tree = Tree::of(&[("a/b/c.rs", "")]);
        assert!(tree.exists("a/b/c.rs") && tree.exists("a/b/") && tree.exists("a"));
        assert!(!tree.exists("a/b/c.rs/") && !tree.exists("b/"));
        assert!(tree.has_name("c.rs") && !tree.has_name("b"));
    }

    #[test]
    fn what_is_made_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["src/a.rs", "target/b.rs", "frontend/node_modules/c.ts", "data-1/d.md"] {
            let file = folder.path().join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, "x").unwrap();
        }
        let tree = Tree::read(folder.path()).unwrap();
        assert_eq!(tree.files(&[""]).map(|(path, _)| path).collect::<Vec<_>>(), ["src/a.rs"]);
    }
}
