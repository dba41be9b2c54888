//! How fast a shell's output is taken. The fastest reader that is alive sets the pace, so that one who follows misses
//! nothing, while one who stalls holds up nobody: neither the shell nor the others.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;

use super::ring::SCROLLBACK_BYTES;

/// How far the fastest reader may be behind before the shell waits for it, in bytes.
const LAG_BYTES: u64 = SCROLLBACK_BYTES as u64 / 2;
/// A reader that takes nothing for so long is not waited for until it moves again.
const STALL: Duration = Duration::from_millis(200);

#[derive(Debug, Default)]
pub(crate) struct Pace {
    readers: Mutex<Readers>,
    moved: Notify,
}

#[derive(Debug, Default)]
struct Readers {
    next_key: u64,
    list: Vec<Position>,
}

#[derive(Debug)]
struct Position {
    key: u64,
    position: u64,
    stalled: bool,
}

/// One reader's place; given up when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    pace: Arc<Pace>,
    key: u64,
}

impl Pace {
    pub(crate) fn join(self: &Arc<Self>, position: u64) -> Place {
        let mut readers = self.lock();
        let key = readers.next_key;
        readers.next_key += 1;
        readers.list.push(Position { key, position, stalled: false });
        Place { pace: Arc::clone(self), key }
    }

    /// Returns when output from position `end` on may be taken.
    pub(crate) async fn wait(&self, end: u64) {
        while self.lagging(end) {
            if timeout(STALL, self.moved.notified()).await.is_err() {
                for reader in &mut self.lock().list {
                    reader.stalled = true;
                }
            }
        }
    }

    fn lagging(&self, end: u64) -> bool {
        let readers = self.lock();
        let alive = readers.list.iter().filter(|reader| !reader.stalled);
        alive.map(|reader| reader.position).max().is_some_and(|fastest| end.saturating_sub(fastest) > LAG_BYTES)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Readers> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    pub(crate) fn advance(&self, position: u64) {
        for reader in &mut self.pace.lock().list {
            if reader.key == self.key {
                reader.position = position;
                reader.stalled = false;
            }
        }
        self.pace.moved.notify_one();
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.pace.lock().list.retain(|reader| reader.key != self.key);
        self.pace.moved.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::pin::{Pin, pin};
    use std::task::Poll;

    use super::*;

    /// Whether a future is through without waiting for anything. One look at it, so that no time passes meanwhile.
    async fn at_once(mut future: Pin<&mut impl Future<Output = ()>>) -> bool {
        std::future::poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_ready())).await
    }

    #[tokio::test]
    async fn a_stalled_reader_holds_up_once_and_no_longer() {
        let pace = Arc::new(Pace::default());
        let _stalled = pace.join(0);
        assert!(at_once(pin!(pace.wait(LAG_BYTES))).await, "not behind yet");
        let mut waiting = pin!(pace.wait(LAG_BYTES + 1));
        assert!(!at_once(waiting.as_mut()).await);
        waiting.await;
        assert!(at_once(pin!(pace.wait(100 * LAG_BYTES))).await);
    }

    #[tokio::test]
    async fn the_fastest_reader_sets_the_pace() {
        let pace = Arc::new(Pace::default());
        let _slow = pace.join(0);
        let fast = pace.join(0);
        let mut waiting = pin!(pace.wait(LAG_BYTES + 10));
        assert!(!at_once(waiting.as_mut()).await);
        fast.advance(10);
        assert!(at_once(waiting).await, "held up by the slow one");
    }
}
