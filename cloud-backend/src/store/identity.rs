//! Users and their roles, and the link by which the first of them is made.

use carrel_audit_log::json::Json;
use carrel_ids::{NodeId, SpaceId, UserId};
use time::Duration;
use uuid::Uuid;

use super::{
    Store, StoreError, Timestamp, Writer,
    connect::{execute, on_db, on_tx},
};
use crate::authz::{FirstAdministrator, LocalAdministrator, OwnAccess, Role, Roles, SystemTask, Target};

/// A person.
#[derive(Debug, Clone)]
pub struct UserRow {
    pub id: UserId,
    pub name: String,
    pub display_name: String,
    pub language: String,
    pub active: bool,
    pub password_hash: Option<String>,
    pub roles: Roles,
}

/// A person to be made.
#[derive(Debug)]
pub struct NewUser<'a> {
    pub name: &'a str,
    pub display_name: &'a str,
    pub language: &'a str,
    /// PHC string.
    pub password_hash: &'a str,
    pub roles: &'a Roles,
}

#[derive(sqlx::FromRow)]
struct UserColumns {
    id: Uuid,
    name: String,
    display_name: String,
    language: String,
    state: String,
    password_hash: Option<String>,
}

/// Two names that differ only in case are one.
pub(super) fn name_key(name: &str) -> String {
    name.to_lowercase()
}

impl Store {
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn user_exists(&self) -> Result<bool, StoreError> {
        Ok(on_db!(self, p => sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM users)").fetch_one(p).await)?)
    }

    /// For sign-in: whoever has this name, active or not.
    pub(crate) async fn user_by_name(&self, name: &str) -> Result<Option<UserRow>, StoreError> {
        // PostgreSQL's texts cannot hold a NUL and nobody's name does; another text is looked for, so that it takes as long.
        let name = name.replace('\0', "/");
        let row: Option<UserColumns> = on_db!(self, p => sqlx::query_as(
            "SELECT id, name, display_name, language, state, password_hash FROM users WHERE name_key = $1"
        ).bind(name_key(&name)).fetch_optional(p).await)?;
        match row {
            Some(row) => Ok(Some(self.with_roles(row).await?)),
            None => Ok(None),
        }
    }

    pub(crate) async fn user_is_active(&self, user: UserId) -> Result<bool, StoreError> {
        Ok(
            on_db!(self, p => sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM users WHERE id = $1 AND state = 'active')")
            .bind(user.uuid()).fetch_one(p).await)?,
        )
    }

    async fn with_roles(&self, row: UserColumns) -> Result<UserRow, StoreError> {
        let roles: Vec<String> = on_db!(self, p => sqlx::query_scalar("SELECT r.code FROM role_members m JOIN roles r ON r.id = m.role_id WHERE m.user_id = $1 AND r.code IS NOT NULL")
            .bind(row.id).fetch_all(p).await)?;
        Ok(user_row(row, &roles))
    }

    pub(crate) async fn active_user(&self, user: UserId) -> Result<Option<UserRow>, StoreError> {
        let row: Option<UserColumns> = on_db!(self, p => sqlx::query_as(
            "SELECT id, name, display_name, language, state, password_hash FROM users WHERE id = $1 AND state = 'active'"
        ).bind(user.uuid()).fetch_optional(p).await)?;
        match row {
            Some(row) => Ok(Some(self.with_roles(row).await?)),
            None => Ok(None),
        }
    }

