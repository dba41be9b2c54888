//! People: who they are and what their roles of this moment let them do.

use std::collections::HashMap;

use carrel_audit_log::json::Json;
use carrel_ids::{RoleId, UserId};
use time::Duration;
use uuid::Uuid;

use super::{
    Store, StoreError, Timestamp, Writer,
    connect::{execute, on_db, on_tx},
    space_changes::NewSpace,
};
use crate::authz::{FactorPolicy, LocalAdministrator, OwnAccess, Permissions, Proof, Rights, Role, Target};

/// A person, or a service account.
#[derive(Debug, Clone)]
pub struct UserRow {
    pub id: UserId,
    pub name: String,
    pub display_name: String,
    pub language: String,
    pub time_zone: String,
    pub email: Option<String>,
    pub active: bool,
    /// A service account: nobody signs in as it.
    pub service: bool,
    pub password_hash: Option<String>,
    /// The end of the time in which the person may go without the second factor that a role asks for.
    pub factor_due_at: Option<Timestamp>,
    pub rights: Rights,
}

/// A person in the list that the command line prints.
#[derive(Debug, Clone)]
pub struct ListedUser {
    pub id: UserId,
    pub name: String,
    pub display_name: String,
    pub active: bool,
    /// Names with commas between.
    pub roles: String,
}

/// A person to be made.
#[derive(Debug)]
pub struct NewUser<'a> {
    pub name: &'a str,
    pub display_name: &'a str,
    pub language: &'a str,
    pub email: Option<&'a str>,
    pub service: bool,
    /// PHC string; none for whoever sets a password by a link, or never has one.
    pub password_hash: Option<&'a str>,
    pub roles: &'a [RoleId],
}

/// Columns of a person for [`UserColumns`]; `u` is the row of `users`, `$1` the moment.
macro_rules! user_columns {
    () => {
        "u.id AS user_id, u.name, u.display_name, u.language, u.time_zone, u.email, u.state, u.kind, u.password_hash, u.factor_due_at,
         (SELECT string_agg(COALESCE(r.code, r.permissions) || ' !' || r.second_factor || COALESCE(' ~' || m.break_glass, ''), ' ')
          FROM role_members m JOIN roles r ON r.id = m.role_id
          WHERE m.user_id = u.id AND (m.expires_at IS NULL OR m.expires_at > $1)) AS rights"
    };
}
pub(super) use user_columns;

#[derive(sqlx::FromRow)]
pub(super) struct UserColumns {
    user_id: Uuid,
    name: String,
    display_name: String,
    language: String,
    time_zone: String,
    email: Option<String>,
    state: String,
    kind: String,
    password_hash: Option<String>,
    factor_due_at: Option<Timestamp>,
    rights: Option<String>,
}

impl From<UserColumns> for UserRow {
    fn from(row: UserColumns) -> Self {
        Self {
            id: row.user_id.into(),
            name: row.name,
            display_name: row.display_name,
            language: row.language,
            time_zone: row.time_zone,
            email: row.email,
            active: row.state == "active",
            service: row.kind == "service",
            password_hash: row.password_hash,
            factor_due_at: row.factor_due_at,
            rights: Rights::from_words(row.rights.as_deref().unwrap_or("")),
        }
    }
}

/// Two names that differ only in case are one.
pub(super) fn name_key(name: &str) -> String {
    name.to_lowercase()
}

