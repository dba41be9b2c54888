//! `carrel signer`: the small process that holds the log's key.

use std::{process::ExitCode, time::Duration};

use anyhow::Context as _;
use clap::Args;

use crate::{
    data_folder::DataFolder,
    instance::parts,
    settings::Background,
    supervise::{asked_to_end, parent_gone},
};

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    background: Background,
    /// Name of the log that is signed: host and /audit/1; that of the data folder when absent
    #[arg(long, env = "CARREL_LOG_ORIGIN", value_name = "NAME")]
    origin: Option<String>,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let background = &options.background;
    background.log.start("signer")?;
    let folder = DataFolder::open(&background.data)?;
    let _lock = folder.lock("signer", Duration::from_secs(10))?;
    let origin = match &options.origin {
        Some(origin) => origin.clone(),
        None => parts::log_name(&folder).context("name the log with --origin")?,
    };
    let config = carrel_signer::Config { socket: folder.signer_socket(), state_dir: folder.signer_state(), origin };
    let with_parent = background.with_parent;
    super::block_on(async move {
        let end = async move {
            if with_parent {
                tokio::select! { () = parent_gone() => {}, () = asked_to_end() => {} }
            } else {
                asked_to_end().await;
            }
        };
        carrel_signer::serve(config, end).await?;
        Ok(ExitCode::SUCCESS)
    })
}
