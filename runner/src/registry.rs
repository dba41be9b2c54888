//! Which sandboxes live, how the last ones ended, and who works on a workspace now. Memory only: after a restart the
//! reaper fills it from Docker.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use carrel_ids::{SandboxId, WorkspaceId};
use carrel_wire::runner::{Outcome, Sandbox, StopCause};
use tokio::sync::Notify;

use crate::agent_link::AgentLink;

/// Ended sandboxes whose cause is remembered.
const MAX_ENDED: usize = 512;

/// A sandbox that is being started or runs.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) sandbox: SandboxId,
    pub(crate) workspace: WorkspaceId,
    pub(crate) link: AgentLink,
    /// The container's id, once there is one.
    pub(crate) container: OnceLock<String>,
    /// What its start answered, once it succeeded in this process.
    pub(crate) started: OnceLock<Outcome>,
    /// When this process came to know it.
    pub(crate) since: Instant,
    /// A command is still bringing it up.
    starting: AtomicBool,
}

impl Live {
    pub(crate) fn starting(sandbox: SandboxId, workspace: WorkspaceId, link: AgentLink) -> Self {
        Self {
            sandbox,
            workspace,
            link,
            container: OnceLock::new(),
            started: OnceLock::new(),
            since: Instant::now(),
            starting: AtomicBool::new(true),
        }
    }

    pub(crate) fn adopted(sandbox: SandboxId, workspace: WorkspaceId, link: AgentLink, container: String) -> Self {
        Self {
            container: OnceLock::from(container),
            starting: AtomicBool::new(false),
            ..Self::starting(sandbox, workspace, link)
        }
    }

    pub(crate) fn is_starting(&self) -> bool {
        self.starting.load(Ordering::Acquire)
    }

    pub(crate) fn mark_up(&self) {
        self.starting.store(false, Ordering::Release);
    }

    pub(crate) fn describe(&self) -> Sandbox {
        Sandbox {
            sandbox: self.sandbox,
            workspace: self.workspace,
            running: !self.is_starting(),
            agent_connected: self.link.is_connected(),
            cause: None,
        }
    }
}

/// What somebody does with a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    Command,
    CleanUp,
}

/// The right to work on a workspace, until it is dropped.
#[derive(Debug)]
pub(crate) struct Claim {
    registry: Arc<Registry>,
    workspace: WorkspaceId,
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.registry.lock().claims.remove(&self.workspace);
        self.registry.released.notify_waiters();
    }
}

#[derive(Debug, Default)]
pub(crate) struct Registry {
    state: Mutex<State>,
    released: Notify,
}

#[derive(Debug, Default)]
struct State {
    live: HashMap<SandboxId, Arc<Live>>,
    ended: VecDeque<Sandbox>,
    claims: HashMap<WorkspaceId, Work>,
    /// Sandboxes whose socket folder is being made.
    reserved: HashSet<SandboxId>,
}

impl Registry {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Claims a workspace for a command; `None` while another command has it. Waits for a clean-up to end.
    pub(crate) async fn claim_for_command(self: &Arc<Self>, workspace: WorkspaceId) -> Option<Claim> {
        self.claim(workspace, Work::Command).await
    }

    /// Claims a workspace for a clean-up, after whoever works on it.
    pub(crate) async fn claim_for_clean_up(self: &Arc<Self>, workspace: WorkspaceId) -> Option<Claim> {
        self.claim(workspace, Work::CleanUp).await
    }

    /// Claims a workspace for a clean-up if nobody works on it.
    pub(crate) fn try_claim(self: &Arc<Self>, workspace: WorkspaceId) -> Option<Claim> {
        let mut state = self.lock();
        if state.claims.contains_key(&workspace) {
            return None;
        }
        state.claims.insert(workspace, Work::CleanUp);
        Some(Claim { registry: Arc::clone(self), workspace })
    }

    async fn claim(self: &Arc<Self>, workspace: WorkspaceId, work: Work) -> Option<Claim> {
        loop {
            let released = self.released.notified();
            tokio::pin!(released);
            // Registered before looking, so that a release in between is not missed.
            released.as_mut().enable();
            {
                let mut state = self.lock();
                match state.claims.get(&workspace) {
                    None => {
                        state.claims.insert(workspace, work);
                        return Some(Claim { registry: Arc::clone(self), workspace });
                    }
                    Some(Work::Command) if work == Work::Command => return None,
                    Some(_) => {}
                }
            }
            released.await;
        }
    }

