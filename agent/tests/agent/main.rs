//! The real program as an ordinary process, spoken to as the runner does: over its socket, multiplexed, in frames.
#![allow(clippy::disallowed_methods, reason = "a test starts the agent and looks at it with the system's tools")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test fails by panicking and prints what it measured"
)]

mod commands;
mod connection;
mod files;
mod hydrate;
mod processes;
mod support;
mod terminal_flood;
mod terminals;
mod watch;
