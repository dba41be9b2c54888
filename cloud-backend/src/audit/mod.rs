//! The log: what can be written to it, how an entry's bytes are made, and how it is read and handed out.
//! Entries are inserted by `store`, in the transaction of the act; nothing here writes.

mod action;
pub mod entry;
pub mod export;
pub(crate) mod head;
mod keeper;
pub(crate) mod list;
mod log_name;
mod sealer;
mod verify;

pub use action::{Action, Class, Outcome};
pub use keeper::{LogKeeper, LogState};
pub use log_name::LogName;
pub use sealer::{SealError, Sealer};
pub use verify::verify_log;
