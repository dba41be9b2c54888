//! Which program a terminal runs and in what environment.

use std::path::Path;

use pty_process::Command;

/// Tried in this order.
const SHELLS: &[&str] = &["/bin/bash", "/usr/bin/bash", "/bin/sh"];

/// Sandboxes run as a user without a name, which the usual prompt would complain about on every line. Only that prompt is
/// replaced, once, before it is first shown; a prompt of the user's own stays.
const PROMPT: &str = r"case $PS1 in *'\u@\h'*|*'\s-\v'*) PS1='\w\$ ';; esac; unset PROMPT_COMMAND";

/// A login shell in the workspace's root. The variables that the image sets stay as they are.
pub(crate) fn shell(root: &Path) -> Command {
    let program = SHELLS.iter().find(|shell| Path::new(shell).exists()).unwrap_or(&"/bin/sh");
    let mut command = Command::new(program)
        .arg("-l")
        .current_dir(root)
        .env("TERM", "xterm-256color")
        .env("COLORTERM", "truecolor")
        .env("SHELL", program)
        .env("PWD", root)
        .env("PROMPT_COMMAND", PROMPT);
    if std::env::var_os("HOME").is_none_or(|home| home.is_empty() || home == "/") {
        command = command.env("HOME", root);
    }
    if std::env::var_os("LANG").is_none() {
        command = command.env("LANG", "C.UTF-8");
    }
    command
}
