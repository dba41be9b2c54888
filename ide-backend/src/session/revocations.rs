//! Hears from the cloud backend at once when something ended there, so that nobody has to wait for the next renewal. What ended it
//! does not know: whoever holds something open asks for themselves.

use std::sync::Arc;

use tokio::sync::{Semaphore, SemaphorePermit, watch};

use crate::{backoff::Backoff, cloud::Cloud};

/// Sessions that ask at the same time when something ended.
const AT_ONCE: usize = 8;
/// Less than every number of the cloud: answered at once.
const UNKNOWN: i64 = 0;

/// Cheap to clone; clones hear the same.
#[derive(Debug, Clone)]
pub(crate) struct Revocations {
    news: watch::Sender<u64>,
    turns: Arc<Semaphore>,
}

/// One listener. What it did not ask for in time it hears of once.
#[derive(Debug)]
pub(crate) struct News {
    heard: watch::Receiver<u64>,
    turns: Arc<Semaphore>,
}

impl Default for Revocations {
    fn default() -> Self {
        Self { news: watch::Sender::new(0), turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Revocations {
    /// Hears of everything that ends from now on.
    pub(crate) fn listen(&self) -> News {
        News { heard: self.news.subscribe(), turns: Arc::clone(&self.turns) }
    }

    /// Keeps a request open at the cloud; runs until it is dropped. While the cloud was away anything may have ended.
    pub(crate) async fn watch(self, cloud: Cloud) {
        let (mut known, mut backoff) = (UNKNOWN, Backoff::default());
        loop {
            match cloud.revocations(known).await {
                Ok(epoch) => {
                    backoff.reset();
                    if epoch != known {
                        known = epoch;
                        self.tell();
                    }
                }
                Err(error) => {
                    tracing::debug!("no news of what ended: {error}");
                    known = UNKNOWN;
                    tokio::time::sleep(backoff.next()).await;
                }
            }
        }
    }

    fn tell(&self) {
        self.news.send_modify(|number| *number += 1);
    }
}

impl News {
    /// Waits for news.
    pub(crate) async fn next(&mut self) {
        if self.heard.changed().await.is_err() {
            // Nobody is left who could tell: the process is ending.
            std::future::pending().await
        }
    }

    /// Waits for news and then for a turn to ask, which lasts as long as the answer is held.
    pub(crate) async fn turn(&mut self) -> Option<SemaphorePermit<'_>> {
        self.next().await;
        self.turns.acquire().await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn news_that_came_together_are_heard_once_and_by_all() {
        let revocations = Revocations::default();
        let (mut first, mut second) = (revocations.listen(), revocations.listen());
        revocations.tell();
        revocations.tell();
        for news in [&mut first, &mut second] {
            news.next().await;
            let more = tokio::time::timeout(std::time::Duration::from_millis(20), news.next()).await;
            assert!(more.is_err(), "it was heard already");
        }
        let mut late = revocations.listen();
        let old = tokio::time::timeout(std::time::Duration::from_millis(20), late.next()).await;
        assert!(old.is_err(), "it ended before");
    }

    #[tokio::test]
    async fn only_some_ask_at_once() {
        let revocations = Revocations::default();
        let mut all: Vec<_> = (0..=AT_ONCE).map(|_| revocations.listen()).collect();
        revocations.tell();
        let mut last = all.pop().expect("one");
        let mut turns = Vec::new();
        for news in &mut all {
            turns.push(news.turn().await.expect("a turn"));
        }
        let moment = std::time::Duration::from_millis(20);
        assert!(tokio::time::timeout(moment, last.turn()).await.is_err(), "all turns are taken");
        revocations.tell();
        turns.pop();
        assert!(last.turn().await.is_some());
    }
}
