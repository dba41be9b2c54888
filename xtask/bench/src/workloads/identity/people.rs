//! The people of the measured instance, made by `carrel user` before it starts.

#![allow(clippy::disallowed_methods, reason = "the program under measurement")]

use std::{path::Path, process::Stdio};

use anyhow::Context as _;
use carrel_test_support::{person::PASSWORD, process::binary};
use tokio::{io::AsyncWriteExt as _, process::Command};

/// Who sign in, each at most once at a time.
pub(super) const SIGNERS: usize = 8;
/// Names of each kind at which the times are measured.
pub(super) const TRIED: usize = 60;

pub(super) fn signer(number: usize) -> String {
    format!("signs-{number:02}")
}
/// Somebody who can sign in, and at whom wrong passwords are tried.
pub(super) fn known(number: usize) -> String {
    format!("known-{number:02}")
}
pub(super) fn disabled(number: usize) -> String {
    format!("ended-{number:02}")
}
/// Nobody, with a name as long as the others.
pub(super) fn unknown(number: usize) -> String {
    format!("never-{number:02}")
}

pub(super) async fn make(data: &Path) -> anyhow::Result<()> {
    let names = (0..SIGNERS).map(signer).chain((0..TRIED).flat_map(|number| [known(number), disabled(number)]));
    for name in names {
        user(data, &["create", &name, "--password-stdin"]).await?;
    }
    for number in 0..TRIED {
        user(data, &["disable", &disabled(number)]).await?;
    }
    Ok(())
}

async fn user(data: &Path, arguments: &[&str]) -> anyhow::Result<()> {
    let mut command = Command::new(binary()?);
    command.arg("user").args(arguments).arg("--data").arg(data);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn()?;
    let mut input = child.stdin.take().context("no standard input")?;
    // Where it needs none it may have ended.
    input.write_all(PASSWORD.as_bytes()).await.ok();
    drop(input);
    let output = child.wait_with_output().await?;
    anyhow::ensure!(
        output.status.success(),
        "carrel user {}: {}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}
