//! `carrel runner`: the one process that may open docker.sock; and what prepares and checks its host.

use std::{collections::BTreeMap, ffi::OsString, path::PathBuf, process::ExitCode, time::Duration};

use actix_web::rt;
use anyhow::Context as _;
use carrel_runner::image;
use clap::{Args, Subcommand};
use ed25519_dalek::VerifyingKey;

use crate::{
    cloud::{GRANT_KEY_ID, RUNNER_AUDIENCE, service_secret},
    data_folder::DataFolder,
    instance::parts,
    output::say,
    settings::{Background, SandboxLimits},
    supervise::{asked_to_end, parent_gone},
};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Options {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    background: Background,
    #[command(flatten)]
    host: Host,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build the workspace image from Debian packages, if this recipe's image is not there
    Image,
}

/// Where the runner finds what it needs on its host.
#[derive(Debug, Clone, Args)]
pub(crate) struct Host {
    /// Docker's socket
    #[arg(long, env = "CARREL_DOCKER_SOCKET", default_value = "/var/run/docker.sock", value_name = "PATH")]
    docker_socket: PathBuf,
    /// The program that runs first in each sandbox; carrel-agent beside this program when absent
    #[arg(long, env = "CARREL_AGENT", value_name = "PATH")]
    agent: Option<PathBuf>,
    /// Image of workspaces; the one that this version builds when absent
    #[arg(long, env = "CARREL_WORKSPACE_IMAGE", value_name = "IMAGE")]
    workspace_image: Option<String>,
}

impl Host {
    /// The same settings for a child process.
    pub(crate) fn as_arguments(&self) -> Vec<OsString> {
        let mut arguments: Vec<OsString> = vec!["--docker-socket".into(), (&self.docker_socket).into()];
        if let Some(agent) = &self.agent {
            arguments.extend(["--agent".into(), agent.into()]);
        }
        if let Some(image) = &self.workspace_image {
            arguments.extend(["--workspace-image".into(), image.into()]);
        }
        arguments
    }

    pub(crate) fn docker_socket(&self) -> &std::path::Path {
        &self.docker_socket
    }

    fn agent(&self) -> anyhow::Result<PathBuf> {
        match &self.agent {
            Some(path) => Ok(std::path::absolute(path)?),
            None => Ok(std::env::current_exe()?.with_file_name("carrel-agent")),
        }
    }
}

/// The most that a grant may ask of this host.
const CEILING: SandboxLimits = SandboxLimits {
    sandbox_memory_mib: 64 * 1024,
    sandbox_cpu_milli: 64_000,
    sandbox_processes: 4096,
    sandbox_disk_mib: 1024 * 1024,
    sandbox_files: 50_000_000,
};

pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    match options.command {
        Some(Command::Image) => rt::System::new().block_on(build_image(&options.host)),
        None => serve(options),
    }
}

fn serve(options: &Options) -> anyhow::Result<ExitCode> {
    let background = &options.background;
    background.log.start("runner")?;
    let folder = DataFolder::open(&background.data)?;
    let _lock = folder.lock("runner", Duration::from_secs(10))?;
    let config = config(&folder, &options.host)?;
    let with_parent = background.with_parent;
    rt::System::new().block_on(async move {
        let end = async move {
            if with_parent {
                tokio::select! { () = parent_gone() => {}, () = asked_to_end() => {} }
            } else {
                asked_to_end().await;
            }
        };
        carrel_runner::serve(config, end).await?;
        Ok(ExitCode::SUCCESS)
    })
}

/// The runner's settings from a data folder.
pub(crate) fn config(folder: &DataFolder, host: &Host) -> anyhow::Result<carrel_runner::Config> {
    let text = parts::grant_key_public(folder)?;
    let bytes: Option<[u8; 32]> = hex::decode(text).ok().and_then(|bytes| bytes.try_into().ok());
    let key = bytes.and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok());
    let key = key.context("the public half of the key of grants is no key")?;
    Ok(carrel_runner::Config {
        state_dir: folder.runner_state(),
        socket: folder.runner_socket(),
        service_secret: service_secret(folder)?,
        grant_keys: BTreeMap::from([(GRANT_KEY_ID.to_owned(), key)]),
        audience: RUNNER_AUDIENCE.to_owned(),
        agent_binary: host.agent()?,
        image: host.workspace_image.clone().unwrap_or_else(image::reference),
        docker_socket: host.docker_socket.clone(),
        ceiling: CEILING.as_limits(),
    })
}

async fn build_image(host: &Host) -> anyhow::Result<ExitCode> {
    let name = image::reference();
    if image::present(&host.docker_socket).await? {
        say(&format!("{name} is there"));
        return Ok(ExitCode::SUCCESS);
    }
    let scratch = tempdir()?;
    let built = image::build(&host.docker_socket, &scratch, &mut |line| say(line)).await;
    std::fs::remove_dir_all(&scratch)?;
    built?;
    say(&format!("{name} is built"));
    Ok(ExitCode::SUCCESS)
}

/// A folder of this process for the build.
fn tempdir() -> anyhow::Result<PathBuf> {
    let path = std::env::temp_dir().join(format!("carrel-image-{}", std::process::id()));
    std::fs::create_dir_all(&path)?;
    Ok(path)
}
