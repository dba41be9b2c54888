//! Which addresses of the web may be asked at all, before any name is resolved: scheme, port, user name, literal addresses.

use std::{collections::HashSet, net::IpAddr};

use url::{Host, Url};

use crate::addresses::{Place, place};

/// Why a request is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the address is not one of the web")]
    NotAUrl,
    #[error("only https is used")]
    Scheme,
    #[error("the address holds a user name or a password")]
    UserInfo,
    #[error("the port is not one of the web's")]
    Port,
    #[error("the address is this installation's own")]
    Own,
    #[error("the address is not on the internet")]
    Private,
    #[error("the name cannot be resolved")]
    Unresolved,
    #[error("this client asks one server only")]
    OtherServer,
}

/// A text is not `host:port`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a host and a port, for example id.example.org:8443 or [fd00::1]:443")]
pub struct InvalidTarget(String);

/// What may be asked.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    allowed: HashSet<(String, u16)>,
    own: HashSet<String>,
}

/// Where a request goes, after the checks that need no name service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// As the request names it.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// The host is an address and not a name.
    pub(crate) literal: Option<IpAddr>,
    /// The settings name it: it may be in a private network.
    pub(crate) allowed: bool,
}

impl Policy {
    /// Only the internet, by https on port 443.
    #[must_use]
    pub fn public() -> Self {
        Self::default()
    }

    /// Besides, each `host:port` of `targets`, by https or http, in a private network or not.
    ///
    /// # Errors
    /// [`InvalidTarget`] for a text of another form.
    pub fn allowing<T: AsRef<str>>(mut self, targets: impl IntoIterator<Item = T>) -> Result<Self, InvalidTarget> {
        for target in targets {
            self.allowed.insert(parse_target(target.as_ref())?);
        }
        Ok(self)
    }

    /// Besides, the server of `base`.
    pub(crate) fn allowing_server(mut self, base: &Url) -> Result<Self, Refusal> {
        let host = base.host_str().ok_or(Refusal::NotAUrl)?;
        let port = base.port_or_known_default().ok_or(Refusal::Scheme)?;
        let bare = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.');
        self.allowed.insert((bare.to_owned(), port));
        Ok(self)
    }

    /// Never `host`, which is this installation itself; a target that was allowed by name is excepted.
    #[must_use]
    pub fn without(mut self, host: &str) -> Self {
        self.own.insert(host.trim_end_matches('.').to_ascii_lowercase());
        self
    }

    /// Checks what can be checked without asking a name service.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn check(&self, url: &Url) -> Result<Destination, Refusal> {
        let host = url.host().ok_or(Refusal::NotAUrl)?;
        // The parser has made 127.1, 0x7f000001 and the like into addresses: there is no second opinion here.
        let (literal, text) = match host {
            Host::Ipv4(v4) => (Some(IpAddr::V4(v4)), v4.to_string()),
            Host::Ipv6(v6) => (Some(IpAddr::V6(v6)), v6.to_string()),
            Host::Domain(name) => (None, name.to_owned()),
        };
        let bare = text.trim_end_matches('.').to_owned();
        if bare.is_empty() {
            return Err(Refusal::NotAUrl);
        }
        let port = url.port_or_known_default().ok_or(Refusal::Scheme)?;
        let allowed = self.allowed.contains(&(bare.clone(), port));
        match url.scheme() {
            "https" => {}
            "http" if allowed => {}
            _ => return Err(Refusal::Scheme),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::UserInfo);
        }
        if !allowed && port != 443 {
            return Err(Refusal::Port);
        }
        if !allowed && self.own.contains(&bare) {
            return Err(Refusal::Own);
        }
        let destination = Destination { host: text, port, literal, allowed };
        match literal {
            // Whoever wrote the address itself into the settings means it.
            Some(address) if !allowed && place(address) != Place::Public => Err(Refusal::Private),
            _ => Ok(destination),
        }
    }
}

impl Destination {
    /// Whether all the addresses of its name are where a request may go.
    pub(crate) fn check(&self, addresses: &[IpAddr]) -> Result<(), Refusal> {
        if addresses.is_empty() {
            return Err(Refusal::Unresolved);
        }
        let may = |address: &IpAddr| match place(*address) {
            Place::Public => true,
            Place::Private => self.allowed,
            Place::Never => false,
        };
        if addresses.iter().all(may) { Ok(()) } else { Err(Refusal::Private) }
    }
}

fn parse_target(text: &str) -> Result<(String, u16), InvalidTarget> {
    let invalid = || InvalidTarget(text.to_owned());
    let (host, port) = text.trim().rsplit_once(':').ok_or_else(invalid)?;
    let port: u16 = port.parse().map_err(|_| invalid())?;
    if host.contains(':') && !host.starts_with('[') {
        return Err(invalid());
    }
    // The parser of web addresses gives the host the form in which it will be compared.
    let url = Url::parse(&format!("https://{host}/")).map_err(|_| invalid())?;
    let plain = url.path() == "/" && url.port().is_none() && url.username().is_empty() && url.password().is_none();
    let host = match url.host() {
        Some(Host::Domain(name)) => name.trim_end_matches('.').to_owned(),
        Some(Host::Ipv4(v4)) => v4.to_string(),
        Some(Host::Ipv6(v6)) => v6.to_string(),
        None => return Err(invalid()),
    };
    if plain && port != 0 && !host.is_empty() { Ok((host, port)) } else { Err(invalid()) }
}
