//! Files over HTTP: small uploads, each on the disk and in the log before it is answered, small downloads, small requests, and
//! 1 GiB in and out. One program on SQLite, and nginx with its files beside it where it is installed, for the ratio.
//!
//! The limits of requests are off. Server and client share the machine. nginx answers an upload without a wait for the disk, and
//! keeps neither versions nor a log, so its small uploads are another kind of act; large ones are read with that in mind, too.

mod client;
mod nginx;
mod runs;

use std::{process::Stdio, time::Duration};

use anyhow::Context as _;
use carrel_test_support::{
    TempData,
    person::Person,
    process::{Program, binary},
};
use tokio::process::Command;

use self::{nginx::Nginx, runs::Server};
use crate::figure::Figure;

/// Everything together, also on a slow machine.
const LONGEST: Duration = Duration::from_secs(15 * 60);

pub(crate) async fn measure() -> anyhow::Result<Vec<Figure>> {
    tokio::time::timeout(LONGEST, all()).await.context("it took too long")?
}

async fn all() -> anyhow::Result<Vec<Figure>> {
    let data = TempData::new()?;
    let mut start = Program::on(data.path());
    for class in ["READ", "WRITE", "COSTLY", "SIGN_IN", "REPORT", "PAGE"] {
        start = start.env(format!("CARREL_LIMIT_{class}"), "0");
    }
    let program = start.start().await?;
    let person = Person::set_up(program.address(), &program.setup_link().await?).await;
    let token = token(data.path()).await?;
    let server = Server::carrel(program.address(), &token, person.root())?;
    let ours = tokio::task::spawn_blocking(move || runs::all(&server)).await??;
    program.stop().await?;

    let peer = TempData::new()?;
    let theirs = match Nginx::start(peer.path()).await? {
        Some(nginx) => {
            let server = nginx.server();
            Some(tokio::task::spawn_blocking(move || runs::all(&server)).await??)
        }
        None => {
            eprintln!("nginx is not installed: no ratios");
            None
        }
    };
    Ok(runs::figures(&ours, theirs.as_ref()))
}

/// A token of the person, made by `carrel token`.
#[allow(clippy::disallowed_methods, reason = "the program under measurement")]
async fn token(data: &std::path::Path) -> anyhow::Result<String> {
    let mut command = Command::new(binary()?);
    command.args(["token", "create", "--user", "ada", "--scopes", "files:read,files:write", "--data"]).arg(data);
    command.stdin(Stdio::null()).stderr(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
    let output = command.output().await?;
    anyhow::ensure!(output.status.success(), "carrel token: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
