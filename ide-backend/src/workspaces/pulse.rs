//! Feels the pulse of a running sandbox: is it there, what does it use, does anyone or anything still work in it?

use std::time::Duration;

use carrel_wire::agent::Usage;
use tokio::time::Instant;

use super::{event::Event, view::View};
use crate::agent::{Agent, AgentFailure};

/// With a browser that shows the figures.
const WATCHED: Duration = Duration::from_secs(5);
/// Without.
const UNWATCHED: Duration = Duration::from_secs(60);
/// Misses in a row that count as silence.
const MISSES: u32 = 3;
/// Thousandths of one processor above which something works.
const WORKING: u128 = 10;

/// Why the pulse is no longer felt.
pub(super) enum Last {
    Silent(String),
    /// Nobody and nothing has used it for as long as `limit`.
    Idle,
}

pub(super) async fn beat(agent: &Agent, view: &View, limit: Duration) -> Last {
    let (mut misses, mut last) = (0, None);
    loop {
        match agent.usage().await {
            Ok(usage) => {
                misses = 0;
                let now = Instant::now();
                if last.is_some_and(|(then, before)| works(before, &usage, now - then)) {
                    view.mark_active();
                }
                last = Some((now, usage.cpu_ms));
                if view.browsers() > 0 {
                    view.tell(Event::Usage(usage));
                }
            }
            Err(AgentFailure::Gone(reason)) => {
                misses += 1;
                if misses >= MISSES {
                    return Last::Silent(reason);
                }
            }
            Err(failure) => tracing::debug!("no usage: {failure}"),
        }
        if view.idle_for() >= limit {
            return Last::Idle;
        }
        let wait = if view.browsers() > 0 || misses > 0 { WATCHED } else { UNWATCHED.min(limit / 4) };
        tokio::time::sleep(wait).await;
    }
}

/// Used more than a trace of processor time since then?
fn works(before: u64, usage: &Usage, passed: Duration) -> bool {
    let used = u128::from(usage.cpu_ms.saturating_sub(before));
    used * 1000 > passed.as_millis() * WORKING
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_of_processor_time_is_not_work() {
        let minute = Duration::from_secs(60);
        let usage = |cpu_ms| Usage { cpu_ms, ..Usage::default() };
        assert!(!works(1000, &usage(1600), minute));
        assert!(works(1000, &usage(1601), minute));
        assert!(!works(1000, &usage(0), minute), "a counter that began anew");
    }
}
