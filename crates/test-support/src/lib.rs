//! Starts the real servers that tests talk to: PostgreSQL, the `carrel` program, the Docker engine's socket, an S3 server.
//!
//! It must not know any service: a test passes the migration, the arguments and the expectations.
//! Errors here are failures of the machine, not of the code under test: each says what to install or start.

#![allow(clippy::disallowed_methods, reason = "starting servers is what this crate is for")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failure here is a failed test")]

pub mod docker;
pub mod faults;
pub mod mail;
pub mod person;
pub mod postgres;
pub mod process;
pub mod s3;
mod temp_data;
mod wait;

pub use temp_data::TempData;
pub use wait::{TimedOut, free_port, wait_until};
