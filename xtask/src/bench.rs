//! `cargo xtask bench`: builds what is measured and runs `carrel-bench`, which measures it.

use crate::frontend::Frontend;
use crate::layout::Layout;
use crate::run::Run;
use crate::{build, image};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Workloads to run; without one, all of them
    workloads: Vec<String>,
}

pub(crate) fn run(layout: &Layout, arguments: &Arguments) -> anyhow::Result<()> {
    Frontend::new(layout)?.build()?;
    let program = build::release(layout)?;
    image::build_with(layout, &program)?;
    Run::cargo()
        .dir(layout.root())
        .args(["run", "--quiet", "--locked", "--release", "--package", "carrel-bench", "--"])
        .args(&arguments.workloads)
        .env("CARREL_BIN", &program)
        .shown()
}
