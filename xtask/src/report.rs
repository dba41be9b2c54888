//! The steps of a command: announced, timed, and summed up in a table.

use std::time::{Duration, Instant};

use anyhow::Context as _;

/// The steps that have run.
#[derive(Debug)]
pub(crate) struct Report {
    begin: Instant,
    rows: Vec<Row>,
    left_out: Vec<String>,
}

#[derive(Debug)]
struct Row {
    name: &'static str,
    time: Duration,
    outcome: Outcome,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failed,
    LeftOut,
}

impl Report {
    pub(crate) fn new() -> Self {
        Self::without(&[])
    }

    /// A report that leaves out the checks with these names.
    pub(crate) fn without(names: &[String]) -> Self {
        Self { begin: Instant::now(), rows: Vec::new(), left_out: names.to_vec() }
    }

    /// Runs a step that later ones do not need, unless it is to be left out.
    pub(crate) fn check(
        &mut self,
        name: &'static str,
        work: impl FnOnce() -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        if self.left_out.iter().any(|left_out| left_out == name) {
            self.rows.push(Row { name, time: Duration::ZERO, outcome: Outcome::LeftOut });
            return Ok(());
        }
        self.step(name, work)
    }

    /// Runs one step. Its failure is named and ends the command.
    pub(crate) fn step<T>(
        &mut self,
        name: &'static str,
        work: impl FnOnce() -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        println!("==> {name}");
        let begin = Instant::now();
        let result = work();
        let time = begin.elapsed();
        let outcome = if result.is_ok() { Outcome::Passed } else { Outcome::Failed };
        println!("    {name}: {} in {}", if result.is_ok() { "done" } else { "FAILED" }, seconds(time));
        self.rows.push(Row { name, time, outcome });
        result.with_context(|| format!("step '{name}' failed"))
    }

    /// The steps with their times, and how many passed.
    pub(crate) fn summary(&self) -> String {
        let width = self.rows.iter().map(|row| row.name.len()).max().unwrap_or(0).max(5);
        let mut table = String::new();
        for row in &self.rows {
            let outcome = match row.outcome {
                Outcome::Passed => "passed",
                Outcome::Failed => "FAILED",
                Outcome::LeftOut => "left out",
            };
            table += &format!("{:<width$}  {:>9}  {outcome}\n", row.name, seconds(row.time));
        }
        let count = |outcome| self.rows.iter().filter(|row| row.outcome == outcome).count();
        let (passed, failed) = (count(Outcome::Passed), count(Outcome::Failed));
        table += &format!("{:<width$}  {:>9}\n", "total", seconds(self.begin.elapsed()));
        table += &format!("steps: {passed} passed, {failed} failed");
        match count(Outcome::LeftOut) {
            0 => {}
            left_out => table += &format!(", {left_out} skipped"),
        }
        table
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_step_is_named_and_counted() {
        let mut report = Report::new();
        report.step("format", || Ok(())).unwrap();
        let error = report.step("lint", || Err::<(), _>(anyhow::anyhow!("2 warnings"))).unwrap_err();
        assert_eq!(format!("{error:#}"), "step 'lint' failed: 2 warnings");
        let summary = report.summary();
        assert!(summary.contains("FAILED") && summary.ends_with("steps: 1 passed, 1 failed"), "{summary}");
    }

    #[test]
    fn what_is_left_out_is_told() {
        let mut report = Report::without(&["lint".into()]);
        report.check("lint", || Err(anyhow::anyhow!("2 warnings"))).unwrap();
        report.check("format", || Ok(())).unwrap();
        let summary = report.summary();
        assert!(summary.ends_with("steps: 1 passed, 0 failed, 1 skipped"), "{summary}");
    }
}
