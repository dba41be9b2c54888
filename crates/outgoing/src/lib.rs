//! Requests that Carrel sends to other servers: providers of identities, and whatever a person's address leads to. The only place
//! that makes a client for them (T-120). It must not know what a request is for.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod addresses;
mod client;
mod endpoint;
mod policy;
mod resolve;

pub use client::{Outgoing, OutgoingError, SetUpError};
pub use endpoint::{Endpoint, EndpointError};
pub use policy::{Destination, InvalidTarget, Policy, Refusal};
pub use resolve::{Resolve, Resolving, SystemResolver};
