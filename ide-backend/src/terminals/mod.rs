//! Terminals of a workspace for browsers. The shells belong to the agent; here are only the ways to them.

mod routes;
mod socket;

pub(crate) use routes::{__path_close, __path_list, __path_open, close, list, open};
pub(crate) use socket::{__path_attach, attach};
