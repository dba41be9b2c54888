//! One module for each subcommand.

pub(crate) mod app_password;
pub(crate) mod audit;
pub(crate) mod doctor;
pub(crate) mod fsck;
pub(crate) mod keys;
pub(crate) mod migrate;
pub(crate) mod openapi;
pub(crate) mod routes;
pub(crate) mod runner;
pub(crate) mod signer;
pub(crate) mod token;
pub(crate) mod up;
pub(crate) mod user;

use std::future::Future;

/// Runs an asynchronous command to its end.
pub(crate) fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}
