//! Starts runners on folders of their own and looks at what they leave on this machine.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command as Program,
    thread::JoinHandle,
    time::Duration,
};

use bytes::Bytes;
use carrel_ids::{SandboxId, SessionId, UserId, WorkspaceId};
use carrel_runner::{Config, image};
use carrel_service_auth::{Service, ServiceSecret, SigningKey, client::ServiceClient, grant::Issuer};
use carrel_test_support::{TempData, docker, wait_until};
use carrel_wire::runner::{Command, Health, Limits, Outcome, Plan, RunnerError, Sandbox};
use reqwest::Method;
use serde::de::DeserializeOwned;
use time::OffsetDateTime;
use tokio::sync::oneshot;

pub(crate) const AUDIENCE: &str = "runner/test";
pub(crate) const MIB: u64 = 1 << 20;

pub(crate) const LIMITS: Limits =
    Limits { memory_bytes: 512 * MIB, cpu_milli: 2000, processes: 128, disk_bytes: 256 * MIB, files: 20_000 };

const CEILING: Limits =
    Limits { memory_bytes: 1024 * MIB, cpu_milli: 4000, processes: 256, disk_bytes: 1024 * MIB, files: 100_000 };

/// A runner in this process. Dropping it ends the runner and removes what it left.
pub(crate) struct Runner {
    data: TempData,
    docker_socket: PathBuf,
    running: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
    pub(crate) client: ServiceClient,
    pub(crate) issuer: Issuer,
}

fn secret() -> ServiceSecret {
    ServiceSecret::from_bytes(&[11; 32]).unwrap()
}

fn agent() -> PathBuf {
    let path = std::env::var_os("CARREL_AGENT").expect(
        "CARREL_AGENT names no agent: run `cargo xtask test`, or build it (`cargo xtask build`) and set CARREL_AGENT",
    );
    PathBuf::from(path)
}

/// A runner with this machine's Docker and all that sandboxes need.
pub(crate) async fn runner() -> Runner {
    assert!(rustix::process::geteuid().is_root(), "these tests mount file systems and need root");
    let socket = docker::require().unwrap();
    let present = image::present(&socket).await.unwrap();
    assert!(present, "{} is not there: build it with `cargo xtask image`", image::reference());
    agent();
    let runner = Runner::new(socket);
    runner.wait().await;
    runner
}

impl Runner {
    /// A runner that finds Docker at `docker_socket`, or does not.
    pub(crate) fn new(docker_socket: PathBuf) -> Self {
        let data = TempData::new().unwrap();
        let client = ServiceClient::unix(data.join("runner.sock"), Service::Ide, Service::Runner, &secret()).unwrap();
        let issuer = Issuer::new(SigningKey::from_bytes(&[3; 32]), "g1");
        let mut runner = Self { data, docker_socket, running: None, client, issuer };
        runner.start();
        runner
    }

    fn config(&self) -> Config {
        let key = SigningKey::from_bytes(&[3; 32]).verifying_key();
        Config {
            state_dir: self.state(),
            socket: self.data.join("runner.sock"),
            service_secret: secret(),
            grant_keys: BTreeMap::from([("g1".to_owned(), key)]),
            audience: AUDIENCE.to_owned(),
            agent_binary: std::env::var_os("CARREL_AGENT").map_or_else(|| "/nonexistent".into(), PathBuf::from),
            image: image::reference(),
            docker_socket: self.docker_socket.clone(),
            ceiling: CEILING,
        }
    }

