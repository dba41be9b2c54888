//! The workloads by name.

mod files;
mod identity;
mod idle;
mod sandbox;
mod startup;

use crate::figure::Figure;

/// All workloads, in the order in which they run.
pub(crate) const NAMES: [&str; 5] = ["startup", "idle", "identity", "files", "sandbox"];

pub(crate) async fn run(name: &str) -> anyhow::Result<Vec<Figure>> {
    match name {
        "startup" => startup::measure().await,
        "identity" => identity::measure().await,
        "files" => files::measure().await,
        "idle" => idle::measure().await,
        "sandbox" => sandbox::measure().await,
        other => anyhow::bail!("no workload {other:?}"),
    }
}
