//! What a browser or a program sends, and what it gets back. Cookies are handled by hand, so that tests see them.

use std::{sync::Once, time::Duration};

use reqwest::{Method, StatusCode, header::HeaderMap};
use serde_json::Value;

/// How a client shows who it is.
#[derive(Debug, Clone)]
pub(crate) enum Auth {
    None,
    /// Name and value, as a browser sends it back.
    Cookie(String),
    Bearer(String),
    Basic(String, String),
}

/// Sends requests as one party.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    base: String,
    auth: Auth,
}

pub(crate) fn http_client() -> reqwest::Client {
    http_client_at(None)
}

/// A client that sends from this address of the machine.
#[allow(clippy::disallowed_methods, reason = "tests ask the server under test")]
pub(crate) fn http_client_at(address: Option<std::net::IpAddr>) -> reqwest::Client {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        rustls::crypto::ring::default_provider().install_default().unwrap();
    });
    let roots = rustls::RootCertStore::empty();
    let tls = rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .local_address(address)
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(60))
        .build()
        .unwrap()
}

impl Client {
    pub(crate) fn new(http: reqwest::Client, base: String, auth: Auth) -> Self {
        Self { http, base, auth }
    }
    pub(crate) fn with(&self, auth: Auth) -> Self {
        Self { auth, ..self.clone() }
    }
    /// The same party at another address of the server.
    pub(crate) fn at(&self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self.clone() }
    }
    pub(crate) fn auth(&self) -> &Auth {
        &self.auth
    }

    /// A request as our own page makes it.
    pub(crate) fn call(&self, method: Method, path: &str) -> Call {
        let call = self.bare(method, path);
        if matches!(self.auth, Auth::Bearer(_) | Auth::Basic(..)) {
            return call;
        }
        call.header("sec-fetch-site", "same-origin").header("origin", &self.base)
    }

    /// A request without what a browser adds by itself.
    pub(crate) fn bare(&self, method: Method, path: &str) -> Call {
        let request = self.http.request(method, format!("{}{path}", self.base));
        Call(match &self.auth {
            Auth::None => request,
            Auth::Cookie(cookie) => request.header("cookie", cookie),
            Auth::Bearer(token) => request.bearer_auth(token),
            Auth::Basic(name, password) => request.basic_auth(name, Some(password)),
        })
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path).send().await
    }
    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path).json(&body).send().await
    }
    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PATCH, path).json(&body).send().await
    }
    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path).send().await
    }
    /// Sends content.
    pub(crate) fn put(&self, path: &str, content: impl Into<Vec<u8>>) -> Call {
        Call(self.call(Method::PUT, path).0.body(content.into()))
    }
}

/// A request that is not sent yet.
pub(crate) struct Call(reqwest::RequestBuilder);

impl Call {
    pub(crate) fn header(self, name: &str, value: &str) -> Self {
        Self(self.0.header(name, value))
    }
    pub(crate) fn json(self, body: &Value) -> Self {
        Self(self.0.json(body))
    }
    pub(crate) fn body(self, body: impl Into<reqwest::Body>) -> Self {
        Self(self.0.body(body))
    }
    pub(crate) async fn send(self) -> Answer {
        let answer = self.0.send().await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        Answer { status, headers, body: answer.bytes().await.unwrap().to_vec() }
    }
}

/// A whole answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.body));
        self
    }
    /// Fails unless this is an error with this status and code, in the one envelope.
    #[track_caller]
    pub(crate) fn refused(self, status: u16, code: &str) -> Self {
        let answer = self.expect(status);
        assert_eq!(answer.error_code(), code, "{}", String::from_utf8_lossy(&answer.body));
        answer
    }
    /// Fails unless this says that the request is not what it may be: not of the form at all, or a member that it names.
    #[track_caller]
    pub(crate) fn refused_as_invalid(self) {
        match self.error_code().as_str() {
            "bad_request" => self.expect(400),
            "field_invalid" => {
                assert!(self.json()["error"]["field"].is_string(), "{self:?}");
                self.expect(422)
            }
            code => panic!("{code}: {self:?}"),
        };
    }
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&self.body)))
    }
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
    /// The error's code, after a look at the envelope's form.
    #[track_caller]
    pub(crate) fn error_code(&self) -> String {
        let body = self.json();
        let error = body["error"].as_object().unwrap_or_else(|| panic!("no envelope: {body}"));
        assert!(error["message"].as_str().is_some_and(|text| !text.is_empty()), "{body}");
        assert_eq!(error["request_id"].as_str(), self.header("x-request-id"), "{body}");
        assert!(error.keys().all(|key| ["code", "message", "field", "request_id"].contains(&key.as_str())), "{body}");
        assert_eq!(self.header("content-type"), Some("application/json"));
        error["code"].as_str().unwrap().to_owned()
    }
    /// Status, headers and body without what differs between any two answers: what is left of the sender's own budget, for one. Whether the connection stays open depends on
    /// how much of the request's body had arrived.
    pub(crate) fn comparable(&self) -> (u16, Vec<(String, String)>, String) {
        let id = self.header("x-request-id").unwrap_or("no request id").to_owned();
        let mut headers: Vec<_> = self
            .headers
            .iter()
            .filter(|(name, _)| !["x-request-id", "date", "connection", "ratelimit"].contains(&name.as_str()))
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        headers.sort_unstable();
        (self.status.as_u16(), headers, String::from_utf8_lossy(&self.body).replace(&id, "-"))
    }
    /// The session cookie of the answer: name=value, and its attributes.
    #[track_caller]
    pub(crate) fn cookie(&self) -> (String, String) {
        self.cookie_named("carrel_s")
    }
    /// A cookie of the answer, with `__Host-` before its name or without.
    #[track_caller]
    pub(crate) fn cookie_named(&self, name: &str) -> (String, String) {
        let cookies: Vec<_> = self.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
        let found = cookies.iter().find(|text| text.trim_start_matches("__Host-").starts_with(&format!("{name}=")));
        let (pair, attributes) = found.unwrap_or_else(|| panic!("no {name} in {cookies:?}")).split_once(';').unwrap();
        (pair.to_owned(), attributes.to_owned())
    }
    /// All cookies of the answer that were not taken away, as a browser sends them back.
    pub(crate) fn cookies(&self) -> String {
        let cookies = self.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
        let pairs = cookies.filter(|text| !text.contains("Max-Age=0")).filter_map(|text| text.split(';').next());
        pairs.collect::<Vec<_>>().join("; ")
    }
}
