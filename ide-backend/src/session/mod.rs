//! Who may use a workspace through this service: a browser that redeemed a ticket, for as long as the cloud backend
//! says so. Knows no passwords and no rules of access; the cloud's answers decide.

mod admission;
mod admitted;
mod cookie;
mod live;
mod origin;
mod registry;
mod renewal;
mod revocations;

pub(crate) use admission::{__path_redeem, redeem};
pub(crate) use admitted::Admitted;
pub(crate) use live::{Ended, SocketSlot};
#[cfg(test)]
pub(crate) use live::{LiveSession, example};
pub(crate) use origin::guard;
pub(crate) use registry::Sessions;
pub(crate) use revocations::Revocations;
