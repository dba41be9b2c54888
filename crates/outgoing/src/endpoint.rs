//! One server that the settings name and that is asked all the time, like a store of objects: connections are kept, bodies stream in
//! both directions, and every new connection goes to an address that was checked. No request leaves for anywhere else.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use reqwest::{dns, redirect};
use url::Url;

use crate::{
    client::{OutgoingError, SetUpError, tls, transport},
    policy::{Destination, Policy, Refusal},
    resolve::{Resolve, SystemResolver},
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Connections that are kept for the next request, and for how long.
const IDLE_CONNECTIONS: usize = 32;
const IDLE: Duration = Duration::from_secs(30);

/// Sends requests to one server. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Endpoint {
    base: Url,
    client: reqwest::Client,
}

/// The endpoint cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum EndpointError {
    #[error("the address is not one that requests may go to: {0}")]
    Refused(#[from] Refusal),
    #[error(transparent)]
    SetUp(#[from] SetUpError),
    #[error("no client was possible")]
    Client(#[source] reqwest::Error),
}

impl Endpoint {
    /// The server at `base`, for example `https://s3.example.org` or `http://127.0.0.1:9000`. Because the settings name it, it may be
    /// in a private network and speak http; neighbours that hand out credentials are never asked. An answer whose body stands still
    /// for `patience` is given up.
    ///
    /// # Errors
    /// [`EndpointError`] for an address that requests may not go to, and when TLS cannot be set up.
    pub fn new(base: &Url, patience: Duration) -> Result<Self, EndpointError> {
        Self::with_resolver(base, patience, Arc::new(SystemResolver))
    }

    /// The same with another way to resolve names.
    ///
    /// # Errors
    /// As [`Endpoint::new`].
    #[allow(
        clippy::disallowed_methods,
        reason = "this crate is the one place that makes clients for outgoing requests"
    )]
    pub fn with_resolver(base: &Url, patience: Duration, resolver: Arc<dyn Resolve>) -> Result<Self, EndpointError> {
        let destination = Policy::public().allowing_server(base)?.check(base)?;
        if let Some(address) = destination.literal {
            destination.check(&[address])?;
        }
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls()?)
            .http1_only()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(patience)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .pool_idle_timeout(IDLE)
            .dns_resolver(Checked { destination, resolver })
            .build()
            .map_err(EndpointError::Client)?;
        Ok(Self { base: base.clone(), client })
    }

    /// Sends `request`, which must be for this server, and waits at most `patience` until the answer begins. What is followed is
    /// nothing: a redirect is an answer like any other.
    ///
    /// # Errors
    /// [`OutgoingError`] when the request is for another server or brought no answer.
    pub async fn send(
        &self,
        request: reqwest::Request,
        patience: Duration,
    ) -> Result<reqwest::Response, OutgoingError> {
        let url = request.url();
        let same = url.scheme() == self.base.scheme()
            && url.host() == self.base.host()
            && url.port_or_known_default() == self.base.port_or_known_default();
        if !same || !url.username().is_empty() || url.password().is_some() {
            tracing::warn!("a request for another server than its endpoint was refused");
            return Err(Refusal::OtherServer.into());
        }
        match tokio::time::timeout(patience, self.client.execute(request)).await {
            Ok(answer) => answer.map_err(transport),
            Err(_) => Err(OutgoingError::TimedOut),
        }
    }
}

/// Knows one name, and asks for it anew for each connection: a server may move, but only to where requests may go (T-121).
#[derive(Debug, Clone)]
struct Checked {
    destination: Destination,
    resolver: Arc<dyn Resolve>,
}

impl dns::Resolve for Checked {
    fn resolve(&self, name: dns::Name) -> dns::Resolving {
        let this = self.clone();
        Box::pin(async move {
            if name.as_str() != this.destination.host {
                return Err("another name than the one that was checked".into());
            }
            let found = this.resolver.resolve(&this.destination.host).await?;
            this.destination.check(&found)?;
            let port = this.destination.port;
            Ok(Box::new(found.into_iter().map(move |address| SocketAddr::new(address, port))) as dns::Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(base: &str) -> Result<Endpoint, EndpointError> {
        Endpoint::new(&base.parse().unwrap(), Duration::from_secs(1))
    }

    #[derive(Debug)]
    struct Names(&'static str);
    impl Resolve for Names {
        fn resolve<'a>(&'a self, _: &'a str) -> crate::Resolving<'a> {
            Box::pin(async { Ok(vec![self.0.parse().unwrap()]) })
        }
    }

    #[test]
    fn t_120_an_endpoint_may_be_private_and_never_a_neighbour_that_hands_out_credentials() {
        for fine in ["https://s3.example.org", "http://127.0.0.1:9000", "http://10.0.0.9", "http://[fd00::9]:9000"] {
            endpoint(fine).unwrap();
        }
        for bad in ["ftp://s3.example.org", "http://169.254.169.254", "http://u:p@10.0.0.9", "http://[fd00:ec2::254]"] {
            assert!(matches!(endpoint(bad), Err(EndpointError::Refused(_))), "{bad}");
        }
    }

    #[tokio::test]
    async fn t_121_nothing_leaves_for_another_server_or_for_an_address_that_may_not_be_asked() {
        let endpoint = endpoint("http://127.0.0.1:9").unwrap();
        for other in ["http://127.0.0.1:10/", "http://127.0.0.2:9/", "https://127.0.0.1:9/", "http://u@127.0.0.1:9/"] {
            let request = reqwest::Request::new(reqwest::Method::GET, other.parse().unwrap());
            let refused = endpoint.send(request, Duration::from_secs(1)).await;
            assert!(matches!(refused, Err(OutgoingError::Refused(Refusal::OtherServer))), "{other}");
        }
        let base = "http://s3.example.org:9".parse().unwrap();
        let moved = Endpoint::with_resolver(&base, Duration::from_secs(1), Arc::new(Names("169.254.169.254"))).unwrap();
        let request = reqwest::Request::new(reqwest::Method::GET, base);
        let error = moved.send(request, Duration::from_secs(1)).await.unwrap_err();
        assert!(format!("{error:?}").contains("Private"), "{error:?}");
    }
}
