//! The workloads by name.

mod identity;
mod idle;
mod sandbox;
mod startup;

use crate::figure::Figure;

/// All workloads, in the order in which they run.
pub(crate) const NAMES: [&str; 4] = ["startup", "idle", "identity", "sandbox"];

pub(crate) async fn run(name: &str) -> anyhow::Result<Vec<Figure>> {
    match name {
        "startup" => startup::measure().await,
        "identity" => identity::measure().await,
        "idle" => idle::measure().await,
        "sandbox" => sandbox::measure().await,
        other => anyhow::bail!("no workload {other:?}"),
    }
}
