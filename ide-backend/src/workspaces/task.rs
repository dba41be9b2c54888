//! The life of one workspace: waits for commands, operates a sandbox until its end, waits again.

use std::{pin::pin, sync::Arc, time::Duration};

use carrel_ids::{IdeSessionId, SandboxId, WorkspaceId};
use tokio::sync::{mpsc, oneshot};

use super::{
    event::{Phase, State, Timing},
    fate::Fate,
    pulse,
    registry::{Command, Services},
    right::{self, Lost},
    view::View,
};
use crate::{
    agent::Agent,
    backoff::Backoff,
    sync::{self, Engine, Opening, SyncEnd},
};

/// How long a stop waits for what is not yet in the cloud. What remains stays on the volume and follows at the next start.
const LAST_SYNC: Duration = Duration::from_secs(20);
/// Attempts at something that is no matter of waiting.
const ATTEMPTS: u32 = 4;

pub(super) struct WorkspaceTask {
    pub(super) id: WorkspaceId,
    pub(super) services: Services,
    pub(super) view: Arc<View>,
    pub(super) commands: mpsc::Receiver<Command>,
}

/// A sandbox that runs.
pub(super) struct Running {
    pub(super) sandbox: SandboxId,
    /// Just started: nothing runs in it yet.
    pub(super) fresh: bool,
    pub(super) timing: Option<Timing>,
}

/// Why a sandbox is no longer operated.
enum End {
    Sync(SyncEnd),
    StopWanted(IdeSessionId),
    Idle,
    /// Its person has signed out, and nobody else is there.
    Abandoned,
}

impl From<Lost> for End {
    fn from(lost: Lost) -> Self {
        match lost {
            Lost::Right => Self::Sync(SyncEnd::FolderGone),
            Lost::People => Self::Abandoned,
        }
    }
}

pub(super) async fn run(id: WorkspaceId, services: Services, view: Arc<View>, commands: mpsc::Receiver<Command>) {
    let mut task = WorkspaceTask { id, services, view, commands };
    while let Some(command) = task.commands.recv().await {
        let running = match command {
            Command::Open { session, sandbox } => task.open(session, sandbox).await,
            Command::Adopt { sandbox } => Some(task.found_running(sandbox).await),
            Command::Stop { session } => {
                task.stop_whatever_runs(session).await;
                None
            }
        };
        if let Some(running) = running {
            task.operate(running).await;
            task.view.set_agent(None);
        }
    }
}

impl WorkspaceTask {
    /// Keeps the sandbox in use until it ends or is stopped.
    async fn operate(&mut self, mut running: Running) {
        let agent = Agent::new(self.services.runner.client(), running.sandbox);
        let (mut backoff, mut attempts) = (Backoff::default(), 0);
        loop {
            let end = match self.begin(&agent, &running).await {
                Ok(engine) => {
                    backoff.reset();
                    attempts = 0;
                    running.fresh = false;
                    self.serve(&agent, engine).await
                }
                Err(end) => end,
            };
            self.view.set_agent(None);
            let waiting = match end {
                End::StopWanted(session) => {
                    if self.stop(session, running.sandbox).await {
                        return;
                    }
                    None
                }
                End::Idle | End::Abandoned => {
                    tracing::info!(workspace = %self.id, "stopping a workspace that nobody uses");
                    if self.stop_for_anyone(running.sandbox).await {
                        return;
                    }
                    None
                }
                End::Sync(SyncEnd::Dropped) => return,
                End::Sync(SyncEnd::FolderGone) => {
                    self.give_up(running.sandbox, "folder_gone", "The folder is gone, or whoever started the workspace may not use it any more. Whoever may can start it again; what was not yet saved is kept on its volume.").await;
                    return;
                }
                End::Sync(SyncEnd::VolumeFull(message)) => {
                    let text = format!("The workspace has no room for the folder: {message}");
                    self.give_up(running.sandbox, "volume_full", &text).await;
                    return;
                }
                End::Sync(SyncEnd::CloudAway(reason)) => {
                    Some(("cloud_unreachable", format!("The cloud cannot be reached; trying again. ({reason})")))
                }
                End::Sync(SyncEnd::AgentGone(reason)) => match self.fate(running.sandbox).await {
                    Fate::Running => Some((
                        "reconnecting",
                        format!("The connection to the sandbox was lost; connecting again. ({reason})"),
                    )),
                    Fate::Ended(cause) => {
                        self.report_end(running.sandbox, cause);
                        self.view.show(State::ended(cause));
                        return;
                    }
                    Fate::Unknown(reason) => {
                        Some(("runner_unreachable", format!("The runner cannot be reached; trying again. ({reason})")))
                    }
                },
                End::Sync(SyncEnd::Failed(reason)) => {
                    attempts += 1;
                    if attempts >= ATTEMPTS {
                        self.give_up(
                            running.sandbox,
                            "sync_failed",
                            &format!("The files could not be kept in step: {reason}"),
                        )
                        .await;
                        return;
                    }
                    Some(("reconnecting", format!("Trying again. ({reason})")))
                }
            };
            if let Some((code, detail)) = waiting {
                tracing::warn!(workspace = %self.id, code, detail, "a workspace waits");
                self.view.show(State::because(Phase::Starting, code, detail));
                if let Some(session) = self.wait(running.sandbox, backoff.next()).await
                    && self.stop(session, running.sandbox).await
                {
                    return;
                }
            }
        }
    }

