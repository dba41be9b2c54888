//! Who is in a space: people and groups, each with a role.

use carrel_ids::{GroupId, UserId};
use uuid::Uuid;

use super::{
    Store, StoreError, Writer,
    connect::{execute, on_db, on_tx},
};
use crate::authz::{Manage, SeeMembers, SharingAccess, SpaceAccess, SpaceRole};

/// How many members a list shows; whoever needs more puts people into groups.
const MOST: i64 = 1000;

/// A person or a group in a space.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SpaceMemberRow {
    pub is_group: bool,
    pub id: Uuid,
    pub name: String,
    /// Absent for groups.
    pub display_name: Option<String>,
    pub role: String,
    /// An active person who manages the space by themselves.
    pub manages: bool,
}

/// A person or a group that can be let into a space.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CandidateRow {
    pub id: Uuid,
    pub name: String,
    /// Absent for groups.
    pub display_name: Option<String>,
}

impl Store {
    /// Groups, then people, by name; up to 1000.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn space_members(&self, access: &SpaceAccess<SeeMembers>) -> Result<Vec<SpaceMemberRow>, StoreError> {
        Ok(on_db!(self, p => sqlx::query_as(
            "SELECT is_group, id, name, display_name, role, manages FROM (
                 SELECT (1 = 1) AS is_group, g.id, g.name, g.name_key, CAST(NULL AS TEXT) AS display_name, s.role, (1 = 0) AS manages
                 FROM space_groups s JOIN groups g ON g.id = s.group_id WHERE s.space_id = $1
                 UNION ALL
                 SELECT (1 = 0), u.id, u.name, u.name_key, u.display_name, m.role, (m.role = 'manager' AND u.state = 'active')
                 FROM space_members m JOIN users u ON u.id = m.user_id WHERE m.space_id = $1) AS members
             ORDER BY is_group DESC, name_key LIMIT $2"
        ).bind(access.space_id().uuid()).bind(MOST).fetch_all(p).await)?)
    }

    /// Active people whose name or display name holds the text of `pattern`. T-02: an address of mail is nothing to be found by.
    pub(crate) async fn find_people(
        &self,
        _: &SharingAccess,
        pattern: &str,
        limit: i64,
    ) -> Result<Vec<CandidateRow>, StoreError> {
        // The search key ends with the address.
        Ok(on_db!(self, p => sqlx::query_as(
            "SELECT u.id, u.name, u.display_name FROM users u
             WHERE u.kind = 'person' AND u.state = 'active' AND u.deleted_at IS NULL
                 AND SUBSTR(u.search_key, 1, LENGTH(u.search_key) - LENGTH(COALESCE(u.email, ''))) LIKE $1 ESCAPE '\\'
             ORDER BY u.name_key LIMIT $2"
        ).bind(pattern).bind(limit).fetch_all(p).await)?)
    }

    /// Groups whose name holds the text of `pattern`.
    pub(crate) async fn find_groups(
        &self,
        _: &SharingAccess,
        pattern: &str,
        limit: i64,
    ) -> Result<Vec<CandidateRow>, StoreError> {
        Ok(on_db!(self, p => sqlx::query_as(
            "SELECT g.id, g.name, CAST(NULL AS TEXT) AS display_name FROM groups g WHERE g.name_key LIKE $1 ESCAPE '\\' ORDER BY g.name_key LIMIT $2"
        ).bind(pattern).bind(limit).fetch_all(p).await)?)
    }
}

