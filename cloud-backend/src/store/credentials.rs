//! Passwords of people, as hashes.

use carrel_ids::UserId;

use super::{NoticeKind, StoreError, Writer, connect::execute};
use crate::authz::{Confirmed, SystemTask};

impl Writer<'_, Confirmed> {
    /// Sets another password and ends the person's other sessions.
    pub async fn change_password(&mut self, hash: &str) -> Result<(), StoreError> {
        let (user, this) = (self.proof.user(), self.proof.session());
        execute!(self.tx, "UPDATE users SET password_hash = $1 WHERE id = $2", hash, user.uuid())?;
        self.end_sessions_of(user, Some(this), "password_changed").await?;
        self.notify(user, NoticeKind::PasswordChanged).await
    }
}

impl Writer<'_, SystemTask> {
    /// The password is worth nothing from here on; the person needs a new one.
    pub async fn disable_password(&mut self, user: UserId) -> Result<(), StoreError> {
        execute!(self.tx, "UPDATE users SET password_hash = NULL WHERE id = $1", user.uuid())?;
        self.notify(user, NoticeKind::PasswordDisabled).await
    }
}
