//! Measures the built program from outside: `carrel-bench [WORKLOAD…]`, started by `cargo xtask bench`.
//!
//! A workload is one function that returns figures; it starts the real program on fresh data and sends traffic to loopback only.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool talks to people on its standard streams"
)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod figure;
mod workloads;

use std::process::ExitCode;

use figure::Figure;

#[tokio::main]
async fn main() -> ExitCode {
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        eprintln!("error: the cryptography provider was installed twice");
        return ExitCode::FAILURE;
    }
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    match run(&wanted).await {
        Ok(figures) => {
            println!("{}", figure::json(&figures));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(wanted: &[String]) -> anyhow::Result<Vec<Figure>> {
    if let Some(unknown) = wanted.iter().find(|name| !workloads::NAMES.contains(&name.as_str())) {
        anyhow::bail!("no workload {unknown:?}; there are: {}", workloads::NAMES.join(", "));
    }
    let mut figures = Vec::new();
    for name in workloads::NAMES {
        if wanted.is_empty() || wanted.iter().any(|word| word == name) {
            eprintln!("measuring {name}");
            let measured = workloads::run(name).await?;
            print!("{}", figure::table(&measured));
            figures.extend(measured);
        }
    }
    Ok(figures)
}
