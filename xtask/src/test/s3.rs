//! The S3 server of the tests, and the tests of files with their content in it.

use std::path::PathBuf;

use super::rust::Tested;
use crate::layout::Layout;
use crate::run::{Run, find_program};

/// The newest that the pinned compiler builds.
const VERSION: &str = "0.14.1";

/// The tests that keep content, once: what the database does is shown by the whole suite on both. One knows objects by what is in them;
/// the others are about numbers, and ask nothing of content that the rest does not.
const FILTER: &str = "package(carrel-cloud-backend) & test(/^(files|uploads|dav|internal)::.*::sqlite$/) \
                      - test(fsck_finds_what_is_missing) - test(litmus) - test(a_thousand_small_uploads) \
                      - test(pages_over_a_thousand_entries) - test(random_changes)";

/// Installs the server into the folder of tools, unless it is there; the program.
pub(super) fn install(layout: &Layout) -> anyhow::Result<PathBuf> {
    let program = layout.tools().join("bin/s3s-fs");
    let version = Run::new(&program).arg("--version").read();
    if version.is_ok_and(|text| String::from_utf8_lossy(&text).trim() == format!("s3s-fs {VERSION}")) {
        return Ok(program);
    }
    Run::cargo()
        .dir(layout.root())
        .args(["install", "--quiet", "--locked", "--force", "s3s-fs", "--version", VERSION, "--features", "binary"])
        .arg("--root")
        .arg(layout.tools())
        .arg("--target-dir")
        .arg(layout.tools().join("build"))
        .shown()?;
    Ok(program)
}

/// Runs the tests of files once more, with their content in a bucket, and in one that is encrypted when there is time.
pub(super) fn tests(layout: &Layout, tested: &Tested) -> anyhow::Result<()> {
    // Only nextest chooses among tests by more than a part of their names.
    if find_program("cargo-nextest").is_none() {
        println!("    NOT RUN: install cargo-nextest for the tests of files on S3");
        return Ok(());
    }
    let places: &[&str] = if tested.long { &["s3", "encrypted", "encrypted-s3"] } else { &["encrypted-s3"] };
    for place in places {
        let run = Run::cargo().dir(layout.root()).env("CARREL_TEST_CONTENT", place);
        let run = run.args(["nextest", "run", "--locked", "--workspace", "--no-fail-fast", "-E", FILTER]);
        tested.apply(run).shown()?;
    }
    Ok(())
}
