//! The cloud backend put together: its state, its listeners, what runs beside them.

use std::{collections::HashMap, io, net::TcpListener, path::Path, sync::Arc, time::Instant};

use actix_web::{App, HttpServer, dev::ServerHandle, middleware::from_fn, web};
use carrel_ids::SandboxId;
use carrel_service_auth::{grant::Issuer, request::Verifier};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::{
    api_error::{ApiError, bad_form, bad_json, bad_query},
    audit::{LogKeeper, LogName},
    authz::SandboxAccess,
    config::Config,
    content::ContentStore,
    files, frontend, guard, internal,
    keeping::{self, Rounds},
    mail::{self, Letterhead},
    providers, request_id, routes,
    session::{AtRestKey, DeviceKey, Passwords},
    spaces,
    store::{Store, StoreError, Timestamp},
    uploads, workspaces,
};

/// Largest JSON body in bytes.
const MAX_JSON: usize = 64 * 1024;
/// Largest form in bytes: another server's word, which is one token.
const MAX_FORM: usize = 32 * 1024;
/// So much of an answer is handed to the system at once; as much as is read from the disk at once.
const WRITE_BUFFER: usize = 512 * 1024;
/// How often a sandbox's sign of life is written down, in seconds.
const HEARD_EVERY: u64 = 30;
/// How often silent sandboxes are looked for.
const SWEEP_EVERY: std::time::Duration = std::time::Duration::from_secs(30);
/// How often the trash, versions and the content store are looked through, a part at a time. Also how often it is written down who
/// opened what.
const KEEP_EVERY: std::time::Duration = std::time::Duration::from_secs(60);
/// How many of these turns lie between two deletions of rows that nothing needs: ten minutes.
const PRUNE_EVERY: u32 = 20;
/// How many lie between two counts of what the spaces hold: a day.
const COUNT_EVERY: u32 = 2880;
/// In which of them it is counted: an hour after the start, when it is over with.
const COUNT_AT: u32 = 120;

/// Everything that a request handler can reach.
#[derive(Debug)]
pub struct Cloud {
    pub store: Store,
    pub content: ContentStore,
    pub passwords: Passwords,
    pub issuer: Issuer,
    pub config: Config,
    pub log: LogKeeper,
    pub at_rest: AtRestKey,
    pub devices: DeviceKey,
    pub(crate) guard: guard::Guard,
    pub(crate) known_providers: providers::Known,
    /// What people opened last.
    pub(crate) recents: files::opened::Opened,
    pub(crate) archives: files::zip::Permits,
    /// Turns of those who write pieces of uploads.
    pub(crate) upload_writers: tokio::sync::Semaphore,
    heard: Mutex<HashMap<SandboxId, Instant>>,
    /// Requests that only wait are not waited for at the end.
    ending: CancellationToken,
}

impl Cloud {
    #[must_use]
    pub fn new(store: Store, content: ContentStore, passwords: Passwords, issuer: Issuer, config: Config) -> Self {
        if config.mailer.is_some() {
            store.enable_mail(Letterhead::new(&config.public_origin));
        }
        if let Some(bytes) = config.default_quota_bytes {
            store.set_default_quota(bytes);
        }
        let log = LogKeeper::new(&store, LogName::new(&config.log_origin), config.signer_socket.as_deref());
        let guard = guard::Guard::new(&config);
        let at_rest = AtRestKey::derive(&passwords.derived_key("at rest"));
        let devices = DeviceKey::new(passwords.derived_key("devices"));
        Self {
            store,
            content,
            passwords,
            issuer,
            config,
            log,
            at_rest,
            devices,
            guard,
            known_providers: providers::Known::default(),
            recents: files::opened::Opened::default(),
            archives: files::zip::Permits::default(),
            upload_writers: tokio::sync::Semaphore::new(uploads::WRITERS),
            heard: Mutex::default(),
            ending: CancellationToken::new(),
        }
    }

    /// The process is about to end: whoever only waits for news is sent away.
    pub fn end_waiting(&self) {
        self.ending.cancel();
    }
    pub(crate) async fn ending(&self) {
        self.ending.cancelled().await;
    }

    /// Notes that a sandbox is alive, at most every half minute.
    pub(crate) async fn heard_of(&self, access: &SandboxAccess) -> Result<(), StoreError> {
        let mut heard = self.heard.lock().await;
        if heard.get(&access.sandbox()).is_some_and(|at| at.elapsed().as_secs() < HEARD_EVERY) {
            return Ok(());
        }
        heard.retain(|_, at| at.elapsed().as_secs() < 2 * HEARD_EVERY);
        heard.insert(access.sandbox(), Instant::now());
        drop(heard);
        self.store.sandbox_heard(access).await
    }
}

