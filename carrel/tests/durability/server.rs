//! The cloud backend alone, with a signer for its log.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use carrel_test_support::process::{Program, Start, binary};

/// A start of the cloud backend that holds nobody back for asking often.
pub(crate) fn start_on(data: &Path) -> Start {
    let start = Program::on(data).part("cloud").env("CARREL_LOG", "error");
    let limits = ["READ", "WRITE", "COSTLY", "SYNC"];
    limits.iter().fold(start, |start, limit| start.env(format!("CARREL_LIMIT_{limit}"), "1000000"))
}

/// Signs the log of a data folder until it is dropped.
pub(crate) struct Signer {
    data: PathBuf,
    child: Child,
}

impl Signer {
    pub(crate) fn on(data: &Path) -> Self {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--"]).arg(binary().expect("built"));
        command.args(["signer", "--log", "error", "--data"]).arg(data).stdin(Stdio::null());
        Self { data: data.to_owned(), child: command.spawn().expect("a signer") }
    }

    /// Killed as by a power cut, and started again.
    pub(crate) fn killed(self) -> Self {
        let data = self.data.clone();
        drop(self);
        Self::on(&data)
    }
}

impl Drop for Signer {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
