//! Composition: what all handlers share, mounting them on a server, and a server of its own.

use std::{net::TcpListener, sync::Arc};

use actix_web::{
    App, HttpServer,
    web::{self, ServiceConfig},
};

use carrel_web_guard::Origins;

use crate::{
    cloud::Cloud,
    config::{Config, Timing},
    routes,
    runner::Runner,
    session::{Ended, Revocations, Sessions},
    tasks::Tasks,
    workspaces::{Services, Workspaces},
};

/// What all handlers share.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) cloud: Cloud,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) revocations: Revocations,
    pub(crate) workspaces: Workspaces,
    pub(crate) origins: Origins,
    pub(crate) timing: Timing,
    /// Where tasks run that outlive a request.
    pub(crate) tasks: Tasks,
    pub(crate) secure_cookies: bool,
}

/// The IDE backend. Cheap to clone; clones share everything.
#[derive(Debug, Clone)]
pub struct IdeBackend(web::Data<State>);

impl IdeBackend {
    /// Must be called within a tokio runtime that lives as long as the service; its tasks run there.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let tasks = Tasks::here();
        let sessions = Arc::new(Sessions::default());
        let revocations = Revocations::default();
        let cloud = Cloud::new(config.cloud);
        let secure_cookies = config.public_origin.starts_with("https://");
        let services = Services {
            cloud: cloud.clone(),
            runner: Runner::new(config.runner),
            sessions: Arc::clone(&sessions),
            revocations: revocations.clone(),
            timing: config.timing,
            tasks: tasks.clone(),
        };
        let state = web::Data::new(State {
            cloud: cloud.clone(),
            sessions,
            revocations: revocations.clone(),
            workspaces: Workspaces::new(services),
            origins: Origins::new(std::iter::once(config.public_origin).chain(config.trusted_origins)),
            timing: config.timing,
            tasks: tasks.clone(),
            secure_cookies,
        });
        tasks.spawn(revocations.watch(cloud));
        let adopting = state.clone();
        tasks.spawn(async move { adopting.workspaces.adopt_running().await });
        let removing = state.clone();
        tasks.spawn(async move { removing.workspaces.keep_removing().await });
        Self(state)
    }

    /// Ends every session and task of this service at once. Sandboxes go on, and the next process takes them up.
    pub fn stop(&self) {
        self.0.tasks.stop();
        self.0.sessions.end_all(Ended::Restart);
    }

    /// Mounts the routes under `/ide/v1`: `App::new().configure(ide.configure())`. The server should set
    /// `tcp_nodelay(true)`, or keys wait for each other.
    pub fn configure(&self) -> impl Fn(&mut ServiceConfig) + Clone + Send + 'static {
        let state = self.0.clone();
        move |config| routes::configure(state.clone(), config)
    }
}

/// Serves the IDE backend alone until the process is told to end.
///
/// # Errors
/// When the listener cannot be used.
pub async fn serve(config: Config, listener: TcpListener) -> std::io::Result<()> {
    let ide = IdeBackend::new(config);
    HttpServer::new(move || App::new().configure(ide.configure())).tcp_nodelay(true).listen(listener)?.run().await
}
