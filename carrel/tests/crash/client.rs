//! What people do while processes die under them: upload, save, start and stop. They note what was acknowledged and try again.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use carrel_test_support::person::Person;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::history::History;

#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) person: Person,
    workspace: Arc<Mutex<Option<String>>>,
}

impl Client {
    pub(crate) fn new(person: Person) -> Self {
        Self { person, workspace: Arc::default() }
    }

    /// Uploads new files and saves new versions of them until `done`.
    pub(crate) async fn upload_and_save(self, worker: usize, history: Arc<History>, done: Arc<AtomicBool>) {
        let mut turn = 0_usize;
        while !done.load(Ordering::SeqCst) {
            turn += 1;
            let size = if turn.is_multiple_of(7) { 3_000_000 } else { 200 + turn * 37 % 9000 };
            let name = format!("file-{worker}-{turn}");
            let path = format!("/api/v1/nodes/{}/files?name={name}", self.person.root());
            let content = content(&name, 1, size);
            let body = Some(("application/octet-stream", content.clone()));
            let put = self.person.ask(Method::PUT, &path, body, &[("if-none-match", "*")]);
            let Some((StatusCode::CREATED, node)) = put.await else {
                pause().await;
                continue;
            };
            history.acknowledge(&node, &content);
            self.save(&node, &name, &history).await;
        }
    }

    async fn save(&self, node: &Value, name: &str, history: &History) {
        let (id, mut version) = (text(&node["id"]), text(&node["version"]["id"]));
        for number in 2..5 {
            let content = content(name, number, 500 * number);
            let path = format!("/api/v1/nodes/{id}/content");
            let etag = format!("\"{version}\"");
            let body = Some(("application/octet-stream", content.clone()));
            match self.person.ask(Method::PUT, &path, body, &[("if-match", &etag)]).await {
                Some((StatusCode::OK, saved)) => {
                    history.acknowledge(&saved, &content);
                    version = text(&saved["version"]["id"]);
                }
                // Whether it was saved is not known, so the next save would guess.
                _ => return pause().await,
            }
        }
    }

    /// Opens one folder as a workspace and stops it again, until `done`.
    pub(crate) async fn start_and_stop(self, history: Arc<History>, done: Arc<AtomicBool>) {
        let path = format!("/api/v1/nodes/{}/folders", self.person.root());
        let folder = loop {
            match self.person.post(&path, &json!({"name": "project", "existing": "use"})).await {
                Some((status, node)) if status.is_success() => break text(&node["id"]),
                _ => pause().await,
            }
        };
        while !done.load(Ordering::SeqCst) {
            if let Some((_, workspace)) = self.person.post("/api/v1/workspaces", &json!({"folder_id": folder})).await
                && let Some(id) = workspace["id"].as_str()
            {
                *self.workspace.lock().expect("not poisoned") = Some(id.to_owned());
                if self.person.admit(id).await.is_some() {
                    history.count_start();
                    tokio::time::sleep(Duration::from_millis(1500)).await;
                    self.stop_workspace().await;
                }
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }

    /// Asks for the end of the workspace; whether it came is what the test looks at afterwards.
    pub(crate) async fn stop_workspace(&self) {
        let id = self.workspace.lock().expect("not poisoned").clone();
        if let Some(id) = id
            && let Some(admission) = self.person.admit(&id).await
        {
            admission.ask(Method::POST, "/stop", None, &[]).await;
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

/// Bytes that belong to one version of one file and to no other.
fn content(name: &str, number: usize, size: usize) -> Vec<u8> {
    format!("{name} version {number}\n").into_bytes().into_iter().cycle().take(size).collect()
}

async fn pause() {
    tokio::time::sleep(Duration::from_millis(50)).await;
}