impl Writer<'_, SpaceAccess<Manage>> {
    /// Lets a person in, or gives them another role.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such active person; [`StoreError::LastManager`]; [`StoreError::PersonalSpace`].
    pub async fn set_space_user(&mut self, user: UserId, role: SpaceRole) -> Result<(), StoreError> {
        self.lock_person(user).await?;
        self.require_team().await?;
        self.require_active(user).await?;
        self.detail("user", user.to_string());
        self.detail("role", role.as_str());
        let before = self.role_of_user(user).await?;
        self.upsert_user(user, role).await?;
        self.user_lowered(before, Some(role)).await
    }

    /// # Errors
    /// [`StoreError::NotFound`] when they are not in it by themselves; [`StoreError::LastManager`]; [`StoreError::PersonalSpace`].
    pub async fn remove_space_user(&mut self, user: UserId) -> Result<(), StoreError> {
        self.require_team().await?;
        self.detail("user", user.to_string());
        let before = self.role_of_user(user).await?.ok_or(StoreError::NotFound)?;
        self.detail("before", before.as_str());
        execute!(
            self.tx,
            "DELETE FROM space_members WHERE space_id = $1 AND user_id = $2",
            self.proof.space_id().uuid(),
            user.uuid()
        )?;
        self.user_lowered(Some(before), None).await
    }

    /// Lets a group in, or gives it another role.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such group; [`StoreError::PersonalSpace`].
    pub async fn set_space_group(&mut self, group: GroupId, role: SpaceRole) -> Result<(), StoreError> {
        self.require_team().await?;
        self.detail("group", group.to_string());
        self.detail("role", role.as_str());
        let there = execute!(self.tx, "UPDATE groups SET name = name WHERE id = $1", group.uuid())?;
        if there != 1 {
            return Err(StoreError::NotFound);
        }
        let before = self.role_of_group(group).await?;
        execute!(
            self.tx,
            "INSERT INTO space_groups (space_id, group_id, role) VALUES ($1, $2, $3) ON CONFLICT (space_id, group_id) DO UPDATE SET role = $3",
            self.proof.space_id().uuid(),
            group.uuid(),
            role.as_str()
        )?;
        self.note_before(before);
        if before > Some(role) { self.note_revocation().await } else { Ok(()) }
    }

    /// # Errors
    /// [`StoreError::NotFound`] when it is not in it; [`StoreError::PersonalSpace`].
    pub async fn remove_space_group(&mut self, group: GroupId) -> Result<(), StoreError> {
        self.require_team().await?;
        self.detail("group", group.to_string());
        let before = self.role_of_group(group).await?;
        self.note_before(Some(before.ok_or(StoreError::NotFound)?));
        execute!(
            self.tx,
            "DELETE FROM space_groups WHERE space_id = $1 AND group_id = $2",
            self.proof.space_id().uuid(),
            group.uuid()
        )?;
        self.note_revocation().await
    }

    /// Makes `user` a manager in the place of whoever acts, who stays as editor.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such active person; [`StoreError::PersonalSpace`].
    pub async fn transfer_space(&mut self, user: UserId) -> Result<(), StoreError> {
        self.lock_person(user).await?;
        self.require_team().await?;
        self.require_active(user).await?;
        self.detail("user", user.to_string());
        self.upsert_user(user, SpaceRole::Manager).await?;
        self.upsert_user(self.proof.user(), SpaceRole::Editor).await?;
        self.note_revocation().await
    }

    async fn require_active(&mut self, user: UserId) -> Result<(), StoreError> {
        let active: bool = on_tx!(self.tx, c => sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM users WHERE id = $1 AND state = 'active' AND kind = 'person' AND deleted_at IS NULL)"
        ).bind(user.uuid()).fetch_one(c).await)?;
        if active { Ok(()) } else { Err(StoreError::NotFound) }
    }

    async fn role_of_user(&mut self, user: UserId) -> Result<Option<SpaceRole>, StoreError> {
        let role: Option<String> = on_tx!(self.tx, c => sqlx::query_scalar("SELECT role FROM space_members WHERE space_id = $1 AND user_id = $2")
            .bind(self.proof.space_id().uuid()).bind(user.uuid()).fetch_optional(c).await)?;
        Ok(role.as_deref().and_then(SpaceRole::from_text))
    }

    async fn role_of_group(&mut self, group: GroupId) -> Result<Option<SpaceRole>, StoreError> {
        let role: Option<String> = on_tx!(self.tx, c => sqlx::query_scalar("SELECT role FROM space_groups WHERE space_id = $1 AND group_id = $2")
            .bind(self.proof.space_id().uuid()).bind(group.uuid()).fetch_optional(c).await)?;
        Ok(role.as_deref().and_then(SpaceRole::from_text))
    }

    async fn upsert_user(&mut self, user: UserId, role: SpaceRole) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "INSERT INTO space_members (space_id, user_id, role) VALUES ($1, $2, $3) ON CONFLICT (space_id, user_id) DO UPDATE SET role = $3",
            self.proof.space_id().uuid(),
            user.uuid(),
            role.as_str()
        )?;
        Ok(())
    }

    fn note_before(&mut self, before: Option<SpaceRole>) {
        if let Some(before) = before {
            self.detail("before", before.as_str());
        }
    }

    /// What follows from another role of a person: a manager must be left, and what they hold open is looked at anew.
    async fn user_lowered(&mut self, before: Option<SpaceRole>, after: Option<SpaceRole>) -> Result<(), StoreError> {
        if before.is_some() && after.is_some() {
            self.note_before(before);
        }
        if before <= after {
            return Ok(());
        }
        if before == Some(SpaceRole::Manager) {
            self.require_a_manager().await?;
        }
        self.note_revocation().await
    }

    /// An active person must be left who manages the space by themselves: groups are changed by others, who do not look at spaces.
    async fn require_a_manager(&mut self) -> Result<(), StoreError> {
        let left: bool = on_tx!(self.tx, c => sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM space_members m JOIN users u ON u.id = m.user_id
                            WHERE m.space_id = $1 AND m.role = 'manager' AND u.state = 'active')"
        ).bind(self.proof.space_id().uuid()).fetch_one(c).await)?;
        if left { Ok(()) } else { Err(StoreError::LastManager) }
    }
}
