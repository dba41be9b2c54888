//! What an open workspace shows of itself: its state, its sync, its events and, while it is ready, its agent.
//! The workspace's task writes it; handlers and sockets read it.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{broadcast, watch},
    time::Instant,
};

use super::event::{Event, Phase, State, SyncState};
use crate::agent::Agent;

/// Events that a slow browser may lag behind before it is told to look anew.
const EVENTS: usize = 256;

#[derive(Debug)]
pub(crate) struct View {
    state: watch::Sender<State>,
    sync: watch::Sender<SyncState>,
    events: broadcast::Sender<Event>,
    agent: watch::Sender<Option<Agent>>,
    browsers: AtomicUsize,
    active: Mutex<Instant>,
}

impl Default for View {
    fn default() -> Self {
        Self {
            state: watch::Sender::new(State::of(Phase::Stopped)),
            sync: watch::Sender::new(SyncState::default()),
            events: broadcast::Sender::new(EVENTS),
            agent: watch::Sender::new(None),
            browsers: AtomicUsize::new(0),
            active: Mutex::new(Instant::now()),
        }
    }
}

impl View {
    pub(crate) fn show(&self, state: State) {
        self.state.send_if_modified(|shown| {
            let changed = *shown != state;
            if changed {
                *shown = state;
            }
            changed
        });
    }
    pub(crate) fn change_state(&self, change: impl FnOnce(&mut State)) {
        self.state.send_modify(change);
    }
    pub(crate) fn show_sync(&self, sync: SyncState) {
        self.sync.send_if_modified(|shown| {
            let changed = *shown != sync;
            if changed {
                *shown = sync;
            }
            changed
        });
    }
    /// Nobody listening is fine.
    pub(crate) fn tell(&self, event: Event) {
        let listeners = self.events.send(event).unwrap_or(0);
        tracing::trace!(listeners, "told an event");
    }
    pub(crate) fn set_agent(&self, agent: Option<Agent>) {
        self.agent.send_replace(agent);
    }

    pub(crate) fn phase(&self) -> Phase {
        self.state.borrow().state
    }
    pub(crate) fn states(&self) -> watch::Receiver<State> {
        self.state.subscribe()
    }
    pub(crate) fn syncs(&self) -> watch::Receiver<SyncState> {
        self.sync.subscribe()
    }
    pub(crate) fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }
    pub(crate) fn agent(&self) -> Option<Agent> {
        self.agent.borrow().clone()
    }

    /// Counts a browser for as long as the guard lives.
    pub(crate) fn attach(&self) -> Attached<'_> {
        self.browsers.fetch_add(1, Ordering::AcqRel);
        Attached(self)
    }
    pub(crate) fn browsers(&self) -> usize {
        self.browsers.load(Ordering::Acquire)
    }
    /// Somebody or something works in it.
    pub(crate) fn mark_active(&self) {
        *self.active.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
    pub(crate) fn idle_for(&self) -> Duration {
        if self.browsers() > 0 {
            return Duration::ZERO;
        }
        self.active.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }
}

#[derive(Debug)]
pub(crate) struct Attached<'a>(&'a View);

impl Drop for Attached<'_> {
    fn drop(&mut self) {
        self.0.mark_active();
        self.0.browsers.fetch_sub(1, Ordering::AcqRel);
    }
}
