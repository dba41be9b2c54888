//! The checks and tests of the Rust code.

use std::path::PathBuf;

use crate::layout::Layout;
use crate::run::{Run, find_program, is_interactive};
use crate::setup::node::Node;

/// What the tests run against.
#[derive(Debug)]
pub(super) struct Tested {
    pub(super) program: PathBuf,
    pub(super) agent: PathBuf,
    /// Runs the provider of identities of the tests.
    pub(super) node: Node,
    /// Keeps content in the tests of buckets.
    pub(super) s3: PathBuf,
    pub(super) rclone: PathBuf,
    pub(super) long: bool,
}

impl Tested {
    /// Tells a test runner where the programs are.
    pub(super) fn apply(&self, run: Run) -> Run {
        let run = run.env("CARREL_BIN", &self.program).env("CARREL_AGENT", &self.agent);
        let run = run.env("CARREL_S3S", &self.s3).env("CARREL_RCLONE", &self.rclone);
        let run = self.node.first_in_path(run);
        if self.long { run.env("CARREL_TEST_LONG", "1") } else { run }
    }
}

pub(super) fn format(layout: &Layout) -> anyhow::Result<()> {
    let colour = if is_interactive() { "auto" } else { "never" };
    Run::cargo().dir(layout.root()).args(["fmt", "--all", "--", "--check", "--color", colour]).shown()
}

pub(super) fn clippy(layout: &Layout) -> anyhow::Result<()> {
    Run::cargo()
        .dir(layout.root())
        .args(["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"])
        .shown()
}

pub(super) fn documentation(layout: &Layout) -> anyhow::Result<()> {
    Run::cargo()
        .dir(layout.root())
        .args(["doc", "--locked", "--workspace", "--no-deps", "--document-private-items"])
        .env("RUSTDOCFLAGS", "-D warnings")
        .shown()
}

/// Runs all tests, each in its own process where `cargo-nextest` is installed. Which of them are
/// run once more when they fail is said in `.config/nextest.toml`.
pub(super) fn tests(layout: &Layout, tested: &Tested) -> anyhow::Result<()> {
    let run = Run::cargo().dir(layout.root());
    let run = if find_program("cargo-nextest").is_some() {
        run.args(["nextest", "run", "--locked", "--workspace", "--no-fail-fast"])
    } else {
        run.args(["test", "--locked", "--workspace", "--all-targets", "--no-fail-fast"])
    };
    tested.apply(run).shown()
}

pub(super) fn doc_tests(layout: &Layout) -> anyhow::Result<()> {
    Run::cargo().dir(layout.root()).args(["test", "--locked", "--workspace", "--doc"]).shown()
}
