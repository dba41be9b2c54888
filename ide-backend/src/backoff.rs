//! How long to wait before the next attempt: longer each time, a little different for each, never for ever.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(15);

#[derive(Debug, Default, Clone)]
pub(crate) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The wait after one more failure.
    pub(crate) fn next(&mut self) -> Duration {
        let wait = FIRST.saturating_mul(1 << self.failures.min(10)).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        // So that many workspaces do not return at the same moment. Without randomness they do, and that is all.
        let mut byte = [128_u8];
        if getrandom::fill(&mut byte).is_err() {
            tracing::debug!("no randomness for a wait");
        }
        wait.mul_f64(0.75 + f64::from(byte[0]) / 1024.0)
    }
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_limit_and_start_again() {
        let mut backoff = Backoff::default();
        let first = backoff.next();
        assert!(first >= FIRST.mul_f64(0.75) && first <= FIRST);
        for _ in 0..50 {
            backoff.next();
        }
        let last = backoff.next();
        assert!(last >= LONGEST.mul_f64(0.75) && last <= LONGEST);
        backoff.reset();
        assert!(backoff.next() <= FIRST);
    }
}
