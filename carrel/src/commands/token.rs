//! `carrel token`: personal access tokens. The secret goes to standard output and nothing else does.

use std::process::ExitCode;

use carrel_cloud_backend::administration;
use clap::{Args, Subcommand};

use super::block_on;
use crate::{cloud, data_folder::DataFolder, output::say, settings::Data};

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a token
    Create {
        /// Whose it is
        #[arg(long)]
        user: String,
        /// files:read, files:write; several with commas
        #[arg(long, value_delimiter = ',', required = true)]
        scopes: Vec<String>,
        /// How long it works
        #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..=365))]
        days: u16,
        #[command(flatten)]
        data: Data,
    },
}

pub(crate) fn run(options: Options) -> anyhow::Result<ExitCode> {
    let Command::Create { user, scopes, days, data } = options.command;
    block_on(async {
        let (store, _) = cloud::open_store(&DataFolder::existing(&data)?, "").await?;
        say(&administration::create_token(&store, &user, &scopes, days).await?);
        store.close().await;
        Ok(ExitCode::SUCCESS)
    })
}
