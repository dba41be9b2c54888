//! Links by which somebody sets a new password. Only the SHA-256 of a link's secret is stored.

use carrel_ids::UserId;
use time::Duration;
use uuid::Uuid;

use super::{
    NoticeKind, Store, StoreError, Timestamp, Writer,
    connect::{execute, on_db, on_tx},
    recovery::Reset,
};
use crate::authz::{LinkHolder, ManageUsers, PersonAccess, Proof, SystemAccess, Target};

impl Store {
    /// Name and display name of whoever the valid link is for.
    pub(crate) async fn password_reset_subject(
        &self,
        link_hash: &[u8; 32],
    ) -> Result<Option<(String, String)>, StoreError> {
        Ok(on_db!(self, p => sqlx::query_as(
            "SELECT u.name, u.display_name FROM password_resets l JOIN users u ON u.id = l.user_id
             WHERE l.token_hash = $1 AND l.expires_at > $2 AND u.state = 'active' AND u.kind = 'person'"
        ).bind(link_hash.as_slice()).bind(Timestamp::now()).fetch_optional(p).await)?)
    }
}

impl<P: Proof> Writer<'_, P> {
    async fn insert_password_reset(
        &mut self,
        user: UserId,
        (link_hash, first): (&[u8; 32], bool),
        valid: Duration,
    ) -> Result<Timestamp, StoreError> {
        let until = self.now.plus(valid);
        let by = self.acting_user();
        // The one before is worthless.
        execute!(self.tx, "DELETE FROM password_resets WHERE user_id = $1", user.uuid())?;
        execute!(
            self.tx,
            "INSERT INTO password_resets (token_hash, user_id, created_at, created_by, expires_at, first_link)
             VALUES ($1, $2, $3, $4, $5, $6)",
            link_hash.as_slice(),
            user.uuid(),
            self.now,
            by.map(UserId::uuid),
            until,
            first
        )?;
        Ok(until)
    }
}

impl Writer<'_, SystemAccess<ManageUsers>> {
    /// The link for somebody who was made in this transaction.
    pub async fn link_new_person(
        &mut self,
        user: UserId,
        link_hash: &[u8; 32],
        valid: Duration,
    ) -> Result<(), StoreError> {
        self.insert_password_reset(user, (link_hash, true), valid).await.map(|_| ())
    }
}

impl Writer<'_, PersonAccess> {
    /// A link for setting a new password; when it ends.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it is no active person; [`StoreError::SecondPersonNeeded`] when whoever acts reset the person's
    /// second factors a short while ago.
    pub async fn create_password_reset(
        &mut self,
        link_hash: &[u8; 32],
        valid: Duration,
    ) -> Result<Timestamp, StoreError> {
        let user = self.proof.user();
        let there = execute!(
            self.tx,
            "UPDATE users SET state = state WHERE id = $1 AND state = 'active' AND kind = 'person'",
            user.uuid()
        )?;
        if there != 1 {
            return Err(StoreError::NotFound);
        }
        self.note_reset(Reset::Password).await?;
        self.insert_password_reset(user, (link_hash, false), valid).await
    }
}

impl Writer<'_, LinkHolder> {
    /// Uses the link up, sets the password and ends the person's sessions. Second factors stay.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the link is unknown, expired or used, when the person is not active, or when whoever made the
    /// link could not make it now: they are gone, or the person has a right by now that they do not have (T-42).
    pub async fn use_password_reset(
        &mut self,
        link_hash: &[u8; 32],
        password_hash: &str,
    ) -> Result<UserId, StoreError> {
        let link: Option<(Uuid, Option<Uuid>, bool)> = on_tx!(self.tx, c => sqlx::query_as(
            "DELETE FROM password_resets WHERE token_hash = $1 AND expires_at > $2 RETURNING user_id, created_by, first_link"
        ).bind(link_hash.as_slice()).bind(self.now).fetch_optional(c).await)?;
        let (user, by, first) = link.ok_or(StoreError::NotFound)?;
        let (user, by) = (UserId::from(user), by.map(UserId::from));
        self.set_target(Target::User(user));
        let done = execute!(
            self.tx,
            "UPDATE users SET password_hash = $1 WHERE id = $2 AND state = 'active' AND kind = 'person'",
            password_hash,
            user.uuid()
        )?;
        if done != 1 {
            return Err(StoreError::NotFound);
        }
        if let Some(by) = by {
            self.detail("made_by", by.to_string());
            let theirs = self.rights_of(user).await?.permissions;
            if !self.is_active(by).await? || !self.rights_of(by).await?.permissions.contain_all(theirs) {
                return Err(StoreError::NotFound);
            }
        }
        if !first {
            self.note_recovered(user).await?;
        }
        self.end_sessions_of(user, None, "password_reset").await?;
        self.notify(user, NoticeKind::PasswordChanged).await?;
        Ok(user)
    }

    pub(super) async fn is_active(&mut self, user: UserId) -> Result<bool, StoreError> {
        Ok(
            on_tx!(self.tx, c => sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM users WHERE id = $1 AND state = 'active')")
            .bind(user.uuid()).fetch_one(c).await)?,
        )
    }
}
