//! One request: checked, resolved once, sent to the addresses that were checked and to no other, read up to a limit.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use futures_util::StreamExt as _;
use reqwest::{dns, header, redirect};
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::{
    policy::{Destination, Policy, Refusal},
    resolve::{Resolve, SystemResolver},
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// From the first look at the name to the last byte of the body.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(10);

/// A request that brought no answer.
#[derive(Debug, thiserror::Error)]
pub enum OutgoingError {
    #[error("the request is not allowed: {0}")]
    Refused(#[from] Refusal),
    #[error("the request is not one of HTTP")]
    Request(#[source] reqwest::Error),
    #[error("the server cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    #[error("the server did not answer in time")]
    TimedOut,
    #[error("the answer has more than {0} bytes")]
    TooLarge(usize),
    /// Nothing is unpacked here, and nothing packed was asked for.
    #[error("the answer is in an encoding that was not asked for")]
    Encoded,
    #[error("the answer came from an address that was not checked")]
    OtherAddress,
    #[error("the answer is not one of HTTP")]
    Answer(#[source] http::Error),
}

/// The client cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum SetUpError {
    #[error("no TLS set-up was possible")]
    Tls(#[from] rustls::Error),
}

/// Sends requests to other servers. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Outgoing {
    policy: Arc<Policy>,
    resolver: Arc<dyn Resolve>,
    tls: rustls::ClientConfig,
}

impl Outgoing {
    /// A client that trusts the machine's certificates and resolves names as the machine does.
    ///
    /// # Errors
    /// [`SetUpError`] when TLS cannot be set up.
    pub fn new(policy: Policy) -> Result<Self, SetUpError> {
        Self::with_resolver(policy, Arc::new(SystemResolver))
    }

    /// The same with another way to resolve names.
    ///
    /// # Errors
    /// [`SetUpError`] when TLS cannot be set up.
    pub fn with_resolver(policy: Policy, resolver: Arc<dyn Resolve>) -> Result<Self, SetUpError> {
        let tls = tls()?;
        Ok(Self { policy: Arc::new(policy), resolver, tls })
    }

    /// Whether a request to `url` would be tried: for addresses that a browser is sent to, too.
    ///
    /// # Errors
    /// [`Refusal`] when not.
    pub fn check(&self, url: &Url) -> Result<(), Refusal> {
        self.policy.check(url).map(|_| ())
    }

    /// Sends `request` and reads an answer of at most `limit` bytes, whatever its status. Nothing is followed: a redirect is an
    /// answer like any other.
    ///
    /// # Errors
    /// [`OutgoingError`] when the request may not be sent or brought no answer.
    pub async fn send(
        &self,
        request: http::Request<Vec<u8>>,
        limit: usize,
    ) -> Result<http::Response<Vec<u8>>, OutgoingError> {
        match tokio::time::timeout(TOTAL_TIMEOUT, self.send_without_limit_of_time(request, limit)).await {
            Ok(answer) => answer,
            Err(_) => Err(OutgoingError::TimedOut),
        }
    }

    async fn send_without_limit_of_time(
        &self,
        request: http::Request<Vec<u8>>,
        limit: usize,
    ) -> Result<http::Response<Vec<u8>>, OutgoingError> {
        let url = Url::parse(&request.uri().to_string()).map_err(|_| Refusal::NotAUrl)?;
        let (destination, addresses) = match self.destination(&url).await {
            Ok(found) => found,
            Err(refusal) => {
                // The address may be a secret or somebody's; its hash is enough to see that it is always the same (T-120).
                let host = Sha256::digest(url.host_str().unwrap_or_default().as_bytes());
                tracing::warn!(host = hex::encode(&host[..8]), reason = %refusal, "an outgoing request was refused");
                return Err(refusal.into());
            }
        };
        let request = reqwest::Request::try_from(request).map_err(OutgoingError::Request)?;
        let client = self.client(&destination, &addresses)?;
        let answer = client.execute(request).await.map_err(transport)?;
        if !answer.remote_addr().is_some_and(|from| addresses.contains(&from.ip()) && from.port() == destination.port) {
            return Err(OutgoingError::OtherAddress);
        }
        read(answer, limit).await
    }

    /// Where the request goes, with all the addresses that it may connect to.
    async fn destination(&self, url: &Url) -> Result<(Destination, Vec<IpAddr>), Refusal> {
        let destination = self.policy.check(url)?;
        let addresses = match destination.literal {
            // Checked by the policy already; a resolver is never asked for one.
            Some(address) => vec![address],
            None => {
                let found = self.resolver.resolve(&destination.host).await.map_err(|_| Refusal::Unresolved)?;
                destination.check(&found)?;
                found
            }
        };
        Ok((destination, addresses))
    }

    /// A client of its own for each request: it knows this one name and these addresses, and nothing that it could reuse.
    #[allow(clippy::disallowed_methods, reason = "this is the one place that makes a client for outgoing requests")]
    fn client(&self, destination: &Destination, addresses: &[IpAddr]) -> Result<reqwest::Client, OutgoingError> {
        let addresses = addresses.iter().map(|address| SocketAddr::new(*address, destination.port)).collect();
        reqwest::Client::builder()
            .tls_backend_preconfigured(self.tls.clone())
            .http1_only()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TOTAL_TIMEOUT)
            .pool_max_idle_per_host(0)
            .dns_resolver(Pinned { name: destination.host.clone(), addresses })
            .build()
            .map_err(OutgoingError::Request)
    }
}

/// TLS that trusts the machine's certificates.
pub(crate) fn tls() -> Result<rustls::ClientConfig, SetUpError> {
    let mut roots = rustls::RootCertStore::empty();
    // A machine without certificates can still reach what it is allowed to reach by http.
    let (_, unusable) = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if unusable > 0 {
        tracing::warn!(unusable, "some of the machine's certificates cannot be read");
    }
    Ok(rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

/// Knows one name. T-121: what was checked is what is connected to, whatever the name resolves to by now.
#[derive(Debug)]
struct Pinned {
    name: String,
    addresses: Vec<SocketAddr>,
}

impl dns::Resolve for Pinned {
    fn resolve(&self, name: dns::Name) -> dns::Resolving {
        let found = (name.as_str() == self.name).then(|| self.addresses.clone());
        Box::pin(async move {
            match found {
                Some(addresses) => Ok(Box::new(addresses.into_iter()) as dns::Addrs),
                None => Err("another name than the one that was checked".into()),
            }
        })
    }
}

async fn read(answer: reqwest::Response, limit: usize) -> Result<http::Response<Vec<u8>>, OutgoingError> {
    let encoding = answer.headers().get(header::CONTENT_ENCODING);
    if encoding.is_some_and(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(OutgoingError::Encoded);
    }
    if answer.content_length().is_some_and(|length| length > limit as u64) {
        return Err(OutgoingError::TooLarge(limit));
    }
    let mut whole = http::Response::builder().status(answer.status());
    if let Some(headers) = whole.headers_mut() {
        headers.clone_from(answer.headers());
    }
    let mut body = Vec::new();
    let mut chunks = answer.bytes_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(transport)?;
        if body.len() + chunk.len() > limit {
            return Err(OutgoingError::TooLarge(limit));
        }
        body.extend_from_slice(&chunk);
    }
    whole.body(body).map_err(OutgoingError::Answer)
}

pub(crate) fn transport(error: reqwest::Error) -> OutgoingError {
    if error.is_timeout() { OutgoingError::TimedOut } else { OutgoingError::Unreachable(error) }
}
