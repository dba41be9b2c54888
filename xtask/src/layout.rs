//! Where things lie in the repository and in the target folder.

use std::path::{Path, PathBuf};

/// The target triple of the static agent.
pub(crate) const TARGET: &str = "x86_64-unknown-linux-gnu";

/// The folders that commands work in.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    root: PathBuf,
    target: PathBuf,
}

impl Layout {
    /// The repository that this tool was built from, and its target folder (`CARGO_TARGET_DIR` is honoured).
    pub(crate) fn find() -> Self {
        let package = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = package.parent().unwrap_or(Path::new(".")).to_owned();
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => root.join(folder),
            None => root.join("target"),
        };
        Self { root, target }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn frontend(&self) -> PathBuf {
        self.root.join("frontend")
    }

    /// The provider of identities of the cloud backend's tests.
    pub(crate) fn oidc_provider(&self) -> PathBuf {
        self.root.join("cloud-backend/tests/api/oidc_provider")
    }

    /// The official tus client of the cloud backend's tests.
    pub(crate) fn tus_client(&self) -> PathBuf {
        self.root.join("cloud-backend/tests/api/tus_client")
    }

    /// The program as `cargo build` leaves it.
    pub(crate) fn program(&self, profile: Profile) -> PathBuf {
        self.target.join(profile.folder()).join("carrel")
    }

    /// Target folder of the agent alone: its flags differ, so it must not share a folder with the rest.
    pub(crate) fn agent_target(&self) -> PathBuf {
        self.target.join("agent")
    }

    /// The static agent.
    pub(crate) fn agent(&self) -> PathBuf {
        self.agent_target().join(TARGET).join("release").join("carrel-agent")
    }

    /// Programs that this tool installs for itself (Node.js, cargo-deny).
    pub(crate) fn tools(&self) -> PathBuf {
        self.target.join("tools")
    }

    /// Marks of what was built from which sources.
    pub(crate) fn stamps(&self) -> PathBuf {
        self.target.join("stamps")
    }
}

/// A build profile of Cargo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    Debug,
    Release,
}

impl Profile {
    fn folder(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Release => "release",
        }
    }
}