/// Answers browsers and clients on `listener` until the returned handle stops it. `beside` adds what else this listener
/// carries: the IDE backend, where both run in one process.
///
/// # Errors
/// When the listener cannot be used.
pub fn serve(
    cloud: web::Data<Cloud>,
    listener: TcpListener,
    beside: impl Fn(&mut web::ServiceConfig) + Clone + Send + 'static,
) -> io::Result<(ServerHandle, impl Future<Output = io::Result<()>>)> {
    let server = HttpServer::new(move || {
        App::new()
            .app_data(cloud.clone())
            .app_data(web::JsonConfig::default().limit(MAX_JSON).error_handler(bad_json))
            .app_data(web::FormConfig::default().limit(MAX_FORM).error_handler(bad_form))
            .app_data(web::QueryConfig::default().error_handler(bad_query))
            .app_data(web::PathConfig::default().error_handler(|_, _| ApiError::NotFound.into()))
            .wrap(from_fn(guard::layer))
            .wrap(from_fn(request_id::layer))
            .configure(routes::configure)
            .configure(beside.clone())
            .default_service(web::to(frontend::serve))
    })
    .shutdown_timeout(2)
    .h1_write_buffer_size(WRITE_BUFFER)
    .tcp_nodelay(true)
    .listen(listener)?
    .run();
    Ok((server.handle(), server))
}

/// Answers the IDE backend on a Unix socket.
///
/// # Errors
/// When the socket cannot be made.
pub fn serve_internal(
    cloud: web::Data<Cloud>,
    socket: &Path,
    verifier: Arc<Verifier>,
) -> io::Result<(ServerHandle, impl Future<Output = io::Result<()>> + use<>)> {
    if socket.exists() {
        // Left behind by a process that was killed; whoever holds the data folder's lock owns it.
        std::fs::remove_file(socket)?;
    }
    let server = HttpServer::new(move || {
        App::new()
            .app_data(cloud.clone())
            .app_data(web::QueryConfig::default().error_handler(bad_query))
            .wrap(from_fn(request_id::layer))
            .configure(internal::configure(verifier.clone()))
            .default_service(web::to(|| async { Err::<&str, _>(ApiError::NotFound) }))
    })
    .workers(1)
    .shutdown_timeout(2)
    .bind_uds(socket)?
    .run();
    Ok((server.handle(), server))
}

/// Closes what nobody reports and deletes what nothing needs; runs until it is dropped. Sandboxes go on while this process is
/// away, so their silence counts only from its start.
pub async fn sweep(cloud: web::Data<Cloud>) {
    let start = tokio::time::Instant::now() + workspaces::SILENCE.unsigned_abs();
    let mut turn = tokio::time::interval_at(start, SWEEP_EVERY);
    let mut turns: u32 = 0;
    loop {
        turn.tick().await;
        if let Err(error) = close_silent_sandboxes(&cloud, workspaces::SILENCE).await {
            tracing::warn!(%error, "silent sandboxes could not be looked for");
        }
        if turns.is_multiple_of(PRUNE_EVERY)
            && let Err(error) = prune(&cloud).await
        {
            tracing::warn!(%error, "rows that nothing needs could not be deleted");
        }
        if turns % COUNT_EVERY == COUNT_AT
            && let Err(error) = count_use(&cloud).await
        {
            tracing::warn!(%error, "what the spaces hold could not be counted");
        }
        if turns.is_multiple_of(PRUNE_EVERY)
            && let Err(error) = expire_uploads(&cloud).await
        {
            tracing::warn!(%error, "uploads that nobody went on with could not be removed");
        }
        turns = turns.wrapping_add(1);
    }
}

/// Gives up the sandboxes of which nothing was heard for `silence`; how many there were.
///
/// # Errors
/// [`StoreError`] when the database fails.
pub async fn close_silent_sandboxes(cloud: &Cloud, silence: time::Duration) -> Result<usize, StoreError> {
    workspaces::sweep(&cloud.store, silence).await
}

/// Deletes rows that nothing needs any more; how many there were.
///
/// # Errors
/// [`StoreError`] when the database fails.
pub async fn prune(cloud: &Cloud) -> Result<u64, StoreError> {
    cloud.store.prune().await
}

/// Counts anew what each space holds, and mends the counts that were wrong; how many there were. None, unless the program has an error.
///
/// # Errors
/// [`StoreError`] when the database fails.
pub async fn count_use(cloud: &Cloud) -> Result<usize, StoreError> {
    spaces::count_use(&cloud.store).await
}

/// Empties the trash in time, thins versions and collects content that nothing names; runs until it is dropped.
pub async fn keep_files(cloud: web::Data<Cloud>) {
    let mut turn = tokio::time::interval(KEEP_EVERY);
    turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut rounds = Rounds::default();
    loop {
        turn.tick().await;
        match keeping::turn(&cloud, &mut rounds, Timestamp::now()).await {
            Ok(done) => tracing::debug!(?done, "a turn of keeping"),
            Err(error) => tracing::warn!(%error, "a turn of keeping was broken off"),
        }
    }
}

/// Removes the uploads that nobody went on with for a day, and what broken transfers left staged; how many uploads there were.
///
/// # Errors
/// [`ApiError::Internal`] when the database or the store fails.
pub async fn expire_uploads(cloud: &Cloud) -> Result<u64, ApiError> {
    cloud.content.clear_staging().await.map_err(ApiError::internal)?;
    uploads::expire(cloud).await
}

/// Seals and signs the log; runs until it is dropped.
pub async fn keep_log(cloud: web::Data<Cloud>) {
    cloud.log.run().await;
}

/// Sends the mails that acts have queued, where mail is configured; runs until it is dropped.
pub async fn send_mails(cloud: web::Data<Cloud>) {
    if let Some(mailer) = &cloud.config.mailer {
        mail::run(&cloud.store, mailer).await;
    }
}