    pub(crate) fn get(&self, sandbox: SandboxId) -> Option<Arc<Live>> {
        self.lock().live.get(&sandbox).cloned()
    }

    pub(crate) fn of_workspace(&self, workspace: WorkspaceId) -> Option<Arc<Live>> {
        let state = self.lock();
        let mut live = state.live.values();
        live.find(|live| live.workspace == workspace).cloned()
    }

    pub(crate) fn all(&self) -> Vec<Arc<Live>> {
        self.lock().live.values().cloned().collect()
    }

    pub(crate) fn insert(&self, live: Arc<Live>) {
        let mut state = self.lock();
        state.reserved.remove(&live.sandbox);
        state.live.insert(live.sandbox, live);
    }

    /// From now on until it is inserted or released, a sandbox's folder is nobody's orphan.
    pub(crate) fn reserve(&self, sandbox: SandboxId) {
        self.lock().reserved.insert(sandbox);
    }

    pub(crate) fn release(&self, sandbox: SandboxId) {
        self.lock().reserved.remove(&sandbox);
    }

    /// Does `act`, which must be short, if the sandbox is unknown, and lets nobody make it known meanwhile.
    pub(crate) fn if_unknown<T>(&self, sandbox: SandboxId, act: impl FnOnce() -> T) -> Option<T> {
        let state = self.lock();
        if state.live.contains_key(&sandbox) || state.reserved.contains(&sandbox) {
            return None;
        }
        Some(act())
    }

    /// Forgets a sandbox that lived, and remembers why it ended if it ever ran.
    pub(crate) fn end(&self, sandbox: SandboxId, workspace: WorkspaceId, cause: Option<StopCause>) {
        let mut state = self.lock();
        state.live.remove(&sandbox);
        let Some(cause) = cause else { return };
        state.ended.retain(|ended| ended.sandbox != sandbox);
        if state.ended.len() == MAX_ENDED {
            state.ended.pop_front();
        }
        state.ended.push_back(Sandbox {
            sandbox,
            workspace,
            running: false,
            agent_connected: false,
            cause: Some(cause),
        });
    }

    pub(crate) fn ended(&self, sandbox: SandboxId) -> Option<Sandbox> {
        let state = self.lock();
        let mut ended = state.ended.iter();
        ended.find(|ended| ended.sandbox == sandbox).cloned()
    }

    pub(crate) fn all_ended(&self) -> Vec<Sandbox> {
        self.lock().ended.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn two_commands_exclude_each_other_and_a_clean_up_is_waited_for() {
        let registry = Arc::new(Registry::default());
        let workspace = WorkspaceId::new();
        let claim = registry.claim_for_command(workspace).await.unwrap();
        assert!(registry.claim_for_command(workspace).await.is_none());
        assert!(registry.claim_for_command(WorkspaceId::new()).await.is_some());
        let cleaning = tokio::spawn({
            let registry = Arc::clone(&registry);
            async move { registry.claim_for_clean_up(workspace).await }
        });
        tokio::task::yield_now().await;
        assert!(!cleaning.is_finished());
        drop(claim);
        let claim = cleaning.await.unwrap();
        let command = tokio::spawn({
            let registry = Arc::clone(&registry);
            async move { registry.claim_for_command(workspace).await }
        });
        tokio::task::yield_now().await;
        assert!(!command.is_finished());
        drop(claim);
        assert!(command.await.unwrap().is_some());
    }

    #[test]
    fn causes_are_remembered_up_to_a_bound() {
        let registry = Registry::default();
        let first = SandboxId::new();
        registry.end(first, WorkspaceId::new(), Some(StopCause::Exited));
        assert_eq!(registry.ended(first).unwrap().cause, Some(StopCause::Exited));
        for _ in 0..MAX_ENDED {
            registry.end(SandboxId::new(), WorkspaceId::new(), Some(StopCause::Requested));
        }
        assert!(registry.ended(first).is_none());
        assert_eq!(registry.all_ended().len(), MAX_ENDED);
        registry.end(first, WorkspaceId::new(), None);
        assert!(registry.ended(first).is_none());
    }
}
