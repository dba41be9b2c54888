//! Live state of open workspaces: terminals, open files, sync with the cloud. Owns no database, no passwords and no
//! containers: the cloud backend says who may do what, the runner does what the cloud has granted, the agent works inside.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod agent;
mod api_error;
mod app;
mod backoff;
mod cloud;
mod config;
mod files;
mod openapi;
mod request_id;
pub mod routes;
mod runner;
mod session;
mod socket;
mod sync;
mod tasks;
mod terminals;
mod workspaces;

pub use app::{IdeBackend, serve};
pub use config::{Config, Timing};
pub use openapi::openapi;
