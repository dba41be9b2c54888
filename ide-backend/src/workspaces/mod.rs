//! Open workspaces: one task each, which starts, adopts, watches and stops its sandbox and runs its sync.
//! Decides no rights: the cloud grants each command, the runner checks the grant.

mod event;
mod fate;
mod pulse;
mod registry;
mod removal;
mod report;
mod right;
mod routes;
mod socket;
mod start;
mod stop;
mod task;
mod view;

pub(crate) use event::{Event, Progress, SyncPhase, SyncState};
pub(crate) use registry::{Services, Workspace, Workspaces};
pub(crate) use routes::{__path_start, __path_stop, start, stop};
pub(crate) use socket::{__path_events, events};
pub(crate) use view::View;
