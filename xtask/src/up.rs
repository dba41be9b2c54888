//! `cargo xtask up`: from a machine with only a Rust toolchain to a running Carrel.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::layout::Layout;
use crate::report::Report;
use crate::run::{Run, find_program, is_root};
use crate::setup::docker;
use crate::setup::node::Node;
use crate::setup::packages::{self, CERTIFICATES, COMPILER, DOCKER, LIBC, MKFS, MMDEBSTRAP, MOUNT, Need, PIP};
use crate::{build, frontend, image};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Folder of the data
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
    /// Address to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: String,
    /// Install missing packages without asking
    #[arg(long)]
    yes: bool,
}

pub(crate) fn run(layout: &Layout, arguments: &Arguments) -> anyhow::Result<()> {
    let data = std::path::absolute(&arguments.data)?;
    let mut report = Report::new();
    report.step("packages to build with", || packages::ensure(&build_needs(layout), arguments.yes))?;
    let sandboxes = report.step("packages and engine for sandboxes", || Ok(prepare_sandboxes(&data, arguments.yes)))?;
    report.step("frontend", || frontend::Frontend::new(layout)?.build())?;
    let program = report.step("program and agent", || build::release(layout))?;
    let sandboxes = match sandboxes {
        Ok(()) => report.step("image of workspaces", || Ok(image::build_with(layout, &program)))?,
        missing => missing,
    };
    println!("{}", report.summary());
    if let Err(error) = sandboxes {
        println!("\nWorkspaces will not start on this machine: {error:#}.");
        println!("Files, versions, sharing and the log work. `carrel doctor` says what is missing.\n");
    }
    start(&program, &data, &arguments.listen)
}

/// What the build needs; pip only where it has to fetch Node.js.
fn build_needs(layout: &Layout) -> Vec<&'static Need> {
    let mut needs = vec![&COMPILER, &LIBC, &CERTIFICATES];
    if Node::find(layout).is_none() {
        needs.push(&PIP);
    }
    needs
}

/// Everything else works without sandboxes, so a failure here is told and not fatal.
fn prepare_sandboxes(data: &Path, agreed: bool) -> anyhow::Result<()> {
    if !is_root() && find_program("sudo").is_none() {
        anyhow::bail!("sandboxes need root (or sudo) once, for packages and the Docker engine");
    }
    packages::ensure(&[&DOCKER, &MMDEBSTRAP, &MKFS, &MOUNT], agreed)?;
    docker::ensure(&data.join("dockerd.log"))
}

/// Becomes `carrel up`: signals reach it directly, and what it prints is the last thing on the screen.
fn start(program: &Path, data: &Path, listen: &str) -> anyhow::Result<()> {
    let run = Run::new(program).arg("up").arg("--data").arg(data).args(["--listen", listen]);
    Err(run.into_command().exec()).with_context(|| program.display().to_string())
}
