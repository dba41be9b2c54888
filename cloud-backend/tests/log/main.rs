//! The log in both databases with a real signer: sealed without gaps, signed, exported, verified; and each way of tampering named.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod export;
mod instance;
mod keeping;
mod tampering;