    /// Brings the volume up to date, unless a stop comes first.
    async fn begin(&mut self, agent: &Agent, running: &Running) -> Result<Engine, End> {
        let opened = std::time::Instant::now();
        self.view.show(State { timing: running.timing, ..State::of(Phase::Hydrating) });
        let opening = Opening {
            agent: agent.clone(),
            cloud: self.services.cloud.clone(),
            view: Arc::clone(&self.view),
            timing: self.services.timing,
            fresh: running.fresh,
        };
        let engine = tokio::select! {
            engine = sync::open(opening) => engine.map_err(End::Sync)?,
            session = next_stop(&mut self.commands) => return Err(End::StopWanted(session)),
            lost = right::lost(self.services.clone(), self.id, running.sandbox) => return Err(lost.into()),
        };
        let timing = running.timing.map(|timing| timing.with_hydration(opened.elapsed()));
        self.view.set_agent(Some(agent.clone()));
        self.view.mark_active();
        self.view.change_state(|state| {
            *state = State { progress: state.progress, timing, ..State::of(Phase::Ready) };
        });
        Ok(engine)
    }

    async fn serve(&mut self, agent: &Agent, engine: Engine) -> End {
        let (flushes, received) = mpsc::channel(1);
        let mut sync = pin!(engine.run(received));
        let pulse = pulse::beat(agent, &self.view, self.services.timing.idle_stop);
        let end = tokio::select! {
            end = &mut sync => return End::Sync(end),
            beat = pulse => match beat {
                pulse::Last::Silent(reason) => return End::Sync(SyncEnd::AgentGone(reason)),
                pulse::Last::Idle => End::Idle,
            },
            session = next_stop(&mut self.commands) => End::StopWanted(session),
            lost = right::lost(self.services.clone(), self.id, agent.sandbox()) => match lost {
                // Nothing can be saved in that person's name any more.
                Lost::Right => return lost.into(),
                Lost::People => lost.into(),
            },
        };
        self.view.show(State::of(Phase::Stopping));
        self.view.set_agent(None);
        let (asked, answered) = oneshot::channel();
        let last = async { if flushes.send(asked).await.is_ok() { answered.await.ok() } else { None } };
        tokio::select! {
            // The sandbox ends all the same: that was the wish, and whatever ended the sync does not take it back.
            why = &mut sync => tracing::warn!(workspace = %self.id, ?why, "stopping without a last sync"),
            remaining = tokio::time::timeout(LAST_SYNC, last) => {
                if !matches!(remaining, Ok(Some(0))) {
                    tracing::warn!(workspace = %self.id, "stopping with changes that are only on the volume");
                }
            }
        }
        end
    }

    /// Waits; the session of a stop that comes meanwhile. The cloud gives up sandboxes that it hears nothing of: it is
    /// asked for the folder's etag, whose answer does not matter here.
    async fn wait(&mut self, sandbox: SandboxId, time: Duration) -> Option<IdeSessionId> {
        if let Err(error) = self.services.cloud.etag(sandbox).await {
            tracing::debug!("no sign of life given: {error}");
        }
        tokio::time::timeout(time, next_stop(&mut self.commands)).await.ok()
    }
}

/// The next stop. Whoever wants it open has what they want already.
async fn next_stop(commands: &mut mpsc::Receiver<Command>) -> IdeSessionId {
    loop {
        match commands.recv().await {
            Some(Command::Stop { session }) => return session,
            Some(Command::Open { .. } | Command::Adopt { .. }) => {}
            // Nobody can send any more: the process is ending.
            None => std::future::pending().await,
        }
    }
}
