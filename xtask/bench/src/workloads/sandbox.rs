//! Cold start of a workspace, split by phase, beside the engine's own create and start of a container with the same limits in
//! the same run; then how long a key takes from the browser's socket to the shell and back.

#![allow(clippy::disallowed_methods, reason = "the engine is measured by its own API")]

use std::time::{Duration, Instant};

use anyhow::Context as _;
use carrel_test_support::{
    TempData,
    person::{Admission, Person},
    process::Program,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::figure::{Aim, Figure, median, percentile};

const STARTS: usize = 7;
const ECHOES: usize = 500;
/// What a workspace's folder holds when it is opened.
const FILES: usize = 400;
const FILE_BYTES: usize = 4096;
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) async fn measure() -> anyhow::Result<Vec<Figure>> {
    let data = TempData::new()?;
    let program = Program::on(data.path()).start().await?;
    let person = Person::set_up(program.address(), &program.setup_link().await?).await;
    let engine = Engine::connect()?;
    let image = engine.workspace_image().await?;
    let (mut phases, mut whole, mut raw) = (vec![Vec::new(); 5], Vec::new(), Vec::new());
    let mut echoes = Vec::new();
    for number in 0..STARTS {
        raw.push(engine.raw_start(&image).await?);
        let folder = folder(&person, number).await.context("no folder")?;
        let begin = Instant::now();
        let admission = person.open_workspace(&folder).await.context("the workspace was not opened")?;
        let timing = admission.wait_ready(PATIENCE).await.map_err(anyhow::Error::msg)?;
        whole.push(begin.elapsed().as_secs_f64() * 1e3);
        for (phase, name) in phases.iter_mut().zip(["volume_ms", "create_ms", "start_ms", "agent_ms", "hydrate_ms"]) {
            phase.push(timing[name].as_f64().with_context(|| format!("no {name} in {timing}"))?);
        }
        if number + 1 == STARTS {
            echoes = echo(&admission).await?;
        }
        stop(&admission).await;
    }
    program.stop().await?;
    let raw = median(raw);
    let [volume, create, start, agent, hydrate] =
        <[Vec<f64>; 5]>::try_from(phases).map_err(|_| anyhow::anyhow!("five phases"))?;
    let sandbox: Vec<f64> = (0..STARTS).map(|i| volume[i] + create[i] + start[i] + agent[i]).collect();
    let figure = |name, value, aim| Figure { name, value, unit: "ms", aim };
    Ok(vec![
        figure("engine: create and start", raw, None),
        figure("workspace: volume", median(volume), None),
        figure("workspace: create", median(create), None),
        figure("workspace: start", median(start), None),
        figure("workspace: agent", median(agent), None),
        figure("workspace: hydrate 400 files", median(hydrate), None),
        figure("workspace: sandbox start", median(sandbox), Some(Aim::AtMost(raw * 1.5))),
        figure("workspace: click to ready", median(whole), None),
        figure("echo of a key, p50", percentile(&echoes, 0.50), None),
        figure("echo of a key, p99", percentile(&echoes, 0.99), Some(Aim::AtMost(10.0))),
    ])
}

/// A folder with the files of a small project.
async fn folder(person: &Person, number: usize) -> Option<String> {
    let path = format!("/api/v1/nodes/{}/folders", person.root());
    let (_, node) = person.post(&path, &json!({"name": format!("bench {number}")})).await?;
    let id = node["id"].as_str()?;
    for file in 0..FILES {
        let path = format!("/api/v1/nodes/{id}/files?name=file-{file}.txt");
        let body = format!("{number} {file}\n").repeat(FILE_BYTES / 8).into_bytes();
        let (status, _) =
            person.ask(Method::PUT, &path, Some(("application/octet-stream", body)), &[("if-none-match", "*")]).await?;
        if !status.is_success() {
            return None;
        }
    }
    Some(id.to_owned())
}

/// Keys are echoed by the terminal itself while `cat` waits for a line.
async fn echo(admission: &Admission) -> anyhow::Result<Vec<f64>> {
    let mut terminal = admission.terminal().await.context("no terminal")?;
    terminal.send(b"echo re''ady; cat >/dev/null\n").await.context("the terminal ended")?;
    terminal.output_until("ready", PATIENCE).await.map_err(anyhow::Error::msg)?;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut times = Vec::with_capacity(ECHOES);
    for number in 0..ECHOES {
        // Short lines stay below the terminal's line buffer.
        let key: &[u8] = if number % 50 == 49 { b"\n" } else { b"k" };
        let begin = Instant::now();
        terminal.send(key).await.context("the terminal ended")?;
        terminal.output().await.context("the terminal ended")?;
        times.push(begin.elapsed().as_secs_f64() * 1e3);
        tokio::time::sleep(Duration::from_millis(4)).await;
    }
    Ok(times)
}

async fn stop(admission: &Admission) {
    admission.ask(Method::POST, "/stop", None, &[]).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
}

/// The engine's own API, without any client program between.
struct Engine(reqwest::Client);

impl Engine {
    #[allow(clippy::disallowed_methods, reason = "the engine's socket on this machine")]
    fn connect() -> anyhow::Result<Self> {
        Ok(Self(reqwest::Client::builder().unix_socket("/var/run/docker.sock").build()?))
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> anyhow::Result<Value> {
        let mut request = self.0.request(method, format!("http://docker{path}"));
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let response = request.send().await.context("Docker")?;
        let (status, text) = (response.status(), response.text().await?);
        anyhow::ensure!(status.is_success(), "Docker: {path}: {status} {text}");
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    /// The image that Carrel built last.
    async fn workspace_image(&self) -> anyhow::Result<String> {
        let list = self.call(Method::GET, "/images/json", None).await?;
        let tags =
            list.as_array().into_iter().flatten().flat_map(|image| image["RepoTags"].as_array().into_iter().flatten());
        let tag = tags.filter_map(Value::as_str).find(|tag| tag.starts_with("carrel-workspace:"));
        Ok(tag.context("no workspace image: run `carrel runner image`")?.to_owned())
    }

    /// Milliseconds to create and start a container with the same kinds of limits.
    async fn raw_start(&self, image: &str) -> anyhow::Result<f64> {
        // Without Docker's own network set-up, as in the profile: a start is some 80 ms faster.
        let spec = json!({"Image": image, "Cmd": ["sleep", "60"], "User": "10001:10001", "NetworkDisabled": true, "HostConfig": {
            "NetworkMode": "none", "ReadonlyRootfs": true, "CapDrop": ["ALL"], "SecurityOpt": ["no-new-privileges"], "PidsLimit": 512,
            "Memory": 2_147_483_648_u64, "MemorySwap": 2_147_483_648_u64, "NanoCpus": 2_000_000_000_u64,
            "Tmpfs": {"/tmp": "size=64m"}, "LogConfig": {"Type": "none"}}});
        let begin = Instant::now();
        let made = self.call(Method::POST, "/containers/create", Some(spec)).await?;
        let id = made["Id"].as_str().context("no container")?;
        self.call(Method::POST, &format!("/containers/{id}/start"), None).await?;
        let time = begin.elapsed().as_secs_f64() * 1e3;
        self.call(Method::DELETE, &format!("/containers/{id}?force=true"), None).await?;
        Ok(time)
    }
}
