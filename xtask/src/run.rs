//! Running another program: shown, quiet, or read.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Context as _, bail};

/// A program to run. Its standard input is always empty, so nothing can wait for a person unseen.
#[derive(Debug)]
pub(crate) struct Run {
    command: Command,
}

impl Run {
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(program);
        command.stdin(Stdio::null());
        Self { command }
    }

    /// Cargo of this toolchain. Colour only for people: a log file is read as text.
    pub(crate) fn cargo() -> Self {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
        let mut run = Self::new(cargo);
        // What cargo told this program of its own package: build scripts that watch it would run anew each time somebody calls
        // cargo themselves in between.
        for (name, _) in std::env::vars_os() {
            if ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|start| name.to_string_lossy().starts_with(start)) {
                run.command.env_remove(name);
            }
        }
        if is_interactive() { run } else { run.env("CARGO_TERM_COLOR", "never") }
    }

    /// As root: through `sudo` when this process is not root.
    pub(crate) fn as_root(program: &str) -> Self {
        if is_root() {
            return Self::new(program);
        }
        let sudo = Self::new("sudo").arg("--non-interactive");
        if is_interactive() { Self::new("sudo").arg(program) } else { sudo.arg(program) }
    }

    pub(crate) fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    pub(crate) fn args<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(mut self, arguments: I) -> Self {
        self.command.args(arguments);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn dir(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// The command, to be started in another way.
    pub(crate) fn into_command(self) -> Command {
        self.command
    }

    /// Runs it with its output shown.
    pub(crate) fn shown(mut self) -> anyhow::Result<()> {
        let status = self.command.status().with_context(|| self.name())?;
        if !status.success() {
            bail!("{} failed ({status})", self.name());
        }
        Ok(())
    }

    /// Runs it with its output shown only if it fails.
    pub(crate) fn quiet(self) -> anyhow::Result<()> {
        self.output().map(drop)
    }

    /// Runs it and returns what it wrote to standard output.
    pub(crate) fn read(self) -> anyhow::Result<Vec<u8>> {
        Ok(self.output()?.stdout)
    }

    /// Whether it runs and succeeds; its output is dropped.
    pub(crate) fn succeeds(mut self) -> bool {
        self.command.output().is_ok_and(|output| output.status.success())
    }

    fn output(mut self) -> anyhow::Result<Output> {
        let output = self.command.output().with_context(|| self.name())?;
        if !output.status.success() {
            eprint!("{}", String::from_utf8_lossy(&output.stdout));
            eprint!("{}", String::from_utf8_lossy(&output.stderr));
            bail!("{} failed ({})", self.name(), output.status);
        }
        Ok(output)
    }

    fn name(&self) -> String {
        let words = std::iter::once(self.command.get_program()).chain(self.command.get_args());
        words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
    }
}

/// The full path of a program in `PATH` or in the folders that only root has there.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let root_only = ["/usr/local/sbin", "/usr/sbin", "/sbin"].map(PathBuf::from);
    std::env::split_paths(&path).chain(root_only).map(|folder| folder.join(name)).find(|file| file.is_file())
}

pub(crate) fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// Whether a person is at both ends.
pub(crate) fn is_interactive() -> bool {
    use std::io::IsTerminal as _;
    std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_program_is_named_with_its_arguments() {
        let error = Run::new("sh").args(["-c", "exit 3"]).quiet().unwrap_err().to_string();
        assert_eq!(error, "sh -c exit 3 failed (exit status: 3)");
    }

    #[test]
    fn standard_output_is_read_and_standard_input_is_empty() {
        assert_eq!(Run::new("sh").args(["-c", "cat; echo out; echo err >&2"]).read().unwrap(), b"out\n");
    }

    #[test]
    fn programs_are_found_in_the_path_only_when_they_exist() {
        assert!(find_program("sh").is_some());
        assert_eq!(find_program("no-such-program"), None);
    }
}
