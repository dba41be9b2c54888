//! Workspaces over HTTP: binding one to a folder, listing, opening, deleting. Knows rights and intents; must not know containers.

mod commands;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod list;
mod present;
mod sweeper;
pub(crate) mod ticket;

pub(crate) use commands::{grant_abandonment, grant_removal, grant_start, grant_stop};
pub(crate) use sweeper::{SILENCE, sweep};
