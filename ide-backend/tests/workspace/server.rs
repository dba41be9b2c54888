//! One instance of everything, in a folder of its own: parts can be stopped and started again one by one.

use std::{
    collections::BTreeMap,
    net::TcpListener,
    path::{Path, PathBuf},
    time::Duration,
};

use actix_web::{dev::ServerHandle, rt, web};
use carrel_cloud_backend::{
    Cloud, Config as CloudConfig, administration, app,
    content::ContentStore,
    session::{Passwords, new_setup_link},
    store::{PersonalKey, Store},
};
use carrel_ide_backend::{Config, IdeBackend, Timing};
use carrel_service_auth::{
    Service, ServiceSecret,
    client::ServiceClient,
    grant::Issuer,
    request::{RequestKeys, Verifier},
};
use carrel_test_support::TempData;
use carrel_wire::runner::Limits;
use ed25519_dalek::SigningKey;
use tokio::{sync::oneshot, task::JoinHandle};

const AUDIENCE: &str = "runner/test";
const KEY_ID: &str = "1";
const LIMITS: Limits =
    Limits { memory_bytes: 512 << 20, cpu_milli: 2000, processes: 256, disk_bytes: 256 << 20, files: 50_000 };

/// Everything but what the tests shorten or stop.
pub(crate) struct Instance {
    pub(crate) data: TempData,
    pub(crate) origin: String,
    pub(crate) setup: String,
    cloud: web::Data<Cloud>,
    timing: Timing,
    public: Option<(ServerHandle, IdeBackend)>,
    internal: Option<ServerHandle>,
    runner: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

/// Short enough for a test, long enough for a busy machine.
pub(crate) fn short() -> Timing {
    Timing {
        renew_every: Duration::from_millis(500),
        cloud_grace: Duration::from_secs(5),
        remove_every: Duration::from_millis(300),
        ..Timing::default()
    }
}

/// Nothing but news ends a session: the timer would come too late.
pub(crate) fn by_news_alone() -> Timing {
    Timing { renew_every: Duration::from_secs(3600), ..short() }
}

impl Instance {
    /// The cloud backend and the IDE backend, without a runner.
    pub(crate) async fn without_runner(timing: Timing) -> Self {
        let data = TempData::new().unwrap();
        for name in ["run", "store", "runner"] {
            std::fs::create_dir(data.join(name)).unwrap();
        }
        let cloud = web::Data::new(cloud(&data).await);
        let setup = new_setup_link(&cloud.store).await.unwrap().expect("nobody is there yet");
        let mut instance =
            Self { data, origin: String::new(), setup, cloud, timing, public: None, internal: None, runner: None };
        instance.start_internal();
        instance.start_public();
        instance
    }

    pub(crate) async fn start(timing: Timing) -> Self {
        let mut instance = Self::without_runner(timing).await;
        instance.start_runner().await;
        instance
    }

    /// The listener that the IDE backend asks.
    pub(crate) fn start_internal(&mut self) {
        let keys = RequestKeys::new(&secret(), Service::Ide, Service::Cloud);
        let verifier = Verifier::new([keys], carrel_service_auth::unix_ms());
        let socket = self.data.join("run/cloud.sock");
        let (handle, work) = app::serve_internal(self.cloud.clone(), &socket, verifier.into()).unwrap();
        rt::spawn(work);
        self.internal = Some(handle);
    }

    /// The cloud is away for the IDE backend.
    pub(crate) async fn stop_internal(&mut self) {
        self.internal.take().expect("it runs").stop(false).await;
        std::fs::remove_file(self.data.join("run/cloud.sock")).unwrap();
    }

    /// The browser's listener with a new IDE backend that knows nothing.
    pub(crate) fn start_public(&mut self) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        self.origin = format!("http://{}", listener.local_addr().unwrap());
        let client =
            |socket: &str, to| ServiceClient::unix(self.data.join(socket), Service::Ide, to, &secret()).unwrap();
        let ide = IdeBackend::new(Config {
            public_origin: self.origin.clone(),
            trusted_origins: Vec::new(),
            cloud: client("run/cloud.sock", Service::Cloud),
            runner: client("run/runner.sock", Service::Runner),
            timing: self.timing,
        });
        let (handle, work) = app::serve(self.cloud.clone(), listener, ide.configure()).unwrap();
        rt::spawn(work);
        self.public = Some((handle, ide));
    }

    /// Another IDE backend in place of the one that runs.
    pub(crate) async fn restart_public(&mut self) {
        let (server, ide) = self.public.take().expect("it runs");
        ide.stop();
        server.stop(false).await;
        self.start_public();
    }

    pub(crate) async fn start_runner(&mut self) {
        let key = SigningKey::from_bytes(&[7; 32]).verifying_key();
        let config = carrel_runner::Config {
            state_dir: self.data.join("runner"),
            socket: self.data.join("run/runner.sock"),
            service_secret: secret(),
            grant_keys: BTreeMap::from([(KEY_ID.to_owned(), key)]),
            audience: AUDIENCE.to_owned(),
            agent_binary: agent_binary(),
            image: image(),
            docker_socket: carrel_test_support::docker::require().unwrap(),
            ceiling: LIMITS,
        };
        let (end, ended) = oneshot::channel::<()>();
        let work = rt::spawn(async move {
            let shutdown = async { drop(ended.await) };
            carrel_runner::serve(config, shutdown).await.unwrap();
        });
        self.runner = Some((end, work));
        let socket = self.data.join("run/runner.sock");
        carrel_test_support::wait_until(Duration::from_secs(30), "the runner's socket", || {
            std::future::ready(socket.exists().then_some(()))
        })
        .await
        .unwrap();
    }

