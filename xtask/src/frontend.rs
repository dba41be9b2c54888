//! The frontend's commands: install, lint, types, unit tests, build. What each does stands in `frontend/package.json`.

use std::path::PathBuf;

use crate::layout::Layout;
use crate::run::Run;
use crate::setup::node::Node;
use crate::stamp::Stamp;

/// The frontend with the Node.js that works on it.
#[derive(Debug)]
pub(crate) struct Frontend<'a> {
    layout: &'a Layout,
    node: Node,
}

impl<'a> Frontend<'a> {
    pub(crate) fn new(layout: &'a Layout) -> anyhow::Result<Self> {
        let node = Node::ensure(layout)?;
        Ok(Self { layout, node })
    }

    /// Installs the locked packages, unless they are installed.
    pub(crate) fn install(&self) -> anyhow::Result<()> {
        let folder = self.layout.frontend();
        let sources = [folder.join("package.json"), folder.join("package-lock.json")];
        let stamp = Stamp::of(&self.layout.stamps(), "frontend-packages", &sources, "")?;
        if stamp.is_current() && folder.join("node_modules").is_dir() {
            return Ok(());
        }
        // The browser of the tests is Debian's: Playwright's own download is not wanted anywhere.
        self.npm()
            .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
            .quiet()?;
        stamp.set()
    }

    /// Builds the files that the program embeds, unless they are current.
    pub(crate) fn build(&self) -> anyhow::Result<()> {
        self.install()?;
        let folder = self.layout.frontend();
        let stamp = Stamp::of(&self.layout.stamps(), "frontend-build", &self.build_sources()?, "")?;
        if stamp.is_current() && folder.join("dist/index.html").is_file() {
            return Ok(());
        }
        self.script("build").quiet()?;
        stamp.set()
    }

    /// A script of `package.json`.
    pub(crate) fn script(&self, name: &str) -> Run {
        self.npm().args(["run", "--silent", name])
    }

    fn npm(&self) -> Run {
        self.node.npm(&self.layout.frontend())
    }

    /// Everything in the folder but what is installed or made there.
    fn build_sources(&self) -> anyhow::Result<Vec<PathBuf>> {
        let made = ["node_modules", "dist", "test-results", "playwright-report", "e2e"];
        let mut sources = Vec::new();
        for entry in std::fs::read_dir(self.layout.frontend())? {
            let entry = entry?;
            if !made.iter().any(|name| entry.file_name() == *name) {
                sources.push(entry.path());
            }
        }
        Ok(sources)
    }
}
