//! What the command line writes for people and scripts.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this module is how the command line speaks")]

use std::io::Write as _;

/// One line on standard output, at once. A reader that went away is no error of ours.
pub(crate) fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let written = writeln!(out, "{line}").and_then(|()| out.flush());
    if written.is_err() {
        tracing::debug!("standard output is closed");
    }
}

/// One line on standard error.
pub(crate) fn complain(line: &str) {
    eprintln!("carrel: {line}");
}
