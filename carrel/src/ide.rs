//! The IDE backend's settings from a data folder and the command line.

use carrel_ide_backend::{Config, Timing};
use carrel_service_auth::{Service, client::ServiceClient};

use crate::{cloud::service_secret, data_folder::DataFolder, settings::Serve};

/// `origin` is where browsers load the application from.
pub(crate) fn config(folder: &DataFolder, options: &Serve, origin: &str) -> anyhow::Result<Config> {
    let secret = service_secret(folder)?;
    Ok(Config {
        public_origin: origin.to_owned(),
        trusted_origins: loopback_names(options, origin),
        cloud: ServiceClient::unix(folder.cloud_socket(), Service::Ide, Service::Cloud, &secret)?,
        runner: ServiceClient::unix(folder.runner_socket(), Service::Ide, Service::Runner, &secret)?,
        timing: Timing::default(),
    })
}

/// On loopback the same page can be reached by two names.
fn loopback_names(options: &Serve, origin: &str) -> Vec<String> {
    match origin.strip_prefix("http://127.0.0.1:") {
        Some(port) if options.public_origin.is_empty() => vec![format!("http://localhost:{port}")],
        _ => Vec::new(),
    }
}
