//! The API of the cloud backend, tried on the real server with both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "tests fail by panicking")]

mod actors;
mod app;
mod authenticator;
mod client;
mod content_place;
mod database;
mod dav;
mod factors;
mod internal_client;

mod audit;
mod concurrency;
mod content;
mod envelope;
mod escalation;
mod files;
mod guard;
mod internal;
mod mail;
mod nextcloud;
mod passkeys;
mod people;
mod proofs;
mod providers;
mod refresh;
mod revocations;
mod route_table;
mod second_factor;
mod session;
mod setup;
mod spaces;
mod staying;
mod strangers;
mod tokens;
mod tus_client;
mod uploads;
mod workspaces;
