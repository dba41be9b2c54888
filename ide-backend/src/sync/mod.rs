//! Keeps a sandbox's volume and its folder in the cloud the same. Belongs to the sandbox: it goes on without browsers.
//! Nothing that only one side has is ever overwritten or removed.

mod act;
mod debounce;
mod decide;
#[cfg(test)]
mod decide_tests;
mod engine;
mod folder;
#[cfg(test)]
mod folder_tests;
mod hydrate;
mod job;
mod local;
mod open;
mod outcome;
mod queue;
mod remote;
mod rules;
mod status;

use tokio::sync::{mpsc, oneshot};

pub(crate) use engine::Engine;
pub(crate) use open::{Opening, open};

/// Why the sync of a sandbox stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SyncEnd {
    /// The sandbox cannot be reached, at least for now.
    AgentGone(String),
    /// The folder or the right to it is gone, or the cloud does not want the sandbox any more.
    FolderGone,
    /// The cloud is away, and without it nothing can begin.
    CloudAway(String),
    /// The volume has no room for the folder.
    VolumeFull(String),
    /// Something that another attempt may or may not cure.
    Failed(String),
    /// Whoever asked for it no longer does.
    Dropped,
}

/// Asks the sync to bring everything to the cloud now; answered with the number of paths that remain.
pub(crate) type Flush = oneshot::Sender<usize>;
pub(crate) type Flushes = mpsc::Receiver<Flush>;
