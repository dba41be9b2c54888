//! Groups: several people under one name.

use carrel_ids::{GroupId, UserId};
use uuid::Uuid;

use super::{
    Store, StoreError, Timestamp, Writer,
    connect::{execute, on_db},
    users::name_key,
};
use crate::authz::{ManageUsers, SystemAccess, Target};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct GroupRow {
    pub id: Uuid,
    pub name: String,
    pub name_key: String,
    pub members: i64,
    pub created_at: Timestamp,
}

/// A person in a group.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct MemberRow {
    pub id: Uuid,
    pub name: String,
    pub name_key: String,
    pub display_name: String,
}

impl Store {
    /// A page of groups by name, after the one with the key `after`.
    pub(crate) async fn groups(
        &self,
        _: &SystemAccess<ManageUsers>,
        pattern: &str,
        after: &str,
        limit: i64,
    ) -> Result<Vec<GroupRow>, StoreError> {
        Ok(on_db!(self, p => sqlx::query_as(
            "SELECT g.id, g.name, g.name_key, g.created_at, (SELECT COUNT(*) FROM group_members m WHERE m.group_id = g.id) AS members
             FROM groups g WHERE g.name_key LIKE $1 ESCAPE '\\' AND g.name_key > $2 ORDER BY g.name_key LIMIT $3"
        ).bind(pattern).bind(after).bind(limit).fetch_all(p).await)?)
    }

    /// A page of the people in a group, by name.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such group.
    pub(crate) async fn group_members(
        &self,
        _: &SystemAccess<ManageUsers>,
        group: GroupId,
        after: &str,
        limit: i64,
    ) -> Result<Vec<MemberRow>, StoreError> {
        let there: bool = on_db!(self, p => sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM groups WHERE id = $1)")
            .bind(group.uuid()).fetch_one(p).await)?;
        if !there {
            return Err(StoreError::NotFound);
        }
        Ok(on_db!(self, p => sqlx::query_as(
            "SELECT u.id, u.name, u.name_key, u.display_name FROM group_members m JOIN users u ON u.id = m.user_id
             WHERE m.group_id = $1 AND u.name_key > $2 ORDER BY u.name_key LIMIT $3"
        ).bind(group.uuid()).bind(after).bind(limit).fetch_all(p).await)?)
    }
}

fn taken(error: sqlx::Error) -> StoreError {
    match StoreError::from(error) {
        StoreError::Exists => StoreError::NameTaken,
        other => other,
    }
}

impl Writer<'_, SystemAccess<ManageUsers>> {
    /// # Errors
    /// [`StoreError::NameTaken`].
    pub async fn create_group(&mut self, name: &str) -> Result<GroupId, StoreError> {
        let id = GroupId::new();
        self.set_target(Target::Group(id));
        self.personal("name", name);
        let done = execute!(
            self.tx,
            "INSERT INTO groups (id, name, name_key, created_at) VALUES ($1, $2, $3, $4)",
            id.uuid(),
            name,
            name_key(name),
            self.now
        );
        done.map_err(taken)?;
        Ok(id)
    }

    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::NameTaken`].
    pub async fn rename_group(&mut self, group: GroupId, name: &str) -> Result<(), StoreError> {
        self.set_target(Target::Group(group));
        self.personal("name", name);
        let done = execute!(
            self.tx,
            "UPDATE groups SET name = $1, name_key = $2 WHERE id = $3",
            name,
            name_key(name),
            group.uuid()
        );
        if done.map_err(taken)? == 1 { Ok(()) } else { Err(StoreError::NotFound) }
    }

    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn delete_group(&mut self, group: GroupId) -> Result<(), StoreError> {
        self.set_target(Target::Group(group));
        let done = execute!(self.tx, "DELETE FROM groups WHERE id = $1", group.uuid())?;
        if done != 1 {
            return Err(StoreError::NotFound);
        }
        // Whoever got a right by being in it has it no more.
        self.note_revocation().await
    }

    /// # Errors
    /// [`StoreError::NotFound`] when there is no such group, or no such person.
    pub async fn add_to_group(&mut self, group: GroupId, user: UserId) -> Result<(), StoreError> {
        self.set_target(Target::Group(group));
        self.detail("user", user.to_string());
        self.lock_person(user).await?;
        let there = execute!(self.tx, "UPDATE groups SET name = name WHERE id = $1", group.uuid())?;
        if there != 1 {
            return Err(StoreError::NotFound);
        }
        execute!(
            self.tx,
            "INSERT INTO group_members (group_id, user_id, added_at) VALUES ($1, $2, $3) ON CONFLICT (group_id, user_id) DO NOTHING",
            group.uuid(),
            user.uuid(),
            self.now
        )?;
        Ok(())
    }

    /// # Errors
    /// [`StoreError::NotFound`] when they are not in it.
    pub async fn remove_from_group(&mut self, group: GroupId, user: UserId) -> Result<(), StoreError> {
        self.set_target(Target::Group(group));
        self.detail("user", user.to_string());
        let done = execute!(
            self.tx,
            "DELETE FROM group_members WHERE group_id = $1 AND user_id = $2",
            group.uuid(),
            user.uuid()
        )?;
        if done != 1 {
            return Err(StoreError::NotFound);
        }
        self.note_revocation().await
    }
}
