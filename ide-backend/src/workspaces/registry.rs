//! The workspaces that this process knows, each with its task.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use carrel_ids::{IdeSessionId, SandboxId, WorkspaceId};
use carrel_wire::internal::IdeSession;
use tokio::sync::mpsc;

use super::{event::Phase, removal, task, view::View};
use crate::{
    agent::Agent,
    api_error::ApiError,
    backoff::Backoff,
    cloud::Cloud,
    config::Timing,
    runner::Runner,
    session::{Revocations, Sessions},
    tasks::Tasks,
};

/// Commands that wait while one is carried out.
const COMMANDS: usize = 16;

/// What the tasks of workspaces work with.
#[derive(Debug, Clone)]
pub(crate) struct Services {
    pub(crate) cloud: Cloud,
    pub(crate) runner: Runner,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) revocations: Revocations,
    pub(crate) timing: Timing,
    pub(crate) tasks: Tasks,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Command {
    /// A browser came. The sandbox is the one that the cloud knows to be wanted.
    Open {
        session: IdeSessionId,
        sandbox: Option<SandboxId>,
    },
    Stop {
        session: IdeSessionId,
    },
    /// It runs already, from before this process started.
    Adopt {
        sandbox: SandboxId,
    },
}

#[derive(Debug)]
pub(crate) struct Workspace {
    view: Arc<View>,
    commands: mpsc::Sender<Command>,
}

impl Workspace {
    pub(crate) fn view(&self) -> &View {
        &self.view
    }
    /// The agent of the sandbox while it is ready.
    pub(crate) fn agent(&self) -> Option<Agent> {
        self.view.agent()
    }
    /// Starts or adopts the sandbox unless it is open already.
    pub(crate) async fn ask_to_open(&self, session: &IdeSession) {
        self.send(Command::Open { session: session.id, sandbox: session.sandbox })
            .await
            .unwrap_or_else(|_| tracing::error!("a workspace does not take commands"));
    }
    pub(crate) async fn ask_to_stop(&self, session: IdeSessionId) -> Result<(), ApiError> {
        self.send(Command::Stop { session }).await
    }
    async fn send(&self, command: Command) -> Result<(), ApiError> {
        let sent = self.commands.send(command);
        match tokio::time::timeout(std::time::Duration::from_secs(5), sent).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(ApiError::internal()),
            Err(_) => Err(ApiError::new(
                actix_web::http::StatusCode::SERVICE_UNAVAILABLE,
                "workspace_busy",
                "The workspace is busy with earlier requests.",
            )),
        }
    }
}

#[derive(Debug)]
pub(crate) struct Workspaces {
    services: Services,
    by_id: Mutex<HashMap<WorkspaceId, Arc<Workspace>>>,
}

impl Workspaces {
    pub(crate) fn new(services: Services) -> Self {
        Self { services, by_id: Mutex::default() }
    }

    /// The workspace with its task. Only for workspaces that the cloud has named: each stays known from then on.
    pub(crate) fn get(&self, id: WorkspaceId) -> Arc<Workspace> {
        // A poisoned map is still whole: inserting does not stop half-way.
        let mut by_id = self.by_id.lock().unwrap_or_else(PoisonError::into_inner);
        let workspace = by_id.entry(id).or_insert_with(|| {
            let (commands, received) = mpsc::channel(COMMANDS);
            let view = Arc::new(View::default());
            let services = self.services.clone();
            let task = task::run(id, services, Arc::clone(&view), received);
            self.services.tasks.spawn(task);
            Arc::new(Workspace { view, commands })
        });
        Arc::clone(workspace)
    }

    /// Deletes what deleted workspaces leave behind; runs until it is dropped.
    pub(crate) async fn keep_removing(&self) {
        removal::keep_removing(self.services.clone()).await;
    }

    /// Takes up the sync of sandboxes that outlived an earlier process, as soon as the runner says which.
    pub(crate) async fn adopt_running(&self) {
        let mut backoff = Backoff::default();
        let sandboxes = loop {
            match self.services.runner.sandboxes().await {
                Ok(sandboxes) => break sandboxes,
                Err(failure) => tracing::info!("not known yet what runs: {failure}"),
            }
            tokio::time::sleep(backoff.next()).await;
        };
        for found in sandboxes.into_iter().filter(|found| found.running) {
            let sandbox = found.sandbox;
            let workspace = self.get(found.workspace);
            if workspace.view.phase() == Phase::Stopped && workspace.send(Command::Adopt { sandbox }).await.is_err() {
                tracing::error!(%sandbox, "a running sandbox was not adopted");
            }
        }
    }
}
