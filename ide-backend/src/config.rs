//! What the program tells this service at its start. Nothing here is read from the environment.

use std::time::Duration;

use carrel_service_auth::client::ServiceClient;

/// Settings of the IDE backend.
#[derive(Debug)]
pub struct Config {
    /// The origin under which browsers load the application, for example `https://carrel.example`; empty on loopback.
    pub public_origin: String,
    /// Further origins that browsers may come from, for example behind a proxy with a second name.
    pub trusted_origins: Vec<String>,
    /// Signed calls to the cloud backend's internal API.
    pub cloud: ServiceClient,
    /// Signed calls to the runner.
    pub runner: ServiceClient,
    pub timing: Timing,
}

/// How long things may take and how often they are done. Tests shorten some of them.
#[derive(Debug, Clone, Copy)]
pub struct Timing {
    /// Between two renewals of a session at the cloud backend.
    pub renew_every: Duration,
    /// How long sessions outlive an unreachable cloud backend.
    pub cloud_grace: Duration,
    /// Between two questions to the cloud whether the folder changed.
    pub poll_every: Duration,
    /// A changed file is pushed once it was left alone this long …
    pub quiet: Duration,
    /// … or this long after its first change, whichever comes first.
    pub max_wait: Duration,
    /// A sandbox without browsers and without work is stopped after this long.
    pub idle_stop: Duration,
    /// Between two questions to the cloud whether a volume is to go.
    pub remove_every: Duration,
    /// Between two pings on a browser's socket; twice as long without an answer ends it.
    pub ping_every: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            renew_every: Duration::from_secs(15),
            cloud_grace: Duration::from_secs(60),
            poll_every: Duration::from_secs(1),
            quiet: Duration::from_millis(250),
            max_wait: Duration::from_millis(1000),
            idle_stop: Duration::from_secs(30 * 60),
            remove_every: Duration::from_secs(10),
            ping_every: Duration::from_secs(25),
        }
    }
}
