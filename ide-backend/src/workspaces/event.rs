//! What browsers are told about an open workspace, in the words of the socket.

use std::time::Duration;

use carrel_wire::{
    WorkspacePath,
    agent::Usage,
    runner::{StartTiming, StopCause},
};
use serde::Serialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Phase {
    Starting,
    Hydrating,
    Ready,
    Stopping,
    Stopped,
    Failed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub(crate) struct Progress {
    pub(crate) files_done: u64,
    pub(crate) files_total: u64,
    pub(crate) bytes_done: u64,
    pub(crate) bytes_total: u64,
}

/// Milliseconds of each part of a start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub(crate) struct Timing {
    volume_ms: u32,
    create_ms: u32,
    start_ms: u32,
    agent_ms: u32,
    hydrate_ms: u32,
}

impl Timing {
    pub(crate) fn with_hydration(self, took: Duration) -> Self {
        Self { hydrate_ms: u32::try_from(took.as_millis()).unwrap_or(u32::MAX), ..self }
    }
}

impl From<StartTiming> for Timing {
    fn from(timing: StartTiming) -> Self {
        Self {
            volume_ms: timing.volume_ms,
            create_ms: timing.create_ms,
            start_ms: timing.start_ms,
            agent_ms: timing.agent_ms,
            hydrate_ms: 0,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct State {
    pub(crate) state: Phase,
    /// For people.
    pub(crate) detail: Option<String>,
    /// For programs.
    pub(crate) code: Option<String>,
    pub(crate) progress: Option<Progress>,
    pub(crate) timing: Option<Timing>,
}

impl State {
    pub(crate) fn of(state: Phase) -> Self {
        Self { state, detail: None, code: None, progress: None, timing: None }
    }
    pub(crate) fn because(state: Phase, code: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), code: Some(code.into()), ..Self::of(state) }
    }
    /// The end of a container, in words.
    pub(crate) fn ended(cause: StopCause) -> Self {
        let (code, detail) = match cause {
            StopCause::Requested => return Self::of(Phase::Stopped),
            StopCause::OutOfMemory => {
                ("out_of_memory", "The workspace used more memory than it may and was ended. Its files are kept.")
            }
            StopCause::Exited => ("exited", "The workspace ended by itself. Its files are kept."),
            StopCause::Unknown => ("ended", "The workspace has ended, nobody knows why. Its files are kept."),
        };
        Self::because(Phase::Stopped, code, detail)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SyncPhase {
    Synced,
    Syncing,
    Offline,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct SyncState {
    pub(crate) state: SyncPhase,
    /// Paths that are not in agreement yet.
    pub(crate) pending: usize,
    /// RFC 3339, UTC.
    #[serde(with = "time::serde::rfc3339::option")]
    pub(crate) last_synced_at: Option<time::OffsetDateTime>,
    pub(crate) message: Option<String>,
}

impl Default for SyncState {
    fn default() -> Self {
        Self { state: SyncPhase::Syncing, pending: 0, last_synced_at: None, message: None }
    }
}

/// One message of the socket.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Event {
    State(State),
    Files { paths: Vec<WorkspacePath>, overflow: bool },
    Sync(SyncState),
    Conflict { path: WorkspacePath, saved_as: WorkspacePath },
    Ended { code: &'static str, message: &'static str },
    Usage(Usage),
}

impl Event {
    /// The text of the message. The types above always have one.
    pub(crate) fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|error| {
            tracing::error!("an event has no text: {error}");
            String::from("{\"type\":\"files\",\"paths\":[],\"overflow\":true}")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_have_the_agreed_text() {
        let state = Event::State(State::because(Phase::Failed, "folder_gone", "Gone."));
        assert_eq!(
            state.text(),
            r#"{"type":"state","state":"failed","detail":"Gone.","code":"folder_gone","progress":null,"timing":null}"#
        );
        let sync = Event::Sync(SyncState {
            last_synced_at: Some(time::macros::datetime!(2026-01-31 14:05 UTC)),
            ..SyncState::default()
        });
        assert_eq!(
            sync.text(),
            r#"{"type":"sync","state":"syncing","pending":0,"last_synced_at":"2026-01-31T14:05:00Z","message":null}"#
        );
        let usage = Event::Usage(Usage::default()).text();
        assert!(usage.starts_with(r#"{"type":"usage","memory_bytes":0,"#), "{usage}");
    }
}