    /// Sandboxes go on without it.
    pub(crate) async fn stop_runner(&mut self) {
        let (end, work) = self.runner.take().expect("it runs");
        drop(end);
        work.await.unwrap();
        drop(std::fs::remove_file(self.data.join("run/runner.sock")));
    }

    /// Deactivates a person from outside, as the command line does: by another process's look at the same database. When that
    /// was done.
    pub(crate) async fn disable(&self, name: &str) -> std::time::Instant {
        let url = format!("sqlite:{}", self.data.join("carrel.db").display());
        let store = Store::open_as_it_is(&url, PersonalKey::new([1; 32]), "2").await.unwrap();
        // The last administrator stays, so there is another.
        let passwords = Passwords::new(vec![2; 32]).unwrap();
        let role = [carrel_cloud_backend::authz::Role::Administrator];
        administration::create_user(&store, &passwords, "root", "several unrelated words", &role).await.unwrap();
        administration::disable_user(&store, name).await.unwrap();
        let done = std::time::Instant::now();
        store.close().await;
        done
    }

    /// Entries are in the log's list once they are sealed.
    pub(crate) async fn seal_log(&self) {
        self.cloud.log.sealer().seal().await.unwrap();
    }

    /// Its containers, running or not.
    pub(crate) fn containers(&self) -> Vec<String> {
        containers(self.data.path())
    }

    /// Its workspaces' volumes.
    pub(crate) fn volumes(&self) -> Vec<PathBuf> {
        std::fs::read_dir(self.data.join("runner/volumes")).unwrap().map(|entry| entry.unwrap().path()).collect()
    }

    /// Kills every container of this instance behind everybody's back.
    pub(crate) fn kill_containers(&self) {
        for id in containers(self.data.path()) {
            docker(&["kill", &id]);
        }
    }

    /// Ends everything in order; dropping it removes what the test has made.
    pub(crate) async fn finish(mut self) {
        if let Some((server, ide)) = self.public.take() {
            ide.stop();
            server.stop(false).await;
        }
        if self.runner.is_some() {
            self.stop_runner().await;
        }
        if let Some(internal) = self.internal.take() {
            internal.stop(false).await;
        }
    }
}

async fn cloud(data: &TempData) -> Cloud {
    let url = format!("sqlite:{}", data.join("carrel.db").display());
    let store = Store::open(&url, PersonalKey::new([1; 32]), "1").await.unwrap();
    let content = ContentStore::local(&data.join("store"), [2; 32]).await.unwrap();
    let config = CloudConfig {
        public_origin: String::new(),
        trusted_proxies: Vec::new(),
        cors_origins: Vec::new(),
        request_limits: carrel_cloud_backend::RequestLimits::default(),
        max_upload_bytes: 1 << 30,
        default_quota_bytes: None,
        nextcloud: true,
        keep: carrel_cloud_backend::KeepPolicy::default(),
        log_origin: "test/audit/1".to_owned(),
        signer_socket: None,
        ide_base: "/ide/v1".to_owned(),
        runner_audience: AUDIENCE.to_owned(),
        outgoing: carrel_outgoing::Outgoing::new(carrel_outgoing::Policy::public()).unwrap(),
        sandbox_limits: LIMITS,
        mailer: None,
    };
    let issuer = Issuer::new(SigningKey::from_bytes(&[7; 32]), KEY_ID);
    Cloud::new(store, content, Passwords::new(vec![3; 32]).unwrap(), issuer, config)
}

fn secret() -> ServiceSecret {
    ServiceSecret::from_bytes(&[9; 32]).unwrap()
}

fn agent_binary() -> PathBuf {
    std::env::var_os("CARREL_AGENT").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/agent/x86_64-unknown-linux-gnu/release/carrel-agent"),
        PathBuf::from,
    )
}

fn image() -> String {
    std::env::var("CARREL_WORKSPACE_IMAGE").unwrap_or_else(|_| carrel_runner::image::reference())
}

fn docker(arguments: &[&str]) -> String {
    let output = std::process::Command::new("docker").args(arguments).output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The containers of this instance's runner: each mounts a folder below its state.
fn containers(state: &Path) -> Vec<String> {
    // The list fails when a container of another test goes while it is made. That must not read as "none".
    let list = || {
        let output = std::process::Command::new("docker").args(["ps", "-aq", "--no-trunc"]).output().unwrap();
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let all = (0..50).find_map(|_| list()).expect("the list of containers");
    let of_us =
        |id: &&str| docker(&["inspect", "--format", "{{json .HostConfig}}", id]).contains(&*state.to_string_lossy());
    all.lines().filter(of_us).map(str::to_owned).collect()
}

impl Drop for Instance {
    /// Also after a panic: no container and no mount stays.
    fn drop(&mut self) {
        for id in containers(self.data.path()) {
            docker(&["rm", "-f", &id]);
        }
        let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap_or_default();
        for path in mounts.lines().filter_map(|line| line.split(' ').nth(1)) {
            if Path::new(path).starts_with(self.data.path()) {
                drop(std::process::Command::new("umount").arg(path).output());
            }
        }
    }
}
