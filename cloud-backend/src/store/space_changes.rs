//! Making spaces, and what a manager changes in one that is not about its members.

use carrel_ids::{NodeId, SpaceId, UserId};

use super::{
    StoreError, Writer,
    connect::{execute, on_tx},
    files::FOLDER,
};
use crate::authz::{Manage, SharingAccess, SpaceAccess, SpaceRole, Target};

/// What is to be another thing than before; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct SpaceChange {
    pub name: Option<String>,
    pub description: Option<String>,
    /// Versions of a file that are kept; `Some(None)` for what the instance says.
    pub keep_versions: Option<Option<i64>>,
    /// Days that the trash is kept.
    pub keep_trash_days: Option<Option<i64>>,
}

/// A space that is about to be.
pub(super) struct NewSpace<'a> {
    pub(super) name: &'a str,
    pub(super) description: &'a str,
    /// Whose personal space it is; none for a team's.
    pub(super) owner: Option<UserId>,
    pub(super) manager: UserId,
}

impl<P> Writer<'_, P> {
    /// Makes a space with an empty folder at its top and one manager.
    pub(super) async fn insert_space(&mut self, new: NewSpace<'_>) -> Result<SpaceId, StoreError> {
        let (space, root) = (SpaceId::new(), NodeId::new());
        execute!(
            self.tx,
            "INSERT INTO spaces (id, kind, name, description, owner_id, root_id, change, created_at) VALUES ($1, $2, $3, $4, $5, $6, 1, $7)",
            space.uuid(),
            if new.owner.is_some() { "personal" } else { "team" },
            new.name,
            new.description,
            new.owner.map(UserId::uuid),
            root.uuid(),
            self.now
        )?;
        execute!(
            self.tx,
            "INSERT INTO space_members (space_id, user_id, role) VALUES ($1, $2, 'manager')",
            space.uuid(),
            new.manager.uuid()
        )?;
        execute!(
            self.tx,
            "INSERT INTO nodes (id, space_id, kind, name, sort_key, size, etag, executable, created_at, changed_at, changed_by)
             VALUES ($1, $2, $3, '', '', 0, 1, $4, $5, $5, $6)",
            root.uuid(),
            space.uuid(),
            FOLDER,
            false,
            self.now,
            new.manager.uuid()
        )?;
        Ok(space)
    }
}

impl Writer<'_, SharingAccess> {
    /// Makes a team space whose manager is whoever makes it.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn create_space(&mut self, name: &str, description: &str) -> Result<SpaceId, StoreError> {
        let manager = self.proof.user();
        let space = self.insert_space(NewSpace { name, description, owner: None, manager }).await?;
        self.set_target(Target::Space(space));
        self.personal("name", name);
        Ok(space)
    }
}

impl Writer<'_, SpaceAccess<Manage>> {
    /// # Errors
    /// [`StoreError::PersonalSpace`] for another name or description of a personal space; [`StoreError::NotFound`] when the right is gone.
    pub async fn update_space(&mut self, change: &SpaceChange) -> Result<(), StoreError> {
        self.still_manages().await?;
        if self.proof.is_personal() && (change.name.is_some() || change.description.is_some()) {
            return Err(StoreError::PersonalSpace);
        }
        let before: String = on_tx!(self.tx, c => sqlx::query_scalar("SELECT name FROM spaces WHERE id = $1")
            .bind(self.proof.space_id().uuid()).fetch_one(c).await)?;
        execute!(
            self.tx,
            "UPDATE spaces SET name = COALESCE($1, name), description = COALESCE($2, description),
                 keep_versions = CASE WHEN $3 THEN $4 ELSE keep_versions END, keep_trash_days = CASE WHEN $5 THEN $6 ELSE keep_trash_days END
             WHERE id = $7",
            change.name.as_deref(),
            change.description.as_deref(),
            change.keep_versions.is_some(),
            change.keep_versions.flatten(),
            change.keep_trash_days.is_some(),
            change.keep_trash_days.flatten(),
            self.proof.space_id().uuid()
        )?;
        if let Some(name) = &change.name {
            self.personal("name_before", before);
            self.personal("name", name.as_str());
        }
        let text = |kept: Option<i64>| kept.map_or_else(|| "default".to_owned(), |number| number.to_string());
        if let Some(kept) = change.keep_versions {
            self.detail("keep_versions", text(kept));
        }
        if let Some(kept) = change.keep_trash_days {
            self.detail("keep_trash_days", text(kept));
        }
        Ok(())
    }

    /// From now on nothing in the space changes; what is open to change it ends.
    ///
    /// # Errors
    /// [`StoreError::PersonalSpace`]; [`StoreError::NotFound`] when the right is gone.
    pub async fn archive_space(&mut self) -> Result<(), StoreError> {
        self.require_team().await?;
        execute!(
            self.tx,
            "UPDATE spaces SET archived_at = COALESCE(archived_at, $1) WHERE id = $2",
            self.now,
            self.proof.space_id().uuid()
        )?;
        self.note_revocation().await
    }

    /// The space can be changed again.
    ///
    /// # Errors
    /// As [`Writer::archive_space`].
    pub async fn activate_space(&mut self) -> Result<(), StoreError> {
        self.require_team().await?;
        execute!(self.tx, "UPDATE spaces SET archived_at = NULL WHERE id = $1", self.proof.space_id().uuid())?;
        Ok(())
    }

    /// T-40: whoever acts is still a manager. Behind the space's row, so that two managers who remove each other at once do not both
    /// succeed.
    pub(super) async fn still_manages(&mut self) -> Result<(), StoreError> {
        execute!(self.tx, "UPDATE spaces SET name = name WHERE id = $1", self.proof.space_id().uuid())?;
        let manages: bool = on_tx!(self.tx, c => sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM space_rights r JOIN users u ON u.id = r.user_id
                            WHERE r.space_id = $1 AND r.user_id = $2 AND r.role_rank >= $3 AND u.state = 'active')"
        ).bind(self.proof.space_id().uuid()).bind(self.proof.user().uuid()).bind(SpaceRole::Manager.rank()).fetch_one(c).await)?;
        if manages { Ok(()) } else { Err(StoreError::NotFound) }
    }

    /// As [`Writer::still_manages`], of a space that can be shared.
    pub(super) async fn require_team(&mut self) -> Result<(), StoreError> {
        self.still_manages().await?;
        if self.proof.is_personal() { Err(StoreError::PersonalSpace) } else { Ok(()) }
    }
}
