//! Time from the start of `carrel up` to its address on standard output, which it prints when it is ready.

use std::time::Instant;

use carrel_test_support::TempData;
use carrel_test_support::process::Program;

use crate::figure::{Aim, Figure, median};

const RUNS: usize = 5;

pub(crate) async fn measure() -> anyhow::Result<Vec<Figure>> {
    let (mut first, mut again) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let data = TempData::new()?;
        for times in [&mut first, &mut again] {
            let begin = Instant::now();
            let program = Program::on(data.path()).start().await?;
            times.push(begin.elapsed().as_secs_f64());
            program.stop().await?;
        }
    }
    Ok(vec![
        Figure { name: "ready on fresh data", value: median(first), unit: "s", aim: None },
        Figure { name: "ready on existing data", value: median(again), unit: "s", aim: Some(Aim::AtMost(1.0)) },
    ])
}
