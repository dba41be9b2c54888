//! Identity, spaces, files, workspaces and the log; the only owner of the database. Must not know Docker or terminals.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod account;
pub mod administration;
mod api_error;
pub mod app;
pub mod audit;
pub mod authz;
mod config;
pub mod content;
mod dav;
mod factors;
mod files;
mod frontend;
mod guard;
pub mod health;
mod internal;
pub mod keeping;
pub mod mail;
mod nextcloud;
mod openapi;
mod people;
mod providers;
mod request_id;
pub mod routes;
pub mod session;
mod spaces;
pub mod store;
mod tus;
mod uploads;
mod workspaces;

pub use api_error::{ApiError, ErrorBody, ErrorCode, ErrorDetail};
pub use app::Cloud;
pub use config::Config;
pub use guard::{Class, CorsOrigin, InvalidOrigin, RequestLimits};
pub use keeping::{KeepPolicy, VersionPolicy};
pub use openapi::document as openapi;
