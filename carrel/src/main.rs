//! The one program: it parses settings, makes secrets at the first start, and puts the services together.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod cloud;
mod commands;
mod content;
mod data_folder;
mod ide;
mod instance;
mod mail;
mod output;
mod secrets;
mod settings;
mod supervise;

use std::process::ExitCode;

use clap::Parser as _;

use crate::settings::{Arguments, Command};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        output::complain("the cryptography provider was installed twice");
        return ExitCode::FAILURE;
    }
    match run(arguments) {
        Ok(code) => code,
        Err(error) => {
            output::complain(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    use commands::{
        app_password, audit, doctor, fsck, keys, migrate, openapi, routes, runner, signer, token, up, user,
    };
    match arguments.command {
        Command::Up(options) => up::run(&options),
        Command::Cloud(options) => up::run_cloud(&options),
        Command::Ide(options) => up::run_ide(&options),
        Command::Runner(options) => runner::run(&options),
        Command::Signer(options) => signer::run(&options),
        Command::User(options) => user::run(options),
        Command::Token(options) => token::run(options),
        Command::AppPassword(options) => app_password::run(options),
        Command::Audit(options) => audit::run(options),
        Command::Doctor(options) => doctor::run(&options),
        Command::Fsck(options) => fsck::run(&options),
        Command::Keys(options) => keys::run(&options),
        Command::Migrate(options) => migrate::run(&options),
        Command::Openapi => openapi::run(),
        Command::Routes => routes::run(),
    }
}