/// What a search for people looks at.
pub(super) fn search_key(name: &str, display_name: &str, email: Option<&str>) -> String {
    format!("{name} {display_name} {}", email.unwrap_or("")).to_lowercase()
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
            concat!("SELECT ", user_columns!(), " FROM users u WHERE u.name_key = $2")
        ).bind(Timestamp::now()).bind(name_key(&name)).fetch_optional(p).await)?;
        Ok(row.map(UserRow::from))
    }

    pub(crate) async fn active_user(&self, user: UserId) -> Result<Option<UserRow>, StoreError> {
        let row: Option<UserColumns> = on_db!(self, p => sqlx::query_as(
            concat!("SELECT ", user_columns!(), " FROM users u WHERE u.id = $2 AND u.state = 'active'")
        ).bind(Timestamp::now()).bind(user.uuid()).fetch_optional(p).await)?;
        Ok(row.map(UserRow::from))
    }

    /// What a person's roles give them, also while they are disabled; none when there is no such person.
    pub(crate) async fn held_permissions(&self, user: UserId) -> Result<Option<Permissions>, StoreError> {
        let row: Option<UserColumns> = on_db!(self, p => sqlx::query_as(
            concat!("SELECT ", user_columns!(), " FROM users u WHERE u.id = $2 AND u.deleted_at IS NULL")
        ).bind(Timestamp::now()).bind(user.uuid()).fetch_optional(p).await)?;
        Ok(row.map(UserRow::from).map(|user| user.rights.permissions))
    }

    /// All people with the names of their roles, for whoever has the machine.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn users(&self, _: &LocalAdministrator) -> Result<Vec<ListedUser>, StoreError> {
        let rows: Vec<(Uuid, String, String, String, Option<String>)> = on_db!(self, p => sqlx::query_as(
            "SELECT u.id, u.name, u.display_name, u.state,
                    (SELECT string_agg(r.name, ',') FROM role_members m JOIN roles r ON r.id = m.role_id
                     WHERE m.user_id = u.id AND (m.expires_at IS NULL OR m.expires_at > $1))
             FROM users u WHERE u.deleted_at IS NULL ORDER BY u.name_key"
        ).bind(Timestamp::now()).fetch_all(p).await)?;
        let listed = rows.into_iter().map(|(id, name, display_name, state, roles)| ListedUser {
            id: id.into(),
            name,
            display_name,
            active: state == "active",
            roles: roles.unwrap_or_default(),
        });
        Ok(listed.collect())
    }

    /// Display names, for showing.
    pub(crate) async fn display_names(&self, users: &[UserId]) -> Result<HashMap<UserId, String>, StoreError> {
        let names = self.names(users).await?;
        Ok(names.into_iter().map(|(id, (_, display_name))| (id, display_name)).collect())
    }

    /// Display names with the names that people sign in with, where they differ: everybody chooses the former, and nobody is to pass for
    /// somebody else by it.
    pub(crate) async fn names_in_log(&self, users: &[UserId]) -> Result<HashMap<UserId, String>, StoreError> {
        let told = |(name, display_name): (String, String)| {
            if name == display_name { name } else { format!("{display_name} ({name})") }
        };
        Ok(self.names(users).await?.into_iter().map(|(id, both)| (id, told(both))).collect())
    }

    async fn names(&self, users: &[UserId]) -> Result<HashMap<UserId, (String, String)>, StoreError> {
        let mut names = HashMap::new();
        // Lists cannot be bound in both databases alike: eight at a time, the last ones filled up with nobody.
        for some in users.chunks(8) {
            let id = |n: usize| some.get(n).map_or(Uuid::nil(), |user| user.uuid());
            let rows: Vec<(Uuid, String, String)> = on_db!(self, p => sqlx::query_as(
                "SELECT id, name, display_name FROM users WHERE id IN ($1, $2, $3, $4, $5, $6, $7, $8)"
            ).bind(id(0)).bind(id(1)).bind(id(2)).bind(id(3)).bind(id(4)).bind(id(5)).bind(id(6)).bind(id(7)).fetch_all(p).await)?;
            names.extend(rows.into_iter().map(|(id, name, display_name)| (UserId::from(id), (name, display_name))));
        }
        Ok(names)
    }
}

impl Writer<'_, LocalAdministrator> {
    pub async fn create_user(&mut self, user: &NewUser<'_>) -> Result<UserId, StoreError> {
        self.insert_user(user).await
    }
    /// Ends whatever the person has open; they cannot sign in any more.
    ///
    /// # Errors
    /// [`StoreError::LastAdministrator`] for the only administrator who is left.
    pub async fn disable_user(&mut self, name: &str) -> Result<(), StoreError> {
        let id = self.user_id(name).await?;
        self.disable(id).await
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
        self.end_everything_of(id, "reset").await
    }
    pub(super) async fn user_id(&mut self, name: &str) -> Result<UserId, StoreError> {
        let id: Option<Uuid> = on_tx!(self.tx, c => sqlx::query_scalar("SELECT id FROM users WHERE name_key = $1 AND deleted_at IS NULL")
            .bind(name_key(name)).fetch_optional(c).await)?;
        let id = UserId::from(id.ok_or(StoreError::NotFound)?);
        self.set_target(Target::User(id));
        Ok(id)
    }
}

/// What a person changes of their own profile; absent members stay.
#[derive(Debug)]
pub struct ProfileChange<'a> {
    pub display_name: &'a str,
    pub language: &'a str,
    pub time_zone: &'a str,
    pub email: Option<&'a str>,
}

impl Writer<'_, OwnAccess> {
    pub async fn update_profile(&mut self, profile: &ProfileChange<'_>) -> Result<(), StoreError> {
        let user = self.proof.user();
        execute!(
            self.tx,
            "UPDATE users SET language = $1, time_zone = $2 WHERE id = $3",
            profile.language,
            profile.time_zone,
            user.uuid()
        )?;
        self.name_person(user, profile.display_name, profile.email).await
    }
}

