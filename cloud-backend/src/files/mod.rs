//! Files and folders over HTTP: what a node looks like, and one module for each thing that can be done with it.

pub(crate) mod children;
pub(crate) mod create_folder;
pub(crate) mod download;
pub(crate) mod form;
pub(crate) mod known;
mod present;
pub(crate) mod restore;
pub(crate) mod show;
pub(crate) mod trash;
pub(crate) mod update;
pub(crate) mod upload;
pub(crate) mod versions;
pub(crate) mod zip;

use present::Node;
