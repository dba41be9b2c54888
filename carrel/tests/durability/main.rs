//! Content that was acknowledged is never lost: the program is killed at random moments, and its disk is filled to the last byte, while
//! people change their files; then everything is compared with what they were told, and `carrel fsck` and `carrel audit verify` look.
//!
//! One number repeats the order of what is done: `CARREL_CRASH_SEED`. `CARREL_CRASH_RUNS` says how often the program is killed; absent it
//! is 12, and 200 with `CARREL_TEST_LONG=1`. `crash` does the same to all of Carrel's processes, with sandboxes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::disallowed_methods, reason = "a test")]

mod checks;
mod disk;
mod full_disk;
mod kills;
mod ledger;
mod server;
mod worker;