impl<P: Proof> Writer<'_, P> {
    /// Sets what people see of a person, and what a search finds them by.
    pub(super) async fn name_person(
        &mut self,
        user: UserId,
        display_name: &str,
        email: Option<&str>,
    ) -> Result<(), StoreError> {
        let name: String = on_tx!(self.tx, c => sqlx::query_scalar("SELECT name FROM users WHERE id = $1")
            .bind(user.uuid()).fetch_one(c).await)?;
        execute!(
            self.tx,
            "UPDATE users SET display_name = $1, email = $2, search_key = $3 WHERE id = $4",
            display_name,
            email,
            search_key(&name, display_name, email),
            user.uuid()
        )?;
        Ok(())
    }

    /// Makes the person, their roles and their personal space.
    pub(super) async fn insert_user(&mut self, user: &NewUser<'_>) -> Result<UserId, StoreError> {
        let id = UserId::new();
        execute!(
            self.tx,
            "INSERT INTO users (id, name, name_key, display_name, language, email, kind, password_hash, state, created_at, search_key)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'active', $9, $10)",
            id.uuid(),
            user.name,
            name_key(user.name),
            user.display_name,
            user.language,
            user.email,
            if user.service { "service" } else { "person" },
            user.password_hash,
            self.now,
            search_key(user.name, user.display_name, user.email)
        )?;
        for role in user.roles {
            self.insert_role_member(id, *role, None).await?;
        }
        self.set_target(Target::User(id));
        self.personal("name", user.name);
        self.detail("roles", Json::List(user.roles.iter().map(|role| role.to_string().into()).collect()));
        self.set_factor_due(id).await?;
        let space = NewSpace { name: "Personal", description: "", owner: Some(id), manager: id };
        self.insert_space(space).await?;
        Ok(id)
    }

    /// The time of grace of the strictest rule that the person's roles bring begins now, once: one that runs goes on, and one that is
    /// over does not begin again because a role is given again.
    pub(super) async fn set_factor_due(&mut self, user: UserId) -> Result<(), StoreError> {
        let rules: Vec<(String, i64)> = on_tx!(self.tx, c => sqlx::query_as(
            "SELECT r.second_factor, r.grace_hours FROM role_members m JOIN roles r ON r.id = m.role_id
             WHERE m.user_id = $1 AND (m.expires_at IS NULL OR m.expires_at > $2)"
        ).bind(user.uuid()).bind(self.now).fetch_all(c).await)?;
        let asking = rules.into_iter().filter(|(policy, _)| policy != FactorPolicy::None.as_str());
        let due = asking.map(|(_, hours)| hours).min().map(|hours| self.now.plus(Duration::hours(hours)));
        execute!(
            self.tx,
            "UPDATE users SET factor_due_at = $1 WHERE id = $2 AND factor_due_at IS NULL",
            due,
            user.uuid()
        )?;
        Ok(())
    }

    pub(super) async fn disable(&mut self, user: UserId) -> Result<(), StoreError> {
        execute!(self.tx, "UPDATE users SET state = 'disabled' WHERE id = $1", user.uuid())?;
        if self.is_administrator(user).await? {
            self.require_an_administrator().await?;
        }
        self.end_everything_of(user, "disabled").await
    }

    pub(super) async fn is_administrator(&mut self, user: UserId) -> Result<bool, StoreError> {
        Ok(on_tx!(self.tx, c => sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM role_members WHERE role_id = $1 AND user_id = $2 AND expires_at IS NULL)"
        ).bind(Role::Administrator.id().uuid()).bind(user.uuid()).fetch_one(c).await)?)
    }

    /// Somebody must be left who can manage the rest: an active person who holds the role for good. Called after the change, so
    /// that two administrators who remove each other at once do not both succeed.
    pub(super) async fn require_an_administrator(&mut self) -> Result<(), StoreError> {
        // Behind the same row in every transaction that may take an administrator away.
        execute!(self.tx, "UPDATE roles SET name = name WHERE id = $1", Role::Administrator.id().uuid())?;
        let left: bool = on_tx!(self.tx, c => sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM role_members m JOIN users u ON u.id = m.user_id
             WHERE m.role_id = $1 AND m.expires_at IS NULL AND u.state = 'active' AND u.kind = 'person')"
        ).bind(Role::Administrator.id().uuid()).fetch_one(c).await)?;
        if left { Ok(()) } else { Err(StoreError::LastAdministrator) }
    }

    pub(super) async fn insert_role_member(
        &mut self,
        user: UserId,
        role: RoleId,
        valid: Option<Duration>,
    ) -> Result<(), StoreError> {
        let by: Option<UserId> = self.acting_user();
        execute!(
            self.tx,
            "INSERT INTO role_members (user_id, role_id, granted_at, granted_by, expires_at) VALUES ($1, $2, $3, $4, $5)",
            user.uuid(),
            role.uuid(),
            self.now,
            by.map(UserId::uuid),
            valid.map(|valid| self.now.plus(valid))
        )?;
        Ok(())
    }
}
