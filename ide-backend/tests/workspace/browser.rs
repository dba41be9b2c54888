//! A browser: cookies, JSON requests to both services, sockets.

use std::{cell::RefCell, collections::BTreeMap, time::Duration};

use carrel_test_support::wait_until;
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::Instant};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{self, client::IntoClientRequest},
};

use crate::{server::Instance, socket::Socket};

/// For what takes a moment on an idle machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Browser {
    http: reqwest::Client,
    pub(crate) origin: String,
    cookies: RefCell<BTreeMap<String, String>>,
    pub(crate) root: String,
}

/// One answer, read whole.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) etag: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{} is no JSON: {}", self.status, self.text()))
    }
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
    pub(crate) fn code(&self) -> String {
        self.json()["error"]["code"].as_str().expect("a code").to_owned()
    }
    #[track_caller]
    pub(crate) fn expect(self, status: StatusCode) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }
}

impl Browser {
    /// The first administrator, signed in.
    pub(crate) async fn signed_in(instance: &Instance) -> Self {
        let mut browser = Self::new(&instance.origin);
        let setup = json!({"token": instance.setup, "name": "ada", "display_name": "Ada",
            "password": "a long enough password", "language": "en"});
        let me = browser.send(Method::POST, "/api/v1/setup", Some(setup)).await.expect(StatusCode::CREATED).json();
        browser.root = me["personal_space"]["root_id"].as_str().expect("a space").to_owned();
        browser
    }

    /// Once more, after signing out.
    pub(crate) async fn sign_in(&self) {
        let body = json!({"name": "ada", "password": "a long enough password"});
        self.send(Method::POST, "/api/v1/session", Some(body)).await.expect(StatusCode::OK);
    }

