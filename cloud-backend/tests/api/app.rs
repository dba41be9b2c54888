//! Starts the real server for one test: own database, own content folder, a free port on loopback, the internal socket beside it.

use std::{
    net::{Ipv4Addr, SocketAddrV4},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU16, Ordering},
    },
};

use actix_web::{dev::ServerHandle, web};
use carrel_cloud_backend::{
    Cloud, Config, administration,
    app::{serve, serve_internal},
    authz::Role,
    session::Passwords,
    store::{PersonalKey, Store},
};
use carrel_outgoing::{Outgoing, Policy};
use carrel_service_auth::{
    Service, ServiceSecret,
    client::ServiceClient,
    grant::{GrantVerifier, Issuer},
    request::{RequestKeys, Verifier},
};
use carrel_test_support::TempData;
use ed25519_dalek::SigningKey;

use crate::{
    client::{Auth, Client, http_client},
    content_place::ContentPlace,
    database::{self, Direct},
};

/// Which database holds a test's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Backend {
    Sqlite,
    Postgres,
}

pub(crate) const AUDIENCE: &str = "runner/test";
pub(crate) const LOG_ORIGIN: &str = "test.example/audit/1";
pub(crate) const MAX_UPLOAD: u64 = 6 * 1024 * 1024;
const GRANT_KEY: [u8; 32] = [5; 32];
const SERVICE_SECRET: [u8; 32] = [3; 32];

/// A running cloud backend.
pub(crate) struct TestApp {
    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub(crate) base: String,
    pub(crate) cloud: web::Data<Cloud>,
    pub(crate) database: Direct,
    /// Where the database is, for other processes on it.
    pub(crate) url: String,
    pub(crate) data: TempData,
    /// Where its content is.
    pub(crate) place: ContentPlace,
    pub(crate) socket: PathBuf,
    /// Where a provider of identities may listen: the only private address that the server may ask.
    pub(crate) provider: SocketAddrV4,
    http: reqwest::Client,
    servers: Vec<ServerHandle>,
}

/// The server with the settings that most tests want.
pub(crate) async fn spawn_app(backend: Backend) -> TestApp {
    spawn_app_with(backend, |_| {}).await
}

/// The server with other settings.
pub(crate) async fn spawn_app_with(backend: Backend, change: impl FnOnce(&mut Config)) -> TestApp {
    let data = TempData::new().unwrap();
    let url = database::create(backend, &data).await;
    start(url, data, change).await
}

/// The server on SQLite in `data`, with its content in `place`.
pub(crate) async fn spawn_app_in(place: ContentPlace, data: TempData, change: impl FnOnce(&mut Config)) -> TestApp {
    let url = database::create(Backend::Sqlite, &data).await;
    start_at(std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap(), url, data, place, change).await
}

/// A second server on the database of the first, as another replica is: they share nothing else.
pub(crate) async fn spawn_replica(first: &TestApp) -> TestApp {
    start(first.url.clone(), TempData::new().unwrap(), |_| {}).await
}

/// A second server on database and content of the first: another replica, or the next process after a crash.
pub(crate) async fn spawn_beside(first: &TestApp) -> TestApp {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    start_at(listener, first.url.clone(), TempData::new().unwrap(), first.place.clone(), |_| {}).await
}

/// Ends the first server's process, as far as anybody can see, and starts the next one on its data and at its address.
pub(crate) async fn spawn_instead(first: &TestApp, change: impl FnOnce(&mut Config)) -> TestApp {
    for server in &first.servers {
        server.stop(false).await;
    }
    let address = first.base.trim_start_matches("http://").to_owned();
    let listener = carrel_test_support::wait_until(std::time::Duration::from_secs(10), "the address", async || {
        std::net::TcpListener::bind(&address).ok()
    });
    let listener = listener.await.unwrap();
    start_at(listener, first.url.clone(), TempData::new().unwrap(), first.place.clone(), change).await
}

async fn start(url: String, data: TempData, change: impl FnOnce(&mut Config)) -> TestApp {
    let place = ContentPlace::of_environment(data.join("store"));
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    start_at(listener, url, data, place, change).await
}

async fn start_at(
    listener: std::net::TcpListener,
    url: String,
    data: TempData,
    place: ContentPlace,
    change: impl FnOnce(&mut Config),
) -> TestApp {
    let store = Store::open(&url, PersonalKey::new([9; 32]), "test").await.unwrap();
    let content = place.open().await;
    let passwords = Passwords::new(vec![1; 32]).unwrap();
    let issuer = Issuer::new(SigningKey::from_bytes(&GRANT_KEY), "k1");
    let provider = own_address();
    let mut config = Config {
        public_origin: String::new(),
        trusted_proxies: Vec::new(),
        cors_origins: Vec::new(),
        request_limits: carrel_cloud_backend::RequestLimits::default(),
        max_upload_bytes: MAX_UPLOAD,
        default_quota_bytes: None,
        nextcloud: true,
        keep: carrel_cloud_backend::KeepPolicy::default(),
        log_origin: LOG_ORIGIN.to_owned(),
        signer_socket: None,
        ide_base: "/ide/v1".to_owned(),
        runner_audience: AUDIENCE.to_owned(),
        outgoing: Outgoing::new(Policy::public().allowing([provider.to_string()]).unwrap()).unwrap(),
        sandbox_limits: carrel_wire::runner::Limits {
            memory_bytes: 1 << 30,
            cpu_milli: 1000,
            processes: 256,
            disk_bytes: 1 << 30,
            files: 100_000,
        },
        mailer: None,
    };
    change(&mut config);
    let cloud = web::Data::new(Cloud::new(store, content, passwords, issuer, config));
    let base = format!("http://{}", listener.local_addr().unwrap());
    let (public, running) = serve(cloud.clone(), listener, |_| {}).unwrap();
    tokio::spawn(running);
    let socket = data.join("cloud.sock");
    let secret = service_secret();
    let verifier = Verifier::new(
        [RequestKeys::new(&secret, Service::Ide, Service::Cloud)],
        // Before the start, so that requests of the first millisecond are not older than the verifier.
        carrel_service_auth::unix_ms() - 1000,
    );
    let (internal, running) = serve_internal(cloud.clone(), &socket, Arc::new(verifier)).unwrap();
    tokio::spawn(running);
    let database = Direct::open(&url).await;
    TestApp {
        base,
        url,
        cloud,
        database,
        data,
        place,
        socket,
        provider,
        http: http_client(),
        servers: vec![public, internal],
    }
}

