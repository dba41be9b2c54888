//! `cargo xtask test`: everything that must hold before a change lands, cheapest first, ended by the first failure.

mod deny;
mod provider;
mod rust;
mod s3;

use crate::frontend::Frontend;
use crate::layout::Layout;
use crate::report::Report;
use crate::setup::packages::{
    self, CERTIFICATES, CHROMIUM, COMPILER, DOCKER, DOVECOT, GIT, LIBC, LITMUS, MKFS, MMDEBSTRAP, MOUNT, NEXTCLOUD_CMD,
    OPENSSL, OWNCLOUD_CMD, PIP, POSTFIX, POSTGRES,
};
use crate::setup::{docker, rclone};
use crate::{build, codegen, image, tidy};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Also run what takes long (large trees, many kills): sets CARREL_TEST_LONG
    #[arg(long)]
    long: bool,
    /// Install missing packages without asking
    #[arg(long)]
    yes: bool,
    /// Leave a check out while working on something else; the table names the checks
    #[arg(long, value_name = "CHECK")]
    skip: Vec<String>,
}

pub(crate) fn run(layout: &Layout, arguments: &Arguments) -> anyhow::Result<()> {
    let mut report = Report::without(&arguments.skip);
    let result = steps(layout, arguments, &mut report);
    println!("\n{}", report.summary());
    result
}

fn steps(layout: &Layout, arguments: &Arguments, report: &mut Report) -> anyhow::Result<()> {
    report.check("format", || rust::format(layout))?;
    report.check("tidy", || tidy::run(layout))?;
    report.step("packages", || install(arguments.yes))?;
    report.step("docker engine", || docker::ensure(&layout.stamps().join("dockerd.log")))?;
    let frontend = report.step("frontend packages", || {
        let frontend = Frontend::new(layout)?;
        frontend.install()?;
        Ok(frontend)
    })?;
    report.check("frontend lint", || frontend.script("lint").shown())?;
    report.check("frontend types", || frontend.script("typecheck").shown())?;
    report.check("frontend unit tests", || frontend.script("test").shown())?;
    report.step("frontend build", || frontend.build())?;
    report.check("clippy", || rust::clippy(layout))?;
    report.check("dependencies", || deny::run(layout))?;
    report.check("documentation", || rust::documentation(layout))?;
    let agent = report.step("agent", || build::agent(layout))?;
    let program = report.step("programs", || build::debug(layout))?;
    let node = report.step("provider of identities for tests", || provider::install(layout))?;
    let s3 = report.step("S3 server for tests", || s3::install(layout))?;
    let rclone = report.step("rclone for tests", || rclone::ensure(layout))?;
    let tested = rust::Tested { program, agent, node, s3, rclone, long: arguments.long };
    report.check("generated files", || codegen::refuse(&codegen::write(layout, &tested.program, &frontend)?))?;
    report.check("image of workspaces", || image::build_with(layout, &tested.program))?;
    report.check("rust tests", || rust::tests(layout, &tested))?;
    report.check("tests of files on S3", || s3::tests(layout, &tested))?;
    report.check("rust examples in documentation", || rust::doc_tests(layout))?;
    report.check("browser tests", || tested.apply(frontend.script("e2e")).shown())
}

fn install(agreed: bool) -> anyhow::Result<()> {
    let mut needs = vec![&COMPILER, &LIBC, &CERTIFICATES, &GIT];
    // Through pip come a Node.js where Debian has none that is new enough, and the source tree of the main browser test.
    needs.extend([&DOCKER, &MMDEBSTRAP, &MKFS, &MOUNT, &POSTGRES, &CHROMIUM, &PIP]);
    needs.extend([&POSTFIX, &DOVECOT, &OPENSSL, &LITMUS, &NEXTCLOUD_CMD, &OWNCLOUD_CMD]);
    packages::ensure(&needs, agreed)
}
