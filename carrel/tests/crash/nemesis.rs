//! Kills: the main process, the runner, the signer, in an order that one number gives.

use std::{collections::BTreeMap, time::Duration};

use carrel_test_support::process::{Process, Program};

pub(crate) struct Nemesis {
    state: u64,
    program: Option<Program>,
    kills: BTreeMap<String, u32>,
    slowest: Duration,
}

impl Nemesis {
    pub(crate) fn new(seed: u64, program: Program) -> Self {
        Self { state: seed | 1, program: Some(program), kills: BTreeMap::new(), slowest: Duration::ZERO }
    }

    /// Waits a moment and kills something.
    pub(crate) async fn strike(&mut self) {
        let wait = 50 + self.random() % 700;
        tokio::time::sleep(Duration::from_millis(wait)).await;
        let program = self.program.take().expect("running");
        // The runner's own helpers (mkfs, mount) come and go; only Carrel's processes are struck.
        let mut children = program.descendants().expect("listed");
        children.retain(|child| service(child).is_some());
        let pick = self.random() as usize % (children.len() + 1);
        let started = std::time::Instant::now();
        match children.get(pick) {
            Some(child) => {
                let name = service(child).unwrap_or_default();
                *self.kills.entry(format!("carrel {name}")).or_default() += 1;
                // An error means that it had just ended by itself.
                child.kill().ok();
                self.program = Some(program);
            }
            None => {
                *self.kills.entry("carrel up".to_owned()).or_default() += 1;
                let address = program.address().trim_start_matches("http://").to_owned();
                let start = program.kill().expect("killed").listen(address);
                self.program = Some(start.start().await.expect("started again"));
            }
        }
        self.slowest = self.slowest.max(started.elapsed());
    }

    pub(crate) fn summary(&self) -> String {
        let kills: Vec<_> = self.kills.iter().map(|(name, count)| format!("{name}: {count}")).collect();
        format!("killed {}; slowest start {} ms", kills.join(", "), self.slowest.as_millis())
    }

    pub(crate) fn into_program(mut self) -> Program {
        self.program.take().expect("running")
    }

    /// SplitMix64.
    fn random(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// The service that a child process is.
fn service(child: &Process) -> Option<&str> {
    child.command.get(1).map(String::as_str).filter(|name| matches!(*name, "runner" | "signer"))
}
