//! Outgoing mail: what it says, and how it leaves the outbox. Owns no rows; must not know who may be told what.

mod letter;
mod letterhead;
mod mailer;
mod notices;
mod sender;

pub use letter::Letter;
pub use letterhead::Letterhead;
pub(crate) use letterhead::NoticeFacts;
pub use mailer::{MailError, Mailer, MailerError};
pub use sender::deliver_due;

pub(crate) use sender::run;
