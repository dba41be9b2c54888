//! Request signatures between services ([`request`]), the grants that a runner obeys ([`grant`]), and both ends of a
//! signed connection ([`client`], [`server`]). Knows no route, no message and no database.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod client;
pub mod grant;
pub mod request;
mod secret;
pub mod server;
mod service;

pub use ed25519_dalek::{SigningKey, VerifyingKey};
pub use secret::{InvalidSecret, ServiceSecret};
pub use service::Service;

/// Milliseconds since 1970 by this machine's clock.
#[must_use]
pub fn unix_ms() -> i64 {
    let now = time::OffsetDateTime::now_utc();
    now.unix_timestamp() * 1000 + i64::from(now.millisecond())
}
