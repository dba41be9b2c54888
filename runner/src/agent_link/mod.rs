//! The connection to the agent of one sandbox: a Unix socket that the agent dials, in a folder that is mounted read-only
//! into this one sandbox. Streams are opened by the runner only. Whoever is at the other end has the rights of the
//! sandbox and no others, so nothing that arrives is trusted.

mod hello;
mod listener;
mod multiplexer;
mod socket;
mod tunnel;

pub(crate) use listener::{AgentLink, remove_folder};
pub(crate) use multiplexer::{AgentStream, LinkError};
pub(crate) use socket::{bind, socket_path_fits};
pub(crate) use tunnel::copy;
