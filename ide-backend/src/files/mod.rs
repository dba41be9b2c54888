//! The files of an open workspace as the editor sees them: those on the volume. The cloud follows by itself.

mod change;
mod failure;
mod read;
mod tree;
mod write;

use actix_web::web;
use carrel_wire::WorkspacePath;
use serde::Deserialize;

use crate::api_error::ApiError;

pub(crate) use change::{__path_make_folder, __path_remove, __path_rename, make_folder, remove, rename};
pub(crate) use read::{__path_read, read};
pub(crate) use tree::{__path_tree, tree};
pub(crate) use write::{__path_write, write};

/// `?path=`; the folder itself when it is missing.
#[derive(Debug, Deserialize)]
pub(crate) struct PathQuery {
    #[serde(default = "WorkspacePath::root")]
    path: WorkspacePath,
}

/// The path of something that is not the workspace's folder itself.
fn below_root(query: web::Query<PathQuery>) -> Result<WorkspacePath, ApiError> {
    not_root(query.into_inner().path)
}

fn not_root(path: WorkspacePath) -> Result<WorkspacePath, ApiError> {
    if path.is_root() {
        Err(ApiError::for_field("path", "path_invalid", "This cannot be done to the workspace's folder itself."))
    } else {
        Ok(path)
    }
}
