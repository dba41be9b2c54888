//! The IDE backend's settings from a data folder and the command line.

use carrel_ide_backend::{Config, Timing};
use carrel_service_auth::{Service, client::ServiceClient};

use crate::{cloud::service_secret, data_folder::DataFolder, settings::Serve};

pub(crate) fn config(folder: &DataFolder, options: &Serve) -> anyhow::Result<Config> {
    let secret = service_secret(folder)?;
    Ok(Config {
        public_origin: options.public_origin.clone(),
        trusted_origins: Vec::new(),
        cloud: ServiceClient::unix(folder.cloud_socket(), Service::Ide, Service::Cloud, &secret)?,
        runner: ServiceClient::unix(folder.runner_socket(), Service::Ide, Service::Runner, &secret)?,
        timing: Timing::default(),
    })
}
