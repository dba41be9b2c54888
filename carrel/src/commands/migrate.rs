//! `carrel migrate`: brings the database up to date and says so. Every start does the same.

use std::process::ExitCode;

use super::block_on;
use crate::{cloud, data_folder::DataFolder, output::say, settings::Data};

pub(crate) fn run(data: &Data) -> anyhow::Result<ExitCode> {
    block_on(async {
        let (store, _) = cloud::open_store(&DataFolder::open(data)?, "").await?;
        say(&format!("The {} database is up to date.", store.database_kind()));
        store.close().await;
        Ok(ExitCode::SUCCESS)
    })
}
