//! Waiting for something that happens by itself, with an end.

use std::future::Future;
use std::net::TcpListener;
use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_millis(20);

/// A condition that did not come true in time.
#[derive(Debug, thiserror::Error)]
#[error("waited {waited:?} for {what}, in vain")]
pub struct TimedOut {
    what: String,
    waited: Duration,
}

/// Asks `condition` every 20 ms until it answers `Some`, for at most `timeout`; it is asked at least once.
///
/// # Errors
/// When the time is over; `what` stands in the message.
pub async fn wait_until<T, F, Fut>(timeout: Duration, what: &str, mut condition: F) -> Result<T, TimedOut>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Option<T>>,
{
    let begin = Instant::now();
    loop {
        if let Some(value) = condition().await {
            return Ok(value);
        }
        if begin.elapsed() >= timeout {
            return Err(TimedOut { what: what.to_owned(), waited: begin.elapsed() });
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// A port on 127.0.0.1 that was free a moment ago. Prefer port 0 where the server can say which one it took.
///
/// # Errors
/// When the loopback interface has no free port.
pub fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test]
    async fn waits_until_the_condition_answers() {
        let asked = Cell::new(0);
        let value = wait_until(Duration::from_secs(5), "the third question", || {
            asked.set(asked.get() + 1);
            std::future::ready((asked.get() == 3).then_some("done"))
        })
        .await
        .unwrap();
        assert_eq!((value, asked.get()), ("done", 3));
    }

    #[tokio::test]
    async fn says_what_it_waited_for() {
        let error = wait_until(Duration::ZERO, "a reply", || std::future::ready(None::<()>)).await.unwrap_err();
        assert!(error.to_string().contains("for a reply, in vain"), "{error}");
    }

    #[test]
    fn a_free_port_can_be_bound() {
        let port = free_port().unwrap();
        assert!(TcpListener::bind(("127.0.0.1", port)).is_ok());
    }
}
