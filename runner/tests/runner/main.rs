//! A real runner with a real Docker engine and the real agent. Needs root, Docker, the workspace image and the static agent
//! (`cargo xtask test` prepares them); what is missing fails the tests with what to do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, clippy::print_stderr)]

mod agent;
mod docker_absent;
mod grants;
mod host;
mod image;
mod isolation;
mod lifecycle;
mod limits;
mod orphans;
mod restart;
mod streams;
