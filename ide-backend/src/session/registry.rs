//! All admitted browsers by the hash of their cookie.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use carrel_ids::WorkspaceId;
use tokio::time::Instant;

use super::{
    cookie::TokenHash,
    live::{Ended, LiveSession},
};

#[derive(Debug, Default)]
pub(crate) struct Sessions {
    by_hash: Mutex<HashMap<TokenHash, Arc<LiveSession>>>,
}

impl Sessions {
    fn lock(&self) -> MutexGuard<'_, HashMap<TokenHash, Arc<LiveSession>>> {
        // A poisoned map is still whole: inserting and removing do not stop half-way.
        self.by_hash.lock().unwrap_or_else(PoisonError::into_inner)
    }
    pub(super) fn insert(&self, hash: TokenHash, session: Arc<LiveSession>) {
        self.lock().insert(hash, session);
    }
    pub(super) fn remove(&self, hash: TokenHash) {
        self.lock().remove(&hash);
    }
    /// The session behind a cookie, if it is one of this workspace and not over.
    pub(super) fn find(&self, hash: TokenHash, workspace: WorkspaceId) -> Option<Arc<LiveSession>> {
        self.lock()
            .get(&hash)
            .filter(|session| !session.has_ended() && session.current().workspace == workspace)
            .cloned()
    }
    pub(crate) fn end_all(&self, reason: Ended) {
        for (_, session) in self.lock().drain() {
            session.end(reason);
        }
    }
    /// Any browser that is admitted to this workspace, the most recently confirmed first.
    pub(crate) fn of_workspace(&self, workspace: WorkspaceId) -> Option<Arc<LiveSession>> {
        let now = Instant::now();
        self.lock()
            .values()
            .filter(|session| !session.has_ended() && session.current().workspace == workspace)
            .min_by_key(|session| session.unconfirmed_for(now))
            .cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::live::example;

    #[test]
    fn a_session_is_found_only_for_its_own_workspace_and_until_its_end() {
        let sessions = Sessions::default();
        let facts = example();
        let workspace = facts.workspace;
        let session = Arc::new(LiveSession::new(facts));
        let hash = TokenHash::of("cookie");
        sessions.insert(hash, Arc::clone(&session));
        assert!(sessions.find(hash, workspace).is_some());
        assert!(sessions.find(hash, WorkspaceId::new()).is_none());
        assert!(sessions.find(TokenHash::of("other"), workspace).is_none());
        session.end(Ended::ByCloud);
        assert!(sessions.find(hash, workspace).is_none());
        assert!(sessions.of_workspace(workspace).is_none());
    }
}
