//! Memory when many sign in at the same moment: the peak of the process that answers, by the kernel's own mark, over what it held when it
//! was idle.

use std::{path::PathBuf, time::Duration};

use anyhow::{Context as _, ensure};
use carrel_test_support::process::Program;
use reqwest::StatusCode;
use tokio::task::JoinSet;

use super::{
    browser::Browser,
    network,
    people::{SIGNERS, signer},
};
use crate::figure::{Aim, Figure};

const AT_ONCE: usize = 500;
/// As many tries as one device may have under way: more of them would be told to wait before a hash is computed.
const PER_DEVICE: usize = 4;
const SETTLE: Duration = Duration::from_secs(10);

/// Somebody's device, and whose it is.
pub(super) type Device = (String, Browser);

/// Devices on which somebody has signed in.
pub(super) async fn devices(address: &str) -> anyhow::Result<Vec<Device>> {
    let mut devices = Vec::new();
    let browser = Browser::new(address)?;
    for number in 0..AT_ONCE / PER_DEVICE {
        let name = signer(number % SIGNERS);
        // A network has few tries on devices that are not known.
        let mut browser = browser.at_network(network(number));
        let status = browser.sign_in(&name).await?;
        ensure!(status.is_success(), "signing in on a new device: {status}");
        devices.push((name, browser.only_device()));
    }
    Ok(devices)
}

pub(super) async fn measure(program: &Program, devices: &[Device]) -> anyhow::Result<Vec<Figure>> {
    tokio::time::sleep(SETTLE).await;
    let memory = Memory::of(program.id());
    memory.forget_peak()?;
    let idle = memory.mebibytes("VmRSS:")?;

    let browser = Browser::new(program.address())?;
    let mut requests = JoinSet::new();
    for number in 0..AT_ONCE {
        let (name, device) = devices[number % devices.len()].clone();
        let mut browser = browser.with_cookies_of(&device);
        requests.spawn(async move { browser.sign_in(&name).await });
    }
    let (mut signed_in, mut busy) = (0_u32, 0_u32);
    for status in requests.join_all().await {
        match status? {
            StatusCode::OK => signed_in += 1,
            StatusCode::SERVICE_UNAVAILABLE => busy += 1,
            other => anyhow::bail!("a sign-in among many was answered with {other}"),
        }
    }
    let peak = memory.mebibytes("VmHWM:")?;
    tokio::time::sleep(SETTLE).await;
    let after = memory.mebibytes("VmRSS:")?;
    let figure = |name, value, unit, aim| Figure { name, value, unit, aim };
    Ok(vec![
        figure("500 at once: signed in", f64::from(signed_in), "", None),
        figure("500 at once: told to come again", f64::from(busy), "", None),
        figure("500 at once: idle before", idle, "MiB", None),
        figure("500 at once: peak over idle", peak - idle, "MiB", Some(Aim::AtMost(120.0))),
        figure("500 at once: over idle 10 s later", after - idle, "MiB", None),
    ])
}

/// The memory of a process.
struct Memory(PathBuf);

impl Memory {
    fn of(process: u32) -> Self {
        Self(format!("/proc/{process}").into())
    }

    /// The highest mark begins at what is held now (proc_pid_clear_refs(5)).
    fn forget_peak(&self) -> anyhow::Result<()> {
        std::fs::write(self.0.join("clear_refs"), "5").context("clear_refs")
    }

    fn mebibytes(&self, field: &str) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(self.0.join("status")).context("status")?;
        let kibibytes: f64 = parse(&status, field).with_context(|| format!("no {field} in status"))?;
        Ok(kibibytes / 1024.0)
    }
}

fn parse(status: &str, field: &str) -> Option<f64> {
    status.lines().find_map(|line| line.strip_prefix(field)?.trim().strip_suffix(" kB")?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_read_by_its_whole_name() {
        let status = "VmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\nRssAnon:\t  12 kB\n";
        assert_eq!(parse(status, "VmRSS:"), Some(1024.0));
        assert_eq!(parse(status, "VmHWM:"), Some(2048.0));
        assert_eq!(parse(status, "Vm:"), None);
    }
}
