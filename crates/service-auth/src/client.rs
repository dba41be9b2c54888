//! The calling end: signs what it sends, over a Unix socket or TCP, and signs WebSocket upgrades.

use std::{path::PathBuf, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::TryStream;
use reqwest::{Method, Url, header};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, UnixStream},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{self, client::IntoClientRequest as _},
};

use crate::{
    Service, ServiceSecret,
    request::{self, BODY_HASH_HEADER, RequestKeys, SignError},
    unix_ms,
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Longest silence of the other side: a start waits for a container, nothing waits longer.
const READ_TIMEOUT: Duration = Duration::from_secs(120);
/// Shorter than the 5 s after which actix closes an idle connection, so that no request meets a closing one.
const IDLE_TIMEOUT: Duration = Duration::from_secs(3);

/// A request that got no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("the service's address is not an http:// URL or the path does not start with a slash")]
    InvalidUrl,
    #[error("the request cannot be signed")]
    Sign(#[from] SignError),
    /// Nothing listens there: the service is down or starting.
    #[error("the service cannot be reached")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the request failed")]
    Http(#[source] reqwest::Error),
    /// The upgrade was answered with another status than 101.
    #[error("the service refused the socket with status {status}")]
    UpgradeRefused { status: u16, body: Bytes },
    #[error("the socket could not be opened")]
    WebSocket(#[source] Box<tungstenite::Error>),
    #[error("no TLS set-up was possible")]
    Tls(#[source] rustls::Error),
}

/// Both directions of a connection, whatever carries it.
pub trait Connection: AsyncRead + AsyncWrite + Send + Unpin + std::fmt::Debug {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin + std::fmt::Debug> Connection for T {}

/// A signed WebSocket.
pub type Socket = WebSocketStream<Box<dyn Connection>>;

/// Calls one service. Cheap to clone; clones share their connections.
#[derive(Debug, Clone)]
pub struct ServiceClient {
    http: reqwest::Client,
    base: Url,
    socket: Option<Arc<PathBuf>>,
    keys: RequestKeys,
}

impl ServiceClient {
    /// A client for the service `to` that listens on the Unix socket at `path`; it need not be there yet.
    ///
    /// # Errors
    /// [`ClientError`] when the HTTP client cannot be made.
    pub fn unix(
        path: impl Into<PathBuf>,
        from: Service,
        to: Service,
        secret: &ServiceSecret,
    ) -> Result<Self, ClientError> {
        let path = path.into();
        Ok(Self {
            http: builder()?.unix_socket(path.as_path()).build().map_err(ClientError::Http)?,
            base: parse_base(&format!("http://{to}"))?,
            socket: Some(Arc::new(path)),
            keys: RequestKeys::new(secret, from, to),
        })
    }

    /// A client for the service `to` at `url`, which has no path: `http://host:port`.
    ///
    /// # Errors
    /// [`ClientError::InvalidUrl`] for any other address.
    pub fn http(url: &str, from: Service, to: Service, secret: &ServiceSecret) -> Result<Self, ClientError> {
        Ok(Self {
            http: builder()?.build().map_err(ClientError::Http)?,
            base: parse_base(url)?,
            socket: None,
            keys: RequestKeys::new(secret, from, to),
        })
    }

    /// Sends one request and returns the answer, whatever its status.
    ///
    /// # Errors
    /// [`ClientError`] when there is no answer.
    pub async fn send(
        &self,
        method: Method,
        path_and_query: &str,
        content_type: Option<&str>,
        body: Bytes,
    ) -> Result<reqwest::Response, ClientError> {
        let hash = request::body_sha256(&body);
        let request = self.signed(method, path_and_query, content_type, &hash)?.body(body);
        request.send().await.map_err(transport_error)
    }

    /// Sends one request whose body is not held in memory: `length` bytes with the SHA-256 `sha256`. The receiver refuses
    /// the body at its end when it is another one.
    ///
    /// # Errors
    /// [`ClientError`] when there is no answer.
    pub async fn send_stream<S>(
        &self,
        method: Method,
        path_and_query: &str,
        content_type: Option<&str>,
        sha256: &[u8; 32],
        length: u64,
        body: S,
    ) -> Result<reqwest::Response, ClientError>
    where
        S: TryStream + Send + 'static,
        S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
        Bytes: From<S::Ok>,
    {
        let request = self
            .signed(method, path_and_query, content_type, sha256)?
            .header(header::CONTENT_LENGTH, length)
            .body(reqwest::Body::wrap_stream(body));
        request.send().await.map_err(transport_error)
    }

    /// Opens a WebSocket with a signed upgrade.
    ///
    /// # Errors
    /// [`ClientError::UpgradeRefused`] with the answer's first bytes when the service answers with another status.
    pub async fn websocket(&self, path_and_query: &str) -> Result<Socket, ClientError> {
        let url = self.url(path_and_query)?;
        let signed = self.sign(&Method::GET, &url, "", &request::body_sha256(b""))?;
        let mut upgrade = url
            .as_str()
            .replacen("http", "ws", 1)
            .into_client_request()
            .map_err(|error| ClientError::WebSocket(Box::new(error)))?;
        for (name, value) in [("authorization", signed.authorization), (BODY_HASH_HEADER, signed.content_sha256)] {
            let value = value.parse().map_err(|_| ClientError::InvalidUrl)?;
            upgrade.headers_mut().insert(name, value);
        }
        let stream = tokio::time::timeout(CONNECT_TIMEOUT, self.connect())
            .await
            .map_err(|elapsed| ClientError::Unreachable(elapsed.into()))??;
        let handshake = tokio_tungstenite::client_async(upgrade, stream);
        match tokio::time::timeout(READ_TIMEOUT, handshake).await {
            Ok(Ok((socket, _))) => Ok(socket),
            Ok(Err(tungstenite::Error::Http(answer))) => Err(ClientError::UpgradeRefused {
                status: answer.status().as_u16(),
                body: answer.into_body().unwrap_or_default().into(),
            }),
            Ok(Err(error)) => Err(ClientError::WebSocket(Box::new(error))),
            Err(elapsed) => Err(ClientError::Unreachable(elapsed.into())),
        }
    }

    async fn connect(&self) -> Result<Box<dyn Connection>, ClientError> {
        let connected: std::io::Result<Box<dyn Connection>> = match &self.socket {
            Some(path) => UnixStream::connect(path.as_path()).await.map(|stream| Box::new(stream) as _),
            None => {
                let host = self.base.host_str().unwrap_or_default();
                let port = self.base.port_or_known_default().unwrap_or(80);
                TcpStream::connect((host.trim_matches(['[', ']']), port)).await.map(|stream| Box::new(stream) as _)
            }
        };
        connected.map_err(|error| ClientError::Unreachable(error.into()))
    }

    fn signed(
        &self,
        method: Method,
        path_and_query: &str,
        content_type: Option<&str>,
        body_sha256: &[u8; 32],
    ) -> Result<reqwest::RequestBuilder, ClientError> {
        let url = self.url(path_and_query)?;
        let signed = self.sign(&method, &url, content_type.unwrap_or(""), body_sha256)?;
        let mut request = self
            .http
            .request(method, url)
            .header(header::AUTHORIZATION, signed.authorization)
            .header(BODY_HASH_HEADER, signed.content_sha256);
        if let Some(content_type) = content_type {
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        Ok(request)
    }

    /// Signs the URL's own text, after parsing: exactly what goes over the wire.
    fn sign(
        &self,
        method: &Method,
        url: &Url,
        content_type: &str,
        body_sha256: &[u8; 32],
    ) -> Result<request::SignedHeaders, ClientError> {
        let host = url.host_str().unwrap_or_default();
        let authority = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        Ok(request::sign(
            &self.keys,
            unix_ms(),
            method.as_str(),
            &authority,
            url.path(),
            url.query().unwrap_or(""),
            content_type,
            body_sha256,
        )?)
    }

    fn url(&self, path_and_query: &str) -> Result<Url, ClientError> {
        if !path_and_query.starts_with('/') || path_and_query.starts_with("//") {
            return Err(ClientError::InvalidUrl);
        }
        self.base.join(path_and_query).map_err(|_| ClientError::InvalidUrl)
    }
}

fn parse_base(url: &str) -> Result<Url, ClientError> {
    Url::parse(url)
        .ok()
        .filter(|url| url.scheme() == "http" && url.has_host() && url.path() == "/")
        .ok_or(ClientError::InvalidUrl)
}

/// Services speak HTTP/1.1 without TLS on a Unix socket or an internal network; neither a proxy from the environment nor
/// a redirect may carry a signed request elsewhere. The TLS set-up trusts nobody and is there because the HTTP client
/// wants one.
#[allow(
    clippy::disallowed_methods,
    reason = "between services: a fixed address from the settings, never one that somebody typed"
)]
fn builder() -> Result<reqwest::ClientBuilder, ClientError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(ClientError::Tls)?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    Ok(reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .http1_only()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT))
}

fn transport_error(error: reqwest::Error) -> ClientError {
    if error.is_connect() { ClientError::Unreachable(error.into()) } else { ClientError::Http(error) }
}
