//! Containers and their volumes; the only holder of docker.sock. It carries out plans that the cloud backend granted and
//! connects the IDE backend to the agents inside the sandboxes. It must not know users, roles, files or the database.
//!
//! Start with [`Config`] and [`serve`]; [`image`] builds the image that sandboxes run.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod agent_link;
mod app;
mod command;
mod config;
mod container;
mod health;
pub mod image;
mod profile;
mod reaper;
mod refusal;
mod registry;
mod routes;
mod sandbox;
mod used_grants;
mod volume;

pub use app::{ServeError, serve};
pub use config::Config;
