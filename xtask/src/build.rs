//! Building the program and the static agent.

use std::path::PathBuf;

use anyhow::Context as _;

use crate::layout::{Layout, Profile, TARGET};
use crate::run::Run;

/// Builds the agent without any shared library: it runs in images that Carrel does not know.
pub(crate) fn agent(layout: &Layout) -> anyhow::Result<PathBuf> {
    Run::cargo()
        .dir(layout.root())
        .args(["build", "--quiet", "--locked", "--release", "--package", "carrel-agent", "--target", TARGET])
        .arg("--target-dir")
        .arg(layout.agent_target())
        // With a target named, these flags do not reach build scripts, which cannot be static.
        .env("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS", "-C target-feature=+crt-static")
        .shown()?;
    Ok(layout.agent())
}

/// Builds the program for use, with the agent beside it.
pub(crate) fn release(layout: &Layout) -> anyhow::Result<PathBuf> {
    let agent = agent(layout)?;
    Run::cargo().dir(layout.root()).args(["build", "--locked", "--release", "--package", "carrel"]).shown()?;
    let program = layout.program(Profile::Release);
    let beside = program.with_file_name("carrel-agent");
    // Renamed into place: a running sandbox may have the old file open.
    let new = program.with_file_name("carrel-agent.new");
    std::fs::copy(&agent, &new).with_context(|| agent.display().to_string())?;
    std::fs::rename(&new, &beside)?;
    Ok(program)
}

/// Builds the programs as tests run them, with the tests: alone they would select other features and build the dependencies twice.
pub(crate) fn debug(layout: &Layout) -> anyhow::Result<PathBuf> {
    Run::cargo().dir(layout.root()).args(["build", "--locked", "--workspace", "--all-targets"]).shown()?;
    Ok(layout.program(Profile::Debug))
}
