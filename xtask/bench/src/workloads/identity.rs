//! What showing who one is costs: the check of a session in each request, sign-ins and refreshes, memory when many sign in at once, and
//! whether time tells who has an account (T-02). One program on SQLite, asked over HTTP.
//!
//! The limits of requests are off, and each try can come from a network of its own: the program is told that this machine is a proxy.
//! The limits by name, password and device, which no setting turns off, are kept to.

mod browser;
mod flood;
mod people;
mod rates;
mod session_check;
mod timing;

use std::{net::Ipv4Addr, time::Duration};

use anyhow::Context as _;
use carrel_test_support::{
    TempData,
    process::{Program, Start},
};

use crate::figure::Figure;

/// Everything together, also on a slow machine.
const LONGEST: Duration = Duration::from_secs(15 * 60);

pub(crate) async fn measure() -> anyhow::Result<Vec<Figure>> {
    tokio::time::timeout(LONGEST, all()).await.context("it took too long")?
}

async fn all() -> anyhow::Result<Vec<Figure>> {
    let data = TempData::new()?;
    people::make(data.path()).await?;
    let start = start(&data);

    let program = start.start().await?;
    let mut figures = session_check::measure(program.address()).await?;
    figures.extend(rates::measure(program.address()).await?);
    figures.extend(timing::measure(program.address()).await?);
    let devices = flood::devices(program.address()).await?;
    program.stop().await?;

    // Another process: what the hashes before left with its allocator would hide how much it grows.
    let program = start.start().await?;
    figures.extend(flood::measure(&program, &devices).await?);
    program.stop().await?;
    Ok(figures)
}

fn start(data: &TempData) -> Start {
    let mut start = Program::on(data.path()).env("CARREL_TRUSTED_PROXIES", "127.0.0.1");
    for class in ["READ", "WRITE", "COSTLY", "SIGN_IN", "REPORT", "PAGE"] {
        start = start.env(format!("CARREL_LIMIT_{class}"), "0");
    }
    start
}

/// The address that a try comes from, another one for each number.
fn network(number: usize) -> Ipv4Addr {
    let [_, high, middle, low] = u32::try_from(number).unwrap_or(u32::MAX).to_be_bytes();
    Ipv4Addr::new(10, high, middle, low)
}
