//! Somebody with a browser, as far as HTTP goes: signs in, holds cookies, opens a workspace and its terminal.
//!
//! A request that gets no answer is `None`: tests that kill the server go on; others `expect`.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, client::IntoClientRequest as _},
};

/// The password of the person that [`Person::set_up`] makes.
pub const PASSWORD: &str = "four words in a row";

/// A signed-in person.
#[derive(Clone, Debug)]
pub struct Person {
    http: reqwest::Client,
    address: String,
    cookie: String,
    root: String,
}

/// A person's admission to a workspace.
#[derive(Clone, Debug)]
pub struct Admission {
    person: Person,
    cookie: String,
    base: String,
}

/// A terminal of a workspace, as the browser holds it.
#[derive(Debug)]
pub struct TerminalSocket(WebSocketStream<TcpStream>);

impl Person {
    /// Makes the first administrator `ada` with the printed link.
    ///
    /// # Panics
    /// When the server does not do it.
    #[must_use]
    pub async fn set_up(address: &str, link: &str) -> Self {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(20)).build().expect("a client");
        let token = link.split_once('#').expect("a link with a token").1;
        let body =
            json!({"token": token, "name": "ada", "display_name": "Ada", "password": PASSWORD, "language": "en"});
        let request = http.post(format!("{address}/api/v1/setup")).header("origin", address).json(&body);
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status(), StatusCode::CREATED);
        let cookie = cookie(&response).expect("a cookie");
        let me: Value = response.json().await.expect("JSON");
        let root = me["personal_space"]["root_id"].as_str().expect("a root").to_owned();
        Self { http, address: address.to_owned(), cookie, root }
    }

    /// The folder at the top of the personal space.
    #[must_use]
    pub fn root(&self) -> &str {
        &self.root
    }

    /// One request with the session's cookie, from the application's own origin.
    pub async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<(&str, Vec<u8>)>,
        headers: &[(&str, &str)],
    ) -> Option<(StatusCode, Value)> {
        let response = self.raw(method, path, &self.cookie, body, headers).await?;
        let status = response.status();
        let text = response.text().await.ok()?;
        Some((status, serde_json::from_str(&text).unwrap_or(Value::Null)))
    }

    /// As [`Person::ask`], with everything that the answer says.
    pub async fn answer(
        &self,
        method: Method,
        path: &str,
        body: Option<(&str, Vec<u8>)>,
        headers: &[(&str, &str)],
    ) -> Option<reqwest::Response> {
        self.raw(method, path, &self.cookie, body, headers).await
    }

    /// A `POST` of JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Option<(StatusCode, Value)> {
        self.ask(Method::POST, path, Some(("application/json", body.to_string().into_bytes())), &[]).await
    }

    /// The body of a `GET`, if it is answered with success.
    pub async fn bytes(&self, path: &str) -> Option<Vec<u8>> {
        let response = self.raw(Method::GET, path, &self.cookie, None, &[]).await?;
        if !response.status().is_success() {
            return None;
        }
        Some(response.bytes().await.ok()?.to_vec())
    }

    /// `Some` once the server says that it is ready.
    pub async fn ready(&self) -> Option<()> {
        let response = self.http.get(format!("{}/readyz", self.address)).send().await.ok()?;
        response.status().is_success().then_some(())
    }

    /// Opens a folder as a workspace; the start of its sandbox begins.
    pub async fn open_workspace(&self, folder: &str) -> Option<Admission> {
        let (_, workspace) = self.post("/api/v1/workspaces", &json!({"folder_id": folder})).await?;
        self.admit(workspace["id"].as_str()?).await
    }

    /// Enters a workspace.
    pub async fn admit(&self, workspace: &str) -> Option<Admission> {
        let (_, ticket) = self.post(&format!("/api/v1/workspaces/{workspace}/ticket"), &json!({})).await?;
        let base = format!("{}/workspaces/{workspace}", ticket["ide_base"].as_str()?);
        let body = json!({"ticket": ticket["ticket"].as_str()?}).to_string().into_bytes();
        let path = format!("{base}/session");
        let response = self.raw(Method::POST, &path, &self.cookie, Some(("application/json", body)), &[]).await?;
        Some(Admission { person: self.clone(), cookie: cookie(&response)?, base })
    }

    async fn raw(
        &self,
        method: Method,
        path: &str,
        cookie: &str,
        body: Option<(&str, Vec<u8>)>,
        headers: &[(&str, &str)],
    ) -> Option<reqwest::Response> {
        let mut request = self.http.request(method, format!("{}{path}", self.address));
        request = request.header("origin", &self.address).header("cookie", cookie);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some((kind, bytes)) = body {
            request = request.header("content-type", kind).body(bytes);
        }
        request.send().await.ok()
    }
}

