//! The log's bytes: canonical entries, hash chain, Merkle tree, signed checkpoints, proofs, exports and their verifier.
//! No clock, no network, no database and no randomness of its own; only `bundle::folder` and `bundle::verify_path` open
//! files. The page that fixes every byte is `docs/guides/audit-format.md`; `tests/vectors.rs` holds the code to it.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout))]

pub mod bundle;
pub mod checkpoint;
pub mod hash;
pub mod json;
pub mod key;
pub mod leaf;
pub mod note;
pub mod personal;
pub mod projection;
pub mod proof;
pub mod range;
pub mod replay;
pub mod timestamp;
pub mod tree;

pub use checkpoint::Checkpoint;
pub use hash::Hash;
pub use json::Json;
pub use key::VerifierKey;
pub use leaf::Leaf;
pub use note::SignedNote;
