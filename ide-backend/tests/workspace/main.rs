//! Open workspaces end to end: the real cloud backend, the real runner with Docker, the real agent in its sandbox, and a
//! browser's requests and sockets. `CARREL_AGENT` names the static agent when it is not where `cargo xtask test` puts it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests say what went wrong by panicking")]
#![allow(clippy::disallowed_methods, reason = "tests end containers behind the runner's back")]

mod admission;
mod browser;
mod files;
mod lifecycle;
mod resilience;
mod route_table;
mod server;
mod socket;
mod synchronisation;
