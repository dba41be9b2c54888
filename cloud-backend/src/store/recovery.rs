//! Getting an account back: when that was, so that rights do not move through it for a while (T-14), and who reset what, so that one
//! person alone does not take over an account by resetting its password and its second factors (T-42). Whoever is on the machine
//! stands outside of both: they need no account.

use carrel_ids::UserId;
use time::Duration;

use super::{
    Store, StoreError, Timestamp, Writer,
    connect::{execute, on_db, on_tx},
};
use crate::authz::{PersonAccess, Proof, Role};

/// How long after one of the two somebody else has to do the other.
pub(super) const APART: Duration = Duration::hours(24);

/// What somebody else may reset of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reset {
    Password,
    Factors,
}

impl Reset {
    fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Factors => "factors",
        }
    }
    fn other(self) -> Self {
        match self {
            Self::Password => Self::Factors,
            Self::Factors => Self::Password,
        }
    }
}

impl Store {
    /// When the person got their account back last.
    pub(crate) async fn recovered_at(&self, user: UserId) -> Result<Option<Timestamp>, StoreError> {
        let found: Option<Option<Timestamp>> = on_db!(self, p => sqlx::query_scalar("SELECT recovered_at FROM users WHERE id = $1")
            .bind(user.uuid()).fetch_optional(p).await)?;
        Ok(found.flatten())
    }
}

impl<P: Proof> Writer<'_, P> {
    /// The account was got back by something else than what its person signs in with.
    pub(super) async fn note_recovered(&mut self, user: UserId) -> Result<(), StoreError> {
        execute!(self.tx, "UPDATE users SET recovered_at = $1 WHERE id = $2", self.now, user.uuid())?;
        Ok(())
    }
}

impl Writer<'_, PersonAccess> {
    /// Whoever acts resets one half of what protects the account. Where there is no other administrator, one does both: the person
    /// is told of each.
    ///
    /// # Errors
    /// [`StoreError::SecondPersonNeeded`] when they reset the other half less than a day ago, and there is somebody else.
    pub(super) async fn note_reset(&mut self, reset: Reset) -> Result<(), StoreError> {
        let (user, by) = (self.proof.user(), self.acting_user().ok_or(StoreError::NotFound)?);
        // Both halves at once wait for each other here.
        self.lock_person(user).await?;
        // Whoever came into being a short while ago counts as everybody: they may have been made for this.
        let did_the_other: bool = on_tx!(self.tx, c => sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM account_resets WHERE user_id = $1 AND kind = $2 AND reset_at > $4
                 AND (reset_by = $3 OR EXISTS (SELECT 1 FROM users WHERE id = $3 AND created_at > $4)))"
        ).bind(user.uuid()).bind(reset.other().as_str()).bind(by.uuid()).bind(self.now.minus(APART)).fetch_one(c).await)?;
        if did_the_other && self.has_another_administrator(user, by).await? {
            return Err(StoreError::SecondPersonNeeded);
        }
        execute!(
            self.tx,
            "INSERT INTO account_resets (user_id, kind, reset_by, reset_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (user_id, kind, reset_by) DO UPDATE SET reset_at = excluded.reset_at",
            user.uuid(),
            reset.as_str(),
            by.uuid(),
            self.now
        )?;
        Ok(())
    }

    async fn has_another_administrator(&mut self, user: UserId, by: UserId) -> Result<bool, StoreError> {
        Ok(on_tx!(self.tx, c => sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM role_members m JOIN users u ON u.id = m.user_id
             WHERE m.role_id = $1 AND m.expires_at IS NULL AND u.state = 'active' AND u.kind = 'person' AND u.id <> $2 AND u.id <> $3)"
        ).bind(Role::Administrator.id().uuid()).bind(user.uuid()).bind(by.uuid()).fetch_one(c).await)?)
    }
}
