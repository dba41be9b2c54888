//! What a command needs on this machine, and how it gets there.

pub(crate) mod docker;
pub(crate) mod node;
pub(crate) mod packages;
pub(crate) mod rclone;