    /// All people, for whoever has the machine.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn users(&self, _: &LocalAdministrator) -> Result<Vec<UserRow>, StoreError> {
        let rows: Vec<UserColumns> = on_db!(self, p => sqlx::query_as(
            "SELECT id, name, display_name, language, state, password_hash FROM users ORDER BY name_key"
        ).fetch_all(p).await)?;
        let held: Vec<(Uuid, String)> = on_db!(self, p => sqlx::query_as("SELECT m.user_id, r.code FROM role_members m JOIN roles r ON r.id = m.role_id WHERE r.code IS NOT NULL").fetch_all(p).await)?;
        let mut roles: std::collections::HashMap<Uuid, Vec<String>> = std::collections::HashMap::new();
        for (user, role) in held {
            roles.entry(user).or_default().push(role);
        }
        Ok(rows
            .into_iter()
            .map(|row| {
                let roles = roles.remove(&row.id).unwrap_or_default();
                user_row(row, &roles)
            })
            .collect())
    }

    /// Display names of the people with these identifiers; unknown ones are left out.
    pub(crate) async fn display_names(
        &self,
        users: &[UserId],
    ) -> Result<std::collections::HashMap<UserId, String>, StoreError> {
        let mut names = std::collections::HashMap::new();
        // Lists cannot be bound in both databases alike: eight at a time, the last ones filled up with nobody.
        for some in users.chunks(8) {
            let id = |n: usize| some.get(n).map_or(Uuid::nil(), |user| user.uuid());
            let rows: Vec<(Uuid, String)> = on_db!(self, p => sqlx::query_as(
                "SELECT id, display_name FROM users WHERE id IN ($1, $2, $3, $4, $5, $6, $7, $8)"
            ).bind(id(0)).bind(id(1)).bind(id(2)).bind(id(3)).bind(id(4)).bind(id(5)).bind(id(6)).bind(id(7)).fetch_all(p).await)?;
            names.extend(rows.into_iter().map(|(id, name)| (UserId::from(id), name)));
        }
        Ok(names)
    }

    /// The hash of the link that is valid now.
    pub(crate) async fn setup_link(&self) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(
            on_db!(self, p => sqlx::query_scalar("SELECT token_hash FROM setup_links WHERE used_at IS NULL AND expires_at > $1")
            .bind(Timestamp::now()).fetch_optional(p).await)?,
        )
    }
}

impl Writer<'_, SystemTask> {
    /// Replaces the link for the first administrator.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when there is a user.
    pub async fn put_setup_link(&mut self, token_hash: &[u8; 32], valid: Duration) -> Result<(), StoreError> {
        let exists: bool =
            on_tx!(self.tx, c => sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM users)").fetch_one(c).await)?;
        if exists {
            return Err(StoreError::Exists);
        }
        execute!(self.tx, "DELETE FROM setup_links")?;
        execute!(
            self.tx,
            "INSERT INTO setup_links (token_hash, created_at, expires_at) VALUES ($1, $2, $3)",
            token_hash.as_slice(),
            self.now,
            self.now.plus(valid)
        )?;
        Ok(())
    }
}

impl Writer<'_, FirstAdministrator> {
    /// Uses the link up, and makes the person and their session: nobody becomes the first administrator without it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the link is unknown, expired or used, or when somebody was quicker.
    pub async fn complete_setup(
        &mut self,
        link_hash: &[u8; 32],
        user: &NewUser<'_>,
        session_hash: &[u8; 32],
        valid: Duration,
    ) -> Result<(), StoreError> {
        let used = execute!(
            self.tx,
            "UPDATE setup_links SET used_at = $1 WHERE token_hash = $2 AND used_at IS NULL AND expires_at > $1
             AND NOT EXISTS (SELECT 1 FROM users)",
            self.now,
            link_hash.as_slice()
        )?;
        if used != 1 {
            return Err(StoreError::NotFound);
        }
        let user = insert_user(self, user).await?;
        let session = self.insert_session(user, session_hash, valid).await?;
        self.detail("session", session.to_string());
        Ok(())
    }
}

