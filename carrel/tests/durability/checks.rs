//! What the program's own checks say.

use std::{path::Path, process::Command};

use carrel_test_support::process::binary;
use serde_json::Value;

fn carrel(data: &Path, database: Option<&str>, arguments: &[&str]) -> (Option<i32>, Value, String) {
    let mut command = Command::new(binary().expect("built"));
    command.args(arguments).arg("--data").arg(data).env_remove("DATABASE_URL");
    if let Some(url) = database {
        command.env("DATABASE_URL", url);
    }
    let output = command.output().expect("run");
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap_or(Value::Null), text)
}

/// Fails unless database and store agree on every byte; the report.
pub(crate) fn fsck(data: &Path, database: Option<&str>) -> Value {
    let (code, report, text) = carrel(data, database, &["fsck", "--read", "--json"]);
    assert_eq!(code, Some(0), "{text}");
    report
}

/// Fails unless the log verifies and has at least this many entries.
pub(crate) fn verify_log(data: &Path, database: Option<&str>, acts: u64) {
    let (code, report, text) = carrel(data, database, &["audit", "verify", "--json"]);
    assert_eq!(code, Some(0), "{text}");
    let entries = report["entries"].as_u64().expect("a count");
    println!("the log verifies: {entries} entries for {acts} acknowledged acts");
    assert!(entries >= acts, "{entries} entries for {acts} acts");
}
