//! A path below a workspace's folder, in the one form that every service accepts.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Longest path in bytes; Linux's `PATH_MAX` less the mount point.
pub const MAX_PATH_BYTES: usize = 4000;
/// Longest name of one file or folder in bytes; Linux's `NAME_MAX`.
pub const MAX_NAME_BYTES: usize = 255;

/// Why a text is not a [`WorkspacePath`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a path is made of names of 1 to 255 bytes, joined by '/', without '.', '..' and NUL")]
pub struct InvalidPath;

/// A relative path: non-empty names joined by `/`; no empty name, `.`, `..` or NUL. The folder itself is the empty path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[schema(value_type = String)]
#[serde(try_from = "String", into = "String")]
pub struct WorkspacePath(String);

impl WorkspacePath {
    /// The workspace's folder itself.
    #[must_use]
    pub fn root() -> Self {
        Self(String::new())
    }
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }
    /// The last name; `None` for the folder itself.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.names().next_back()
    }
    /// The names from the top down.
    pub fn names(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('/').filter(|name| !name.is_empty())
    }
    /// The folder that holds this path; `None` for the folder itself.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        if self.is_root() {
            return None;
        }
        Some(Self(self.0.rsplit_once('/').map_or_else(String::new, |(parent, _)| parent.to_owned())))
    }
    /// This path with one more name below it.
    pub fn join(&self, name: &str) -> Result<Self, InvalidPath> {
        if self.is_root() { name.to_owned().try_into() } else { format!("{}/{name}", self.0).try_into() }
    }
}

impl TryFrom<String> for WorkspacePath {
    type Error = InvalidPath;
    fn try_from(text: String) -> Result<Self, InvalidPath> {
        let valid_name = |name: &str| {
            !name.is_empty() && name.len() <= MAX_NAME_BYTES && name != "." && name != ".." && !name.contains('\0')
        };
        if text.is_empty() || (text.len() <= MAX_PATH_BYTES && text.split('/').all(valid_name)) {
            Ok(Self(text))
        } else {
            Err(InvalidPath)
        }
    }
}

impl std::str::FromStr for WorkspacePath {
    type Err = InvalidPath;
    fn from_str(text: &str) -> Result<Self, InvalidPath> {
        text.to_owned().try_into()
    }
}

impl From<WorkspacePath> for String {
    fn from(path: WorkspacePath) -> Self {
        path.0
    }
}

impl fmt::Display for WorkspacePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_names_joined_by_slashes() {
        for text in ["", "a", "a/b.c", "ä/…", ".git/HEAD", "..."] {
            assert!(text.parse::<WorkspacePath>().is_ok(), "{text:?}");
        }
        let path: WorkspacePath = "a/b".parse().expect("valid");
        assert_eq!(path.name(), Some("b"));
        assert_eq!(path.parent().map(|p| p.to_string()), Some("a".to_owned()));
        assert_eq!(path.join("c").map(|p| p.to_string()), Ok("a/b/c".to_owned()));
    }

    #[test]
    fn refuses_what_could_lead_elsewhere() {
        let long = "n".repeat(256);
        for text in ["/", "/a", "a/", "a//b", ".", "..", "a/../b", "a/./b", "a\0b", long.as_str()] {
            assert_eq!(text.parse::<WorkspacePath>(), Err(InvalidPath), "{text:?}");
        }
        let root = WorkspacePath::root();
        assert_eq!(root.join("a/../b"), Err(InvalidPath));
    }
}
