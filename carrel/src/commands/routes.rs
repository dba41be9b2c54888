//! `carrel routes`: every public route of the cloud backend and who may call it.

use std::process::ExitCode;

use crate::output::say;

pub(crate) fn run() -> anyhow::Result<ExitCode> {
    for route in carrel_cloud_backend::routes::TABLE {
        say(&format!("{:7} {:60} {:?}", route.method.to_uppercase(), route.path, route.tier));
    }
    Ok(ExitCode::SUCCESS)
}