impl Admission {
    /// One request to the IDE backend, below the workspace's address.
    pub async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<(&str, Vec<u8>)>,
        headers: &[(&str, &str)],
    ) -> Option<(StatusCode, Value)> {
        let response = self.person.raw(method, &format!("{}{path}", self.base), &self.cookie, body, headers).await?;
        let status = response.status();
        let text = response.text().await.ok()?;
        Some((status, serde_json::from_str(&text).unwrap_or(Value::Null)))
    }

    /// Waits until the workspace is ready; its timing in milliseconds by phase.
    ///
    /// # Errors
    /// What the workspace says of itself when it fails, or that it took longer than `patience`.
    pub async fn wait_ready(&self, patience: Duration) -> Result<Value, String> {
        let mut events = self.socket("/events").await.ok_or("the events cannot be opened")?;
        let wait = async {
            let mut last = Value::Null;
            while let Some(Ok(message)) = events.next().await {
                let Ok(event) = serde_json::from_str::<Value>(message.to_text().unwrap_or("")) else { continue };
                if event["type"] != "state" {
                    continue;
                }
                match event["state"].as_str() {
                    Some("ready") => return Ok(event["timing"].clone()),
                    Some("failed" | "stopped") => return Err(event.to_string()),
                    _ => last = event,
                }
            }
            Err(format!("the events ended after {last}"))
        };
        tokio::time::timeout(patience, wait).await.unwrap_or_else(|_| Err("it took too long".to_owned()))
    }

    /// Opens a new terminal.
    pub async fn terminal(&self) -> Option<TerminalSocket> {
        let body = json!({"cols": 80, "rows": 24}).to_string().into_bytes();
        let (_, terminal) = self.ask(Method::POST, "/terminals", Some(("application/json", body)), &[]).await?;
        Some(TerminalSocket(self.socket(&format!("/terminals/{}/socket", terminal["id"].as_str()?)).await?))
    }

    async fn socket(&self, path: &str) -> Option<WebSocketStream<TcpStream>> {
        let address = self.person.address.trim_start_matches("http://");
        let mut request = format!("ws://{address}{}{path}", self.base).into_client_request().ok()?;
        request.headers_mut().insert("origin", self.person.address.parse().ok()?);
        request.headers_mut().insert("cookie", self.cookie.parse().ok()?);
        let stream = TcpStream::connect(address).await.ok()?;
        stream.set_nodelay(true).ok()?;
        let (socket, _) = tokio_tungstenite::client_async(request, stream).await.ok()?;
        Some(socket)
    }
}

impl TerminalSocket {
    /// Types bytes.
    pub async fn send(&mut self, bytes: &[u8]) -> Option<()> {
        self.0.send(Message::binary(bytes.to_vec())).await.ok()
    }

    /// The next piece of output.
    pub async fn output(&mut self) -> Option<Vec<u8>> {
        loop {
            match self.0.next().await?.ok()? {
                Message::Binary(bytes) => return Some(bytes.to_vec()),
                Message::Close(_) => return None,
                _ => {}
            }
        }
    }

    /// Reads until the output holds `text`, and returns all of it.
    ///
    /// # Errors
    /// What came instead, when the time is up or the terminal ended.
    pub async fn output_until(&mut self, text: &str, patience: Duration) -> Result<String, String> {
        let mut seen = Vec::new();
        let read = async {
            while let Some(bytes) = self.output().await {
                seen.extend(bytes);
                if String::from_utf8_lossy(&seen).contains(text) {
                    return true;
                }
            }
            false
        };
        let found = tokio::time::timeout(patience, read).await.unwrap_or(false);
        let seen = String::from_utf8_lossy(&seen).into_owned();
        if found { Ok(seen) } else { Err(seen) }
    }
}

fn cookie(response: &reqwest::Response) -> Option<String> {
    let text = response.headers().get("set-cookie")?.to_str().ok()?;
    Some(text.split(';').next()?.to_owned())
}
