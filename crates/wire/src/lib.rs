//! The messages that two services exchange: cloud ⇄ IDE (`internal`), IDE ⇄ runner (`runner`), IDE ⇄ agent (`agent`)
//! and the frames in which the last of them travel (`frame`). Shapes only: no rules, and no I/O but the codec of the
//! frames (`frame_io`, behind the feature `tokio`).

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod agent;
pub mod frame;
#[cfg(feature = "tokio")]
pub mod frame_io;
pub mod internal;
pub mod runner;
pub mod workspace_path;

pub use workspace_path::{InvalidPath, WorkspacePath};