/// An address of this machine that nothing else has: the process's number is in it, and the port counts.
fn own_address() -> SocketAddrV4 {
    static PORT: AtomicU16 = AtomicU16::new(20_000);
    let [_, a, b, c] = (std::process::id() + 2).to_be_bytes();
    SocketAddrV4::new(Ipv4Addr::new(127, a, b, c), PORT.fetch_add(1, Ordering::Relaxed))
}

pub(crate) fn service_secret() -> ServiceSecret {
    ServiceSecret::from_bytes(&SERVICE_SECRET).unwrap()
}

pub(crate) const PASSWORD: &str = "a password of many words";

impl TestApp {
    /// A client that has not signed in.
    pub(crate) fn client(&self) -> Client {
        Client::new(self.http.clone(), self.base.clone(), Auth::None)
    }

    /// Makes a person on the machine, as the command line does.
    pub(crate) async fn create_user(&self, name: &str, roles: &[Role]) {
        administration::create_user(&self.cloud.store, &self.cloud.passwords, name, PASSWORD, roles).await.unwrap();
    }

    /// Gives a person another password on the machine, as the command line does.
    pub(crate) async fn reset_user(&self, name: &str, password: &str) {
        administration::reset_user(&self.cloud.store, &self.cloud.passwords, name, password).await.unwrap();
    }

    pub(crate) async fn create_token(&self, user: &str, scopes: &[&str]) -> String {
        let scopes: Vec<_> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        administration::create_token(&self.cloud.store, user, &scopes, 1).await.unwrap()
    }

    /// Calls the internal API as the IDE backend does.
    pub(crate) fn internal(&self) -> ServiceClient {
        ServiceClient::unix(&self.socket, Service::Ide, Service::Cloud, &service_secret()).unwrap()
    }

    /// Checks grants as the runner does.
    pub(crate) fn grant_verifier(&self) -> GrantVerifier {
        let key = SigningKey::from_bytes(&GRANT_KEY).verifying_key();
        GrantVerifier::new([("k1".to_owned(), key)].into(), AUDIENCE)
    }

    /// Waits until the content folder is empty: what was staged for a request that failed is removed beside its answer.
    pub(crate) async fn nothing_stored(&self) {
        let empty = async || self.stored_files().is_empty().then_some(());
        carrel_test_support::wait_until(std::time::Duration::from_secs(10), "staged files to go", empty).await.unwrap();
    }

    /// Files in the content folder, complete and staged.
    pub(crate) fn stored_files(&self) -> Vec<PathBuf> {
        let mut folders = vec![self.place.objects()];
        let mut found = Vec::new();
        while let Some(folder) = folders.pop() {
            // A bucket has no folder before it has an object.
            for entry in std::fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() { folders.push(path) } else { found.push(path) }
            }
        }
        // The mark of an encrypted store is no content.
        found.retain(|path| *path != self.place.objects().join("encrypted"));
        found
    }
}

/// The signer of a log, on a thread of its own; it ends with this value.
pub(crate) struct TestSigner {
    pub(crate) socket: PathBuf,
    _data: TempData,
    _end: tokio::sync::oneshot::Sender<()>,
}

impl TestSigner {
    pub(crate) fn start() -> Self {
        let data = TempData::new().unwrap();
        let socket = data.join("signer.sock");
        let (end, ended) = tokio::sync::oneshot::channel();
        let config = carrel_signer::Config {
            socket: socket.clone(),
            state_dir: data.join("signer"),
            origin: LOG_ORIGIN.to_owned(),
        };
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let shutdown = async move {
                // Dropping the sender is the word to end.
                ended.await.ok();
            };
            // At the end its folder may be gone before it is.
            tokio::task::LocalSet::new().block_on(&runtime, carrel_signer::serve(config, shutdown)).ok();
        });
        Self { socket, _data: data, _end: end }
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        for server in &self.servers {
            // The order to stop is given when this is called; nobody needs to see it carried out.
            drop(server.stop(false));
        }
    }
}

/// Each test runs on both databases.
macro_rules! both {
    ($(async fn $name:ident($app:ident: TestApp) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports, reason = "not every test needs everything of its module")]
            use super::*;
            async fn run($app: crate::app::TestApp) $body
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                run(crate::app::spawn_app(crate::app::Backend::Sqlite).await).await;
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                run(crate::app::spawn_app(crate::app::Backend::Postgres).await).await;
            }
        }
    )*};
}
pub(crate) use both;
