//! Files and folders over HTTP: what a node looks like, and one module for each thing that can be done with it.

pub(crate) mod children;
mod children_cursor;
pub(crate) mod copy;
pub(crate) mod create_folder;
mod cursor;
pub(crate) mod download;
pub(crate) mod favourites;
pub(crate) mod form;
pub(crate) mod known;
pub(crate) mod locks;
pub(crate) mod opened;
mod present;
pub(crate) mod restore;
pub(crate) mod show;
pub(crate) mod trash;
pub(crate) mod trash_bin;
pub(crate) mod update;
pub(crate) mod upload;
pub(crate) mod version_changes;
pub(crate) mod versions;
pub(crate) mod zip;

use present::Node;
