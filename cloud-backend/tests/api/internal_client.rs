//! The internal API as the IDE backend calls it: over the real socket, with real signatures.

use bytes::Bytes;
use carrel_ids::{IdeSessionId, SandboxId, VersionId, WorkspaceId};
use carrel_service_auth::client::ServiceClient;
use carrel_wire::internal::{
    Base, GrantedCommand, GrantedRemoval, IdeSession, ManifestEntry, ManifestHead, Removed, Report, Saved,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{actors::Person, app::TestApp, client::Answer};

pub(crate) struct Ide(ServiceClient);

impl Ide {
    pub(crate) fn of(app: &TestApp) -> Self {
        Self(app.internal())
    }
    pub(crate) fn with(client: ServiceClient) -> Self {
        Self(client)
    }

    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let (content_type, body) = match body {
            Some(body) => (Some("application/json"), Bytes::from(serde_json::to_vec(&body).unwrap())),
            None => (None, Bytes::new()),
        };
        answer(self.0.send(method, &format!("/internal/v1{path}"), content_type, body).await.unwrap()).await
    }

    /// Redeems a ticket.
    pub(crate) async fn redeem(&self, ticket: &str, workspace: WorkspaceId) -> Answer {
        self.call(Method::POST, "/ide-sessions", Some(json!({"ticket": ticket, "workspace": workspace}))).await
    }
    /// The way of a browser into a workspace: a ticket from the cloud, redeemed here.
    pub(crate) async fn join(&self, person: &Person, workspace: WorkspaceId) -> IdeSession {
        let ticket = ticket(person, workspace).await;
        serde_json::from_slice(&self.redeem(&ticket, workspace).await.expect(201).body).unwrap()
    }
    pub(crate) async fn renew(&self, session: IdeSessionId) -> Answer {
        self.call(Method::POST, &format!("/ide-sessions/{session}/renew"), None).await
    }
    pub(crate) async fn start(&self, session: IdeSessionId) -> Answer {
        self.call(Method::POST, &format!("/ide-sessions/{session}/start"), None).await
    }
    /// Starts a sandbox and reports that it runs.
    pub(crate) async fn running(&self, session: IdeSessionId) -> SandboxId {
        let granted: GrantedCommand = serde_json::from_slice(&self.start(session).await.expect(200).body).unwrap();
        self.report(granted.sandbox, &started(granted.sandbox)).await.expect(204);
        granted.sandbox
    }
    pub(crate) async fn report(&self, sandbox: SandboxId, report: &Report) -> Answer {
        let body = serde_json::to_value(report).unwrap();
        self.call(Method::POST, &format!("/sandboxes/{sandbox}/outcome"), Some(body)).await
    }

    /// The removal that is to be carried out, if one is.
    pub(crate) async fn removal(&self) -> Option<GrantedRemoval> {
        serde_json::from_slice(&self.call(Method::POST, "/volume-removals", None).await.expect(200).body).unwrap()
    }
    pub(crate) async fn report_removal(&self, workspace: WorkspaceId, report: &Report) -> Answer {
        let body = serde_json::to_value(report).unwrap();
        self.call(Method::POST, &format!("/workspaces/{workspace}/volume-removal"), Some(body)).await
    }

    /// Saves a file, whatever the answer is.
    pub(crate) async fn try_save(
        &self,
        sandbox: SandboxId,
        path: &str,
        base: Option<VersionId>,
        content: &str,
    ) -> Answer {
        let url = format!("/internal/v1/sandboxes/{sandbox}/file?{}", file_query(path, base));
        let content = Bytes::from(content.to_owned());
        answer(self.0.send(Method::PUT, &url, Some("application/octet-stream"), content).await.unwrap()).await
    }
    pub(crate) async fn save(&self, sandbox: SandboxId, path: &str, base: Option<VersionId>, content: &str) -> Saved {
        serde_json::from_slice(&self.try_save(sandbox, path, base, content).await.expect(200).body).unwrap()
    }
    /// Saves a file that is executable.
    pub(crate) async fn save_program(
        &self,
        sandbox: SandboxId,
        path: &str,
        base: Option<VersionId>,
        content: &str,
    ) -> Saved {
        let url = format!("/internal/v1/sandboxes/{sandbox}/file?{}&executable=true", file_query(path, base));
        let content = Bytes::from(content.to_owned());
        let sent = self.0.send(Method::PUT, &url, Some("application/octet-stream"), content).await.unwrap();
        serde_json::from_slice(&answer(sent).await.expect(200).body).unwrap()
    }
    pub(crate) async fn remove(&self, sandbox: SandboxId, path: &str, base: Option<VersionId>) -> bool {
        let path = format!("/sandboxes/{sandbox}/file?{}", file_query(path, base));
        let answer = self.call(Method::DELETE, &path, None).await.expect(200);
        serde_json::from_slice::<Removed>(&answer.body).unwrap().removed
    }
    pub(crate) async fn etag(&self, sandbox: SandboxId) -> Answer {
        self.call(Method::GET, &format!("/sandboxes/{sandbox}/etag"), None).await
    }
    pub(crate) async fn manifest(&self, sandbox: SandboxId) -> (ManifestHead, Vec<ManifestEntry>) {
        let answer = self.call(Method::GET, &format!("/sandboxes/{sandbox}/manifest"), None).await.expect(200);
        let text = String::from_utf8(answer.body).unwrap();
        let (head, entries) = text.split_once('\n').unwrap();
        let entries = entries.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        (serde_json::from_str(head).unwrap(), entries)
    }
    pub(crate) async fn bases(&self, sandbox: SandboxId) -> Vec<Base> {
        let answer = self.call(Method::GET, &format!("/sandboxes/{sandbox}/bases"), None).await.expect(200);
        String::from_utf8(answer.body).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

fn file_query(path: &str, base: Option<VersionId>) -> String {
    let path = percent_encoding::utf8_percent_encode(path, percent_encoding::NON_ALPHANUMERIC);
    match base {
        Some(base) => format!("path={path}&base={base}"),
        None => format!("path={path}"),
    }
}

pub(crate) async fn ticket(person: &Person, workspace: WorkspaceId) -> String {
    let answer = person.post(&format!("/api/v1/workspaces/{workspace}/ticket"), json!({})).await.expect(200).json();
    assert_eq!((&answer["ide_base"], &answer["expires_in"]), (&json!("/ide/v1"), &json!(30)));
    answer["ticket"].as_str().unwrap().to_owned()
}

/// What the runner says of a start that succeeded.
pub(crate) fn started(sandbox: SandboxId) -> Report {
    Report::Succeeded {
        outcome: carrel_wire::runner::Outcome::Started {
            sandbox,
            container: "c0ffee".to_owned(),
            image: "sha256:abc".to_owned(),
            timing: carrel_wire::runner::StartTiming::default(),
        },
    }
}

async fn answer(response: reqwest::Response) -> Answer {
    let (status, headers) = (response.status(), response.headers().clone());
    Answer { status, headers, body: response.bytes().await.unwrap().to_vec() }
}
