//! What both services that answer browsers ask of a request and say in every answer: whether our own page sent it, and the headers
//! that keep browsers careful. Must not know routes, people or settings' names.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod headers;
mod origin;

pub use origin::Origins;
