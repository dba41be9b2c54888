//! The workspace's files and folders, reached only through handles below its root: a link that was planted inside leads
//! nowhere, and a pipe where a file is expected blocks nobody.

pub(crate) mod beneath;
pub(crate) mod expect;
pub(crate) mod hydrate;
pub(crate) mod list;
pub(crate) mod mutate;
pub(crate) mod pending;
pub(crate) mod read;
pub(crate) mod remove_tree;
pub(crate) mod scan;
pub(crate) mod write;
