//! `cargo deny`: licences, banned crates and sources always; known weaknesses when their database can be fetched.

use crate::layout::Layout;
use crate::run::Run;

const VERSION: &str = "0.20.2";

pub(super) fn run(layout: &Layout) -> anyhow::Result<()> {
    install(layout)?;
    check(layout, &["bans", "licenses", "sources"]).shown()?;
    // The database is a git repository on the network. Without it the answer is unknown, not good: it is said, and it does not fail.
    if deny(layout).args(["fetch", "db"]).succeeds() {
        return check(layout, &["advisories"]).shown();
    }
    if has_database() {
        println!("    advisories: their database cannot be fetched from here; checking with an older copy");
        return check(layout, &["advisories"]).shown();
    }
    println!("    advisories: NOT CHECKED, because their database cannot be fetched from here");
    Ok(())
}

fn install(layout: &Layout) -> anyhow::Result<()> {
    let program = layout.tools().join("bin/cargo-deny");
    let version = Run::new(&program).arg("--version").read();
    if version.is_ok_and(|text| String::from_utf8_lossy(&text).trim() == format!("cargo-deny {VERSION}")) {
        return Ok(());
    }
    Run::cargo()
        .dir(layout.root())
        .args(["install", "--quiet", "--locked", "--force", "cargo-deny", "--version", VERSION, "--root"])
        .arg(layout.tools())
        .arg("--target-dir")
        .arg(layout.tools().join("build"))
        .shown()
}

/// A check of the whole workspace against what lies on this machine.
fn check(layout: &Layout, checks: &[&str]) -> Run {
    deny(layout)
        .args(["--all-features", "--workspace", "--log-level", "warn", "--offline", "check", "--hide-inclusion-graph"])
        .args(checks)
}

fn deny(layout: &Layout) -> Run {
    Run::new(layout.tools().join("bin/cargo-deny")).dir(layout.root())
}

/// Whether a copy of the database lies on this machine.
fn has_database() -> bool {
    let home = std::env::var_os("CARGO_HOME")
        .map(std::path::PathBuf::from)
        .or_else(|| Some(std::path::PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    home.is_some_and(|home| {
        std::fs::read_dir(home.join("advisory-dbs"))
            .is_ok_and(|entries| entries.flatten().any(|entry| entry.path().is_dir()))
    })
}
