//! The calls on containers and images.

use std::collections::HashMap;

use bollard::{
    errors::Error,
    models::{ContainerCreateBody, ContainerSummary, ContainerSummaryStateEnum, EventMessage},
    query_parameters::{
        CreateContainerOptions, EventsOptions, ListContainersOptions, RemoveContainerOptions, StopContainerOptions,
    },
};
use carrel_ids::{SandboxId, WorkspaceId};
use carrel_wire::runner::StopCause;
use futures_util::Stream;

use super::{Connected, EngineError};
use crate::profile::{INSTANCE_LABEL, SANDBOX_LABEL, STOP_TIMEOUT_S, WORKSPACE_LABEL};

/// A container with this runner's label.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) container: String,
    /// `None` when the labels are not those that this runner writes.
    pub(crate) sandbox: Option<(SandboxId, WorkspaceId)>,
    pub(crate) running: bool,
}

/// How a container stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    No,
    Yes(StopCause),
    /// There is no such container.
    Gone,
}

impl Connected {
    /// The id of an image, by which exactly this image can be started.
    pub(crate) async fn image_id(&self, reference: &str) -> Result<String, EngineError> {
        let image = self.docker.inspect_image(reference).await?;
        image.id.ok_or_else(|| EngineError::NotFound(reference.to_owned()))
    }

    /// Makes a container and returns its id.
    pub(crate) async fn create(&self, name: &str, body: ContainerCreateBody) -> Result<String, EngineError> {
        let options = CreateContainerOptions { name: Some(name.to_owned()), ..CreateContainerOptions::default() };
        let made = self.docker.create_container(Some(options), body).await?;
        Ok(made.id)
    }

    pub(crate) async fn start(&self, container: &str) -> Result<(), EngineError> {
        let options = None::<bollard::query_parameters::StartContainerOptions>;
        Ok(self.docker.start_container(container, options).await?)
    }

    /// Lets the agent hang up its terminals, then ends and removes the container. One that is gone is fine.
    pub(crate) async fn stop_and_remove(&self, container: &str) -> Result<(), EngineError> {
        let options = StopContainerOptions { t: Some(STOP_TIMEOUT_S), ..StopContainerOptions::default() };
        if let Err(Error::DockerResponseServerError { status_code: 404, .. }) =
            self.docker.stop_container(container, Some(options)).await
        {
            return Ok(());
        }
        // Whatever else stopping said, removing by force is what counts.
        self.remove(container).await
    }

    /// Kills and removes the container. One that is gone is fine.
    pub(crate) async fn remove(&self, container: &str) -> Result<(), EngineError> {
        let options = RemoveContainerOptions { force: true, v: true, ..RemoveContainerOptions::default() };
        match self.docker.remove_container(container, Some(options)).await {
            Ok(()) | Err(Error::DockerResponseServerError { status_code: 404, .. }) => Ok(()),
            // Somebody else is removing it: wait until it is gone.
            Err(Error::DockerResponseServerError { status_code: 409, .. }) => self.wait_until_gone(container).await,
            Err(error) => Err(error.into()),
        }
    }

    async fn wait_until_gone(&self, container: &str) -> Result<(), EngineError> {
        for _ in 0..50 {
            if self.ended(container).await? == Ended::Gone {
                return Ok(());
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        Err(EngineError::Unavailable("a container is still being removed".into()))
    }

    /// Whether a container has ended, and why.
    pub(crate) async fn ended(&self, container: &str) -> Result<Ended, EngineError> {
        let options = None::<bollard::query_parameters::InspectContainerOptions>;
        let state = match self.docker.inspect_container(container, options).await {
            Ok(details) => details.state.unwrap_or_default(),
            Err(Error::DockerResponseServerError { status_code: 404, .. }) => return Ok(Ended::Gone),
            Err(error) => return Err(error.into()),
        };
        Ok(if state.running == Some(true) {
            Ended::No
        } else if state.oom_killed == Some(true) {
            Ended::Yes(StopCause::OutOfMemory)
        } else {
            Ended::Yes(StopCause::Exited)
        })
    }

    /// All containers with this instance's label, ended ones too.
    pub(crate) async fn list(&self, instance: &str) -> Result<Vec<Found>, EngineError> {
        let options = ListContainersOptions {
            all: true,
            filters: Some(label_filter(instance)),
            ..ListContainersOptions::default()
        };
        let containers = self.docker.list_containers(Some(options)).await?;
        Ok(containers.into_iter().filter_map(found).collect())
    }

    /// What happens to containers with this instance's label, from now on.
    pub(crate) fn ends(&self, instance: &str) -> impl Stream<Item = Result<EventMessage, Error>> + use<> {
        let mut filters = label_filter(instance);
        filters.insert("type".into(), vec!["container".into()]);
        filters.insert("event".into(), vec!["die".into()]);
        self.docker.events(Some(EventsOptions { filters: Some(filters), ..EventsOptions::default() }))
    }
}

fn label_filter(instance: &str) -> HashMap<String, Vec<String>> {
    HashMap::from([("label".into(), vec![format!("{INSTANCE_LABEL}={instance}")])])
}

fn found(summary: ContainerSummary) -> Option<Found> {
    let labels = summary.labels.unwrap_or_default();
    let sandbox = labels.get(SANDBOX_LABEL).and_then(|id| id.parse().ok());
    let workspace = labels.get(WORKSPACE_LABEL).and_then(|id| id.parse().ok());
    Some(Found {
        container: summary.id?,
        sandbox: sandbox.zip(workspace),
        running: summary.state == Some(ContainerSummaryStateEnum::RUNNING),
    })
}
