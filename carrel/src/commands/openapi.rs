//! `carrel openapi`: the description of both HTTP APIs as one document, without a server.

use std::process::ExitCode;

use crate::output::say;

pub(crate) fn run() -> anyhow::Result<ExitCode> {
    let mut document = carrel_cloud_backend::openapi();
    document.merge(carrel_ide_backend::openapi());
    say(&document.to_pretty_json()?);
    Ok(ExitCode::SUCCESS)
}
