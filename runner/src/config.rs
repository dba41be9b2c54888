//! What a runner is started with. The program that starts it reads the environment and the files.

use std::{collections::BTreeMap, path::PathBuf};

use carrel_service_auth::{ServiceSecret, VerifyingKey};
use carrel_wire::runner::Limits;

/// Settings of one runner.
#[derive(Debug, Clone)]
pub struct Config {
    /// Volumes, mounts, agents' sockets and used grants; made with mode 0700. One runner at a time may use it.
    pub state_dir: PathBuf,
    /// The Unix socket on which the API listens; made with mode 0600.
    pub socket: PathBuf,
    pub service_secret: ServiceSecret,
    /// The cloud backend's public keys by their ids.
    pub grant_keys: BTreeMap<String, VerifyingKey>,
    /// The `aud` of grants for this runner: `runner/<id>`.
    pub audience: String,
    /// The static agent on this machine.
    pub agent_binary: PathBuf,
    /// The workspace image, usually [`crate::image::reference`].
    pub image: String,
    /// Docker's socket, usually `/var/run/docker.sock`.
    pub docker_socket: PathBuf,
    /// The most that one sandbox may be granted.
    pub ceiling: Limits,
}