    fn start(&mut self) {
        let config = self.config();
        let (end, ended) = oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            let shutdown = async move { drop(ended.await) };
            runtime.block_on(carrel_runner::serve(config, shutdown)).unwrap();
            runtime.shutdown_timeout(Duration::from_secs(5));
        });
        self.running = Some((end, thread));
    }

    fn stop(&mut self) {
        if let Some((end, thread)) = self.running.take() {
            drop(end);
            let ended = thread.join();
            assert!(ended.is_ok() || std::thread::panicking(), "the runner panicked");
        }
    }

    /// Waits until the runner answers.
    pub(crate) async fn wait(&self) {
        let answered =
            || async { self.client.send(Method::GET, "/v1/health", None, Bytes::new()).await.ok().map(drop) };
        wait_until(Duration::from_secs(20), "the runner", answered).await.unwrap();
    }

    /// Ends the runner and starts another on the same state. `between` sees the state with no runner on it.
    pub(crate) async fn restart(&mut self, between: impl FnOnce(&Self)) {
        self.stop();
        between(self);
        self.start();
        self.wait().await;
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.data.join("runner").canonicalize().unwrap_or_else(|_| self.data.join("runner"))
    }

    /// The label that marks this runner's containers.
    pub(crate) fn instance(&self) -> String {
        std::fs::read_to_string(self.state().join("instance")).unwrap()
    }

    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, RunnerError> {
        decode(self.client.send(Method::GET, path, None, Bytes::new()).await.unwrap()).await
    }

    pub(crate) async fn health(&self) -> Health {
        self.get("/v1/health").await.unwrap()
    }

    pub(crate) async fn sandbox(&self, id: SandboxId) -> Result<Sandbox, RunnerError> {
        self.get(&format!("/v1/sandboxes/{id}")).await
    }

    /// A grant for exactly `plan_text`.
    pub(crate) fn grant(&self, act: &str, plan_text: &str, workspace: WorkspaceId) -> String {
        let now = OffsetDateTime::now_utc();
        self.issuer.issue(act, plan_text, workspace, UserId::new(), SessionId::new(), AUDIENCE, now).unwrap()
    }

    pub(crate) async fn send(&self, grant: String, plan: String) -> Result<Outcome, RunnerError> {
        let body = serde_json::to_vec(&Command { grant, plan }).unwrap();
        let answer = self.client.send(Method::POST, "/v1/commands", Some("application/json"), body.into()).await;
        decode(answer.unwrap()).await
    }

    /// Sends a plan with a grant for it.
    pub(crate) async fn command(&self, plan: &Plan) -> Result<Outcome, RunnerError> {
        let text = serde_json::to_string(plan).unwrap();
        self.send(self.grant(plan.act(), &text, plan.workspace()), text).await
    }

    pub(crate) async fn start_sandbox(&self, workspace: WorkspaceId, limits: Limits) -> SandboxId {
        let sandbox = SandboxId::new();
        let outcome = self.command(&Plan::Start { sandbox, workspace, limits }).await.unwrap();
        assert!(matches!(outcome, Outcome::Started { sandbox: started, .. } if started == sandbox));
        sandbox
    }

    pub(crate) async fn stop_sandbox(&self, sandbox: SandboxId, workspace: WorkspaceId) {
        let outcome = self.command(&Plan::Stop { sandbox, workspace }).await;
        assert_eq!(outcome, Ok(Outcome::Stopped));
    }

    /// Names of this runner's containers, ended ones too.
    pub(crate) fn containers(&self) -> Vec<String> {
        let filter = format!("label=carrel.instance={}", self.instance());
        docker(&["ps", "--all", "--no-trunc", "--format", "{{.Names}}", "--filter", &filter])
            .lines()
            .map(str::to_owned)
            .collect()
    }

    /// Mount points under this runner's state.
    pub(crate) fn mounts(&self) -> Vec<PathBuf> {
        let table = std::fs::read_to_string("/proc/self/mountinfo").unwrap();
        let points = table.lines().filter_map(|line| line.split(' ').nth(4)).map(PathBuf::from);
        points.filter(|point| point.starts_with(self.state())).collect()
    }

    /// Asserts that nothing of a sandbox is left but volumes.
    pub(crate) fn assert_clean(&self) {
        assert_eq!(self.containers(), Vec::<String>::new());
        assert_eq!(self.mounts(), Vec::<PathBuf>::new());
        for folder in ["mounts", "sockets"] {
            assert_eq!(entries(&self.state().join(folder)), Vec::<PathBuf>::new(), "{folder}");
        }
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.stop();
        if let Ok(instance) = std::fs::read_to_string(self.state().join("instance")) {
            let filter = format!("label=carrel.instance={instance}");
            let found = Program::new("docker").args(["ps", "-aq", "--filter", &filter]).output();
            for id in String::from_utf8_lossy(&found.map(|o| o.stdout).unwrap_or_default()).lines() {
                // A machine under load may not kill it in Docker's time at the first try.
                let removed =
                    (0..3).any(|_| Program::new("docker").args(["rm", "-f", id]).status().is_ok_and(|s| s.success()));
                if !removed {
                    eprintln!("container {id} of {instance} stays behind");
                }
            }
        }
        for point in self.mounts() {
            drop(Program::new("umount").arg(point).output());
        }
    }
}

pub(crate) fn entries(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// Runs Docker's own client, which must succeed.
pub(crate) fn docker(arguments: &[&str]) -> String {
    let output = Program::new("docker").args(arguments).output().expect("Docker's client (docker.io) is not installed");
    assert!(output.status.success(), "docker {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

async fn decode<T: DeserializeOwned>(answer: reqwest::Response) -> Result<T, RunnerError> {
    let success = answer.status().is_success();
    let body = answer.bytes().await.unwrap();
    if success {
        Ok(serde_json::from_slice(&body).unwrap())
    } else {
        Err(serde_json::from_slice(&body).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&body))))
    }
}
