//! Memory of the idle program: the proportional set size of all its processes, ten seconds after it became ready.

use std::time::Duration;

use anyhow::Context as _;
use carrel_test_support::TempData;
use carrel_test_support::process::Program;

use crate::figure::{Aim, Figure};

const SETTLE: Duration = Duration::from_secs(10);

pub(crate) async fn measure() -> anyhow::Result<Vec<Figure>> {
    let data = TempData::new()?;
    let program = Program::on(data.path()).start().await?;
    tokio::time::sleep(SETTLE).await;
    let children = program.descendants()?;
    let mut kibibytes = pss(program.id())?;
    for child in &children {
        kibibytes += pss(child.id)?;
    }
    program.stop().await?;
    Ok(vec![
        Figure { name: "idle processes", value: children.len() as f64 + 1.0, unit: "", aim: None },
        Figure {
            name: "idle memory (PSS)",
            value: kibibytes as f64 * 1024.0 / 1e6,
            unit: "MB",
            aim: Some(Aim::AtMost(60.0)),
        },
    ])
}

/// The proportional set size of a process in KiB: shared pages are divided among those that share them.
fn pss(process: u32) -> anyhow::Result<u64> {
    let file = format!("/proc/{process}/smaps_rollup");
    let text = std::fs::read_to_string(&file).context(file)?;
    parse(&text).context("no Pss in smaps_rollup")
}

fn parse(rollup: &str) -> Option<u64> {
    rollup.lines().find_map(|line| line.strip_prefix("Pss:")?.trim().strip_suffix(" kB")?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_is_read_and_not_its_parts() {
        assert_eq!(parse("Rss:   900 kB\nPss:      412 kB\nPss_Anon:   7 kB\n"), Some(412));
    }

    #[test]
    fn this_process_has_memory() {
        assert!(pss(std::process::id()).unwrap() > 0);
    }
}
