//! What the cloud backend is told at its start. It reads no environment and no file by itself.

use std::path::PathBuf;

use ipnet::IpNet;

use crate::guard::{CorsOrigin, RequestLimits};

use crate::{keeping::KeepPolicy, mail::Mailer};

/// Settings of one instance.
#[derive(Debug, Clone)]
pub struct Config {
    /// Scheme, host and port under which browsers reach it, for example `https://cloud.example.org`; empty on loopback.
    pub public_origin: String,
    /// Proxies whose `X-Forwarded-For` counts.
    pub trusted_proxies: Vec<IpNet>,
    /// Other sites whose pages may call the API with a token.
    pub cors_origins: Vec<CorsOrigin>,
    /// Requests per minute and sender.
    pub request_limits: RequestLimits,
    /// Largest accepted upload in bytes.
    pub max_upload_bytes: u64,
    /// Bytes that a space may hold which has no quota of its own; none for as much as the disk takes.
    pub default_quota_bytes: Option<u64>,
    /// Nextcloud's clients are served.
    pub nextcloud: bool,
    /// For how long what nobody needs now is kept.
    pub keep: KeepPolicy,
    /// Name of the log in its checkpoints, for example `cloud.example.org/audit/1`.
    pub log_origin: String,
    /// Unix socket of the signer.
    pub signer_socket: Option<PathBuf>,
    /// Where browsers find the IDE backend, without a slash at the end.
    pub ide_base: String,
    /// Key identifier and audience of grants.
    pub runner_audience: String,
    /// Sends requests to other servers: what it may ask is decided by the settings.
    pub outgoing: carrel_outgoing::Outgoing,
    /// Limits of a sandbox.
    pub sandbox_limits: carrel_wire::runner::Limits,
    /// Where mail is handed to; none is sent without. Needs the public origin: links lead there.
    pub mailer: Option<Mailer>,
}

impl Config {
    /// Browsers reach it by https, so cookies can be tied to that.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_origin.starts_with("https://")
    }
}
