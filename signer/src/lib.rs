//! Holds the log's signing key and signs only heads that extend the last one.
//!
//! A very small process of its own: whoever controls the cloud backend or its database can add false new entries, but
//! cannot get a rewritten history signed. It knows origin, size and root; it must not know entries, users or a database.
//! The protocol is the one of a C2SP witness over a Unix socket: see the module `protocol`.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod client;
mod head;
mod key;
mod protocol;
mod server;

use std::path::PathBuf;

pub use server::{ServeError, serve};

/// The public half of the key that the signer of `state_dir` signs with, without asking it.
///
/// # Errors
/// When there is no key yet, it cannot be read, or `origin` is not a log's name.
pub fn installed_key(state_dir: &std::path::Path, origin: &str) -> std::io::Result<carrel_audit_log::VerifierKey> {
    let key = key::load(state_dir)?;
    carrel_audit_log::checkpoint::log_key(origin, key.verifying_key().as_bytes()).map_err(std::io::Error::other)
}

/// What the signer must be told.
#[derive(Debug, Clone)]
pub struct Config {
    /// The socket to listen on; its folder exists and belongs to this user alone.
    pub socket: PathBuf,
    /// Where key and head are kept; made when it is missing, mode 0700.
    pub state_dir: PathBuf,
    /// The log's name in its checkpoints, `<host>/audit/<epoch>`.
    pub origin: String,
}