    fn new(origin: &str) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        Self {
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            origin: origin.to_owned(),
            cookies: RefCell::default(),
            root: String::new(),
        }
    }

    pub(crate) fn forget(&self, cookie: &str) {
        self.cookies.borrow_mut().remove(cookie);
    }
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.borrow().get(name).cloned()
    }
    pub(crate) fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
    }
    fn cookie_header(&self) -> String {
        let cookies = self.cookies.borrow();
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let body = body.map(|body| ("application/json", body.to_string().into_bytes()));
        self.send_with(method, path, &[("origin", &self.origin)], body).await
    }

    pub(crate) async fn send_with(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<(&str, Vec<u8>)>,
    ) -> Answer {
        let mut request =
            self.http.request(method, format!("{}{path}", self.origin)).header("cookie", self.cookie_header());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some((kind, body)) = body {
            request = request.header("content-type", kind).body(body);
        }
        self.take(request.send().await.unwrap()).await
    }

    async fn take(&self, answer: Response) -> Answer {
        for cookie in answer.headers().get_all("set-cookie") {
            let text = cookie.to_str().unwrap();
            let (name, value) = text.split(';').next().unwrap().split_once('=').unwrap();
            self.set_cookie(name, value);
        }
        let header = |name| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        Answer {
            status: answer.status(),
            etag: header("etag"),
            request_id: header("x-request-id"),
            body: answer.bytes().await.unwrap().to_vec(),
        }
    }

    // In the cloud.

    pub(crate) async fn make_folder(&self, parent: &str, name: &str) -> String {
        let path = format!("/api/v1/nodes/{parent}/folders");
        let node = self.send(Method::POST, &path, Some(json!({"name": name}))).await.expect(StatusCode::CREATED).json();
        node["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn upload(&self, parent: &str, name: &str, content: &str) -> String {
        let path = format!("/api/v1/nodes/{parent}/files?name={name}");
        let headers = [("origin", self.origin.as_str()), ("if-none-match", "*")];
        let body = Some(("application/octet-stream", content.as_bytes().to_vec()));
        let node = self.send_with(Method::PUT, &path, &headers, body).await.expect(StatusCode::CREATED).json();
        node["id"].as_str().unwrap().to_owned()
    }

    /// A new version over whatever is there.
    pub(crate) async fn replace(&self, parent: &str, name: &str, content: &str) {
        let node = self.child(parent, name).await.expect("a file");
        let id = node["id"].as_str().unwrap();
        let version = format!("\"{}\"", node["version"]["id"].as_str().unwrap());
        let headers = [("origin", self.origin.as_str()), ("if-match", version.as_str())];
        let body = Some(("application/octet-stream", content.as_bytes().to_vec()));
        let path = format!("/api/v1/nodes/{id}/content");
        self.send_with(Method::PUT, &path, &headers, body).await.expect(StatusCode::OK);
    }

    pub(crate) async fn trash(&self, node: &str) {
        self.send(Method::DELETE, &format!("/api/v1/nodes/{node}"), None).await.expect(StatusCode::NO_CONTENT);
    }

    pub(crate) async fn children(&self, parent: &str) -> Vec<Value> {
        let path = format!("/api/v1/nodes/{parent}/children?limit=1000");
        let list = self.send(Method::GET, &path, None).await.expect(StatusCode::OK).json();
        list["items"].as_array().unwrap().clone()
    }

    pub(crate) async fn child(&self, parent: &str, name: &str) -> Option<Value> {
        self.children(parent).await.into_iter().find(|node| node["name"] == name)
    }

    /// `None` when there is no such file, or when it goes while it is asked for.
    pub(crate) async fn cloud_content(&self, parent: &str, name: &str) -> Option<String> {
        let node = self.child(parent, name).await?;
        let path = format!("/api/v1/nodes/{}/content", node["id"].as_str().unwrap());
        let answer = self.send(Method::GET, &path, None).await;
        (answer.status != StatusCode::NOT_FOUND).then(|| answer.expect(StatusCode::OK).text())
    }

    pub(crate) async fn versions(&self, parent: &str, name: &str) -> usize {
        let node = self.child(parent, name).await.expect("a file");
        let path = format!("/api/v1/nodes/{}/versions", node["id"].as_str().unwrap());
        let list = self.send(Method::GET, &path, None).await.expect(StatusCode::OK).json();
        list["items"].as_array().unwrap().len()
    }

    /// Waits until the cloud has exactly this under the name; how long that took. `None`: until nothing has the name.
    #[track_caller]
    pub(crate) fn until_cloud_has<'a>(
        &'a self,
        parent: &'a str,
        name: &'a str,
        content: Option<&'a str>,
    ) -> impl Future<Output = Duration> + 'a {
        let place = std::panic::Location::caller();
        async move {
            let begun = Instant::now();
            let there = wait_until(PATIENCE, "the cloud to have it", || async {
                (self.cloud_content(parent, name).await.as_deref() == content).then_some(())
            });
            there.await.unwrap_or_else(|error| panic!("{place}: {name}: {error}"));
            begun.elapsed()
        }
    }

    // Workspaces.

    pub(crate) async fn make_workspace(&self, folder: &str) -> String {
        let body = json!({"folder_id": folder});
        let workspace = self.send(Method::POST, "/api/v1/workspaces", Some(body)).await;
        assert!(workspace.status.is_success(), "{}", workspace.text());
        workspace.json()["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn ticket(&self, workspace: &str) -> String {
        let path = format!("/api/v1/workspaces/{workspace}/ticket");
        let ticket = self.send(Method::POST, &path, None).await.expect(StatusCode::OK).json();
        ticket["ticket"].as_str().unwrap().to_owned()
    }

    /// Exchanges a ticket for the cookie.
    pub(crate) async fn enter(&self, workspace: &str) -> Value {
        let body = json!({"ticket": self.ticket(workspace).await});
        let path = format!("/ide/v1/workspaces/{workspace}/session");
        self.send(Method::POST, &path, Some(body)).await.expect(StatusCode::OK).json()
    }

    pub(crate) async fn ide(&self, method: Method, workspace: &str, path: &str, body: Option<Value>) -> Answer {
        self.send(method, &format!("/ide/v1/workspaces/{workspace}/{path}"), body).await
    }

    /// Enters and waits until the workspace is ready.
    pub(crate) async fn open(&self, workspace: &str) -> Socket {
        self.enter(workspace).await;
        let mut events = self.events(workspace).await;
        events.until_state("ready").await;
        events
    }

    pub(crate) async fn events(&self, workspace: &str) -> Socket {
        let path = format!("/ide/v1/workspaces/{workspace}/events");
        Socket(self.socket(&path, Some(&self.origin)).await.expect("an upgrade"))
    }

    pub(crate) async fn terminal(&self, workspace: &str) -> (String, Socket) {
        let body = json!({"cols": 80, "rows": 24});
        let terminal =
            self.ide(Method::POST, workspace, "terminals", Some(body)).await.expect(StatusCode::CREATED).json();
        let id = terminal["id"].as_str().unwrap().to_owned();
        let socket = self.attach(workspace, &id).await;
        (id, socket)
    }

    pub(crate) async fn attach(&self, workspace: &str, terminal: &str) -> Socket {
        let path = format!("/ide/v1/workspaces/{workspace}/terminals/{terminal}/socket");
        Socket(self.socket(&path, Some(&self.origin)).await.expect("an upgrade"))
    }

    /// The status of a refused upgrade is the error.
    pub(crate) async fn socket(
        &self,
        path: &str,
        origin: Option<&str>,
    ) -> Result<WebSocketStream<TcpStream>, StatusCode> {
        let host = self.origin.strip_prefix("http://").unwrap();
        let mut request = format!("ws://{host}{path}").into_client_request().unwrap();
        request.headers_mut().insert("cookie", self.cookie_header().parse().unwrap());
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse().unwrap());
        }
        let stream = TcpStream::connect(host).await.unwrap();
        stream.set_nodelay(true).unwrap();
        match tokio_tungstenite::client_async(request, stream).await {
            Ok((socket, _)) => Ok(socket),
            Err(tungstenite::Error::Http(answer)) => Err(StatusCode::from_u16(answer.status().as_u16()).unwrap()),
            Err(error) => panic!("{error}"),
        }
    }
}
