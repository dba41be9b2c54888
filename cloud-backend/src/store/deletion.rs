//! The end of an account: the row stays as a tombstone, because the log and the files name it; everything of the person goes, and
//! somebody takes over their spaces.

use carrel_audit_log::json::Json;
use carrel_ids::UserId;
use uuid::Uuid;

use super::{
    NoticeKind, StoreError, Writer,
    connect::{execute, on_tx},
};
use crate::authz::PersonAccess;

fn count(rows: u64) -> Json {
    Json::Integer(i64::try_from(rows).unwrap_or(i64::MAX))
}

impl Writer<'_, PersonAccess> {
    /// Deletes the account and gives its spaces to `heir`, all of it or nothing.
    ///
    /// # Errors
    /// [`StoreError::LastAdministrator`]; [`StoreError::NotFound`] when the person is gone already, or the heir is no active person.
    pub async fn delete_person(&mut self, heir: UserId) -> Result<(), StoreError> {
        let user = self.proof.user();
        // In the order of the identifiers, so that two deletions with each other's heir wait instead of failing.
        for person in [user.min(heir), user.max(heir)] {
            self.lock_person(person).await?;
        }
        let may_inherit: bool = on_tx!(self.tx, c => sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM users WHERE id = $1 AND id <> $2 AND state = 'active' AND kind = 'person')"
        ).bind(heir.uuid()).bind(user.uuid()).fetch_one(c).await)?;
        if !may_inherit {
            return Err(StoreError::NotFound);
        }
        let display_name: String = on_tx!(self.tx, c => sqlx::query_scalar("SELECT display_name FROM users WHERE id = $1")
            .bind(user.uuid()).fetch_one(c).await)?;
        self.bury(user).await?;
        self.detail("transfer_to", heir.to_string());
        self.personal("name", display_name.as_str());
        self.pass_spaces_on(user, heir, &display_name).await?;
        self.notify(heir, NoticeKind::FilesReceived).await?;
        self.remove_traces_of(user).await?;
        self.require_an_administrator().await?;
        self.end_everything_of(user, "deleted").await
    }

    /// The name is free for somebody else: no name that can be chosen looks like this one.
    async fn bury(&mut self, user: UserId) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "UPDATE users SET state = 'disabled', deleted_at = $1, name = $2, name_key = $2, display_name = 'Deleted', search_key = '',
                 email = NULL, password_hash = NULL, passkey_handle = NULL, factor_due_at = NULL, recovered_at = NULL
             WHERE id = $3",
            self.now,
            format!("deleted/{user}"),
            user.uuid()
        )?;
        Ok(())
    }

    async fn pass_spaces_on(&mut self, user: UserId, heir: UserId, display_name: &str) -> Result<(), StoreError> {
        let personal: Option<Uuid> = on_tx!(self.tx, c => sqlx::query_scalar(
            "SELECT id FROM spaces WHERE owner_id = $1 AND kind = 'personal'"
        ).bind(user.uuid()).fetch_optional(c).await)?;
        if let Some(space) = personal {
            execute!(
                self.tx,
                "UPDATE spaces SET kind = 'team', owner_id = NULL, name = $1 WHERE id = $2",
                format!("Files of {display_name}"),
                space
            )?;
            execute!(
                self.tx,
                "INSERT INTO space_members (space_id, user_id, role) VALUES ($1, $2, 'manager')
                 ON CONFLICT (space_id, user_id) DO UPDATE SET role = 'manager'",
                space,
                heir.uuid()
            )?;
        }
        // Whoever is disabled cannot manage anything. Groups do not count: a space has somebody who manages it by themselves.
        let inherited = execute!(
            self.tx,
            "INSERT INTO space_members (space_id, user_id, role)
             SELECT m.space_id, $2, 'manager' FROM space_members m WHERE m.user_id = $1 AND m.role = 'manager' AND NOT EXISTS
                 (SELECT 1 FROM space_members o JOIN users u ON u.id = o.user_id
                  WHERE o.space_id = m.space_id AND o.user_id <> $1 AND o.role = 'manager' AND u.state = 'active')
             ON CONFLICT (space_id, user_id) DO UPDATE SET role = 'manager'",
            user.uuid(),
            heir.uuid()
        )?;
        let left = execute!(self.tx, "DELETE FROM space_members WHERE user_id = $1", user.uuid())?;
        self.detail("personal_spaces", count(u64::from(personal.is_some())));
        self.detail("team_spaces", count(inherited));
        self.detail("memberships", count(left));
        Ok(())
    }

    async fn remove_traces_of(&mut self, user: UserId) -> Result<(), StoreError> {
        self.remove_factors_of(user).await?;
        let roles = execute!(self.tx, "DELETE FROM role_members WHERE user_id = $1", user.uuid())?;
        let groups = execute!(self.tx, "DELETE FROM group_members WHERE user_id = $1", user.uuid())?;
        let identities = execute!(self.tx, "DELETE FROM external_identities WHERE user_id = $1", user.uuid())?;
        execute!(self.tx, "DELETE FROM user_pictures WHERE user_id = $1", user.uuid())?;
        execute!(self.tx, "DELETE FROM notices WHERE user_id = $1", user.uuid())?;
        execute!(self.tx, "DELETE FROM account_resets WHERE user_id = $1", user.uuid())?;
        execute!(self.tx, "DELETE FROM favourites WHERE user_id = $1", user.uuid())?;
        execute!(self.tx, "DELETE FROM recents WHERE user_id = $1", user.uuid())?;
        execute!(self.tx, "UPDATE tokens SET label = '' WHERE user_id = $1", user.uuid())?;
        self.detail("roles", count(roles));
        self.detail("groups", count(groups));
        self.detail("identities", count(identities));
        Ok(())
    }
}
