//! `carrel app-password`: a password for one program. The secret goes to standard output and nothing else does.

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
    /// Make an app password
    Create {
        /// Whose it is
        #[arg(long)]
        user: String,
        /// Which program it is for
        #[arg(long)]
        label: String,
        #[command(flatten)]
        data: Data,
    },
}

pub(crate) fn run(options: Options) -> anyhow::Result<ExitCode> {
    let Command::Create { user, label, data } = options.command;
    block_on(async {
        let (store, _) = cloud::open_store(&DataFolder::existing(&data)?, "").await?;
        say(&administration::create_app_password(&store, &user, &label).await?);
        store.close().await;
        Ok(ExitCode::SUCCESS)
    })
}