impl Writer<'_, LocalAdministrator> {
    pub async fn create_user(&mut self, user: &NewUser<'_>) -> Result<UserId, StoreError> {
        insert_user(self, user).await
    }
    /// Ends whatever the person has open; they cannot sign in any more.
    pub async fn disable_user(&mut self, name: &str) -> Result<(), StoreError> {
        let id = self.user_id(name).await?;
        execute!(self.tx, "UPDATE users SET state = 'disabled' WHERE id = $1", id.uuid())?;
        self.end_sessions(id).await
    }
    /// Sets a new password, enables the person again and ends their sessions.
    pub async fn reset_user(&mut self, name: &str, password_hash: &str) -> Result<(), StoreError> {
        let id = self.user_id(name).await?;
        execute!(
            self.tx,
            "UPDATE users SET password_hash = $1, state = 'active' WHERE id = $2",
            password_hash,
            id.uuid()
        )?;
        self.end_sessions(id).await
    }
    pub(super) async fn user_id(&mut self, name: &str) -> Result<UserId, StoreError> {
        let id: Option<Uuid> = on_tx!(self.tx, c => sqlx::query_scalar("SELECT id FROM users WHERE name_key = $1")
            .bind(name_key(name)).fetch_optional(c).await)?;
        let id = UserId::from(id.ok_or(StoreError::NotFound)?);
        self.set_target(Target::User(id));
        Ok(id)
    }
}

impl Writer<'_, OwnAccess> {
    pub async fn update_profile(
        &mut self,
        display_name: Option<&str>,
        language: Option<&str>,
    ) -> Result<(), StoreError> {
        let user = self.proof.user();
        execute!(
            self.tx,
            "UPDATE users SET display_name = COALESCE($1, display_name), language = COALESCE($2, language) WHERE id = $3",
            display_name,
            language,
            user.uuid()
        )?;
        Ok(())
    }
}

fn user_row(row: UserColumns, roles: &[String]) -> UserRow {
    UserRow {
        id: row.id.into(),
        name: row.name,
        display_name: row.display_name,
        language: row.language,
        active: row.state == "active",
        password_hash: row.password_hash,
        roles: Roles::new(roles.iter().filter_map(|role| role.parse::<Role>().ok()).collect()),
    }
}

/// Makes the person, their roles and their personal space.
async fn insert_user<P>(writer: &mut Writer<'_, P>, user: &NewUser<'_>) -> Result<UserId, StoreError> {
    let id = UserId::new();
    execute!(
        writer.tx,
        "INSERT INTO users (id, name, name_key, display_name, language, password_hash, state, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'active', $7)",
        id.uuid(),
        user.name,
        name_key(user.name),
        user.display_name,
        user.language,
        user.password_hash,
        writer.now
    )?;
    for role in user.roles.as_slice() {
        execute!(
            writer.tx,
            "INSERT INTO role_members (user_id, role_id, granted_at) SELECT $1, id, $2 FROM roles WHERE code = $3",
            id.uuid(),
            writer.now,
            role.as_str()
        )?;
    }
    writer.set_target(Target::User(id));
    writer.personal("name", user.name);
    let roles = user.roles.as_slice().iter().map(|role| role.as_str().into()).collect();
    writer.detail("roles", Json::List(roles));
    insert_personal_space(writer, id).await?;
    Ok(id)
}

async fn insert_personal_space<P>(writer: &mut Writer<'_, P>, user: UserId) -> Result<(), StoreError> {
    let (space, root) = (SpaceId::new(), NodeId::new());
    execute!(
        writer.tx,
        "INSERT INTO spaces (id, kind, name, owner_id, root_id, change, created_at) VALUES ($1, 'personal', 'Personal', $2, $3, 1, $4)",
        space.uuid(),
        user.uuid(),
        root.uuid(),
        writer.now
    )?;
    execute!(
        writer.tx,
        "INSERT INTO space_members (space_id, user_id, role) VALUES ($1, $2, 'manager')",
        space.uuid(),
        user.uuid()
    )?;
    execute!(
        writer.tx,
        "INSERT INTO nodes (id, space_id, kind, name, sort_key, size, etag, executable, created_at, changed_at, changed_by)
         VALUES ($1, $2, $3, '', '', 0, 1, $4, $5, $5, $6)",
        root.uuid(),
        space.uuid(),
        0_i16,
        false,
        writer.now,
        user.uuid()
    )?;
    Ok(())
}
