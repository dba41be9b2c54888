//! Developer commands: each module is one command or one thing that commands share.
//!
//! It must not know the services: it builds, installs, starts and checks them from outside, with the programs that a person would use.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool talks to people on its standard streams"
)]
#![allow(clippy::disallowed_methods, reason = "running other programs is what this tool is for")]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod bench;
mod build;
mod codegen;
mod frontend;
mod image;
mod layout;
mod report;
mod run;
mod setup;
mod stamp;
mod test;
mod tidy;
mod up;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::layout::Layout;

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", about = "Developer commands of Carrel")]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Install what is missing, build, and start Carrel in the foreground
    Up(up::Arguments),
    /// Everything that must hold before a change lands
    Test(test::Arguments),
    /// Check sizes, documents, migrations and the threat model against the tree
    Tidy,
    /// Write docs/api/openapi.json and the TypeScript client from the code
    Codegen(codegen::Arguments),
    /// Build the image that workspaces run in
    Image,
    /// Measure the built program on this machine
    Bench(bench::Arguments),
}

fn main() -> ExitCode {
    let layout = Layout::find();
    let result = match Cli::parse().command {
        Command::Up(arguments) => up::run(&layout, &arguments),
        Command::Test(arguments) => test::run(&layout, &arguments),
        Command::Tidy => tidy::run(&layout),
        Command::Codegen(arguments) => codegen::run(&layout, &arguments),
        Command::Image => image::run(&layout),
        Command::Bench(arguments) => bench::run(&layout, &arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
