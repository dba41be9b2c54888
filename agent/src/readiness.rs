//! Waiting until a file descriptor can be read or written, for the kinds that tokio has no type for.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::Arc;

use tokio::io::unix::AsyncFd;

/// What owns one file descriptor and never exchanges it for another.
pub(crate) trait Owner: AsRawFd {}
impl Owner for OwnedFd {}
impl Owner for Arc<OwnedFd> {}

/// Registers a descriptor that does not block.
pub(crate) fn register<T: Owner>(owner: T) -> io::Result<AsyncFd<T>> {
    #[allow(
        deprecated,
        reason = "its successor is unsafe code, which this program forbids; what it demands holds for every `Owner`"
    )]
    AsyncFd::new(owner)
}
