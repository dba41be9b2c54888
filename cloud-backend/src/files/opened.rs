//! What people opened or saved last, gathered in memory and written now and then: no download waits for it.

use std::collections::HashMap;

use carrel_ids::{NodeId, UserId};
use tokio::sync::Mutex;

use crate::store::{Store, StoreError, Timestamp};

/// More than these are forgotten: the list is a help, nothing relies on it.
const MOST: usize = 20_000;

/// What was opened and is not written down yet.
#[derive(Debug, Default)]
pub(crate) struct Opened {
    waiting: Mutex<HashMap<(UserId, NodeId), Timestamp>>,
}

impl Opened {
    /// The person opened or saved the file just now.
    pub(crate) async fn note(&self, user: UserId, node: NodeId) {
        let mut waiting = self.waiting.lock().await;
        if waiting.len() < MOST || waiting.contains_key(&(user, node)) {
            waiting.insert((user, node), Timestamp::now());
        }
    }

    /// Writes what was gathered.
    ///
    /// # Errors
    /// [`StoreError`]; it is gathered anew then.
    pub(crate) async fn write(&self, store: &Store) -> Result<(), StoreError> {
        let opened: Vec<_> = self.waiting.lock().await.drain().map(|((user, node), at)| (user, node, at)).collect();
        if opened.is_empty() { Ok(()) } else { store.write_recents(&opened).await }
    }
}
