//! Roles: what they hold, and who has them.

use std::collections::HashMap;

use carrel_audit_log::json::Json;
use carrel_ids::{RoleId, UserId};
use time::Duration;
use uuid::Uuid;

use super::{
    NoticeKind, Store, StoreError, Timestamp, Writer,
    connect::{execute, on_db, on_tx},
    users::name_key,
};
use crate::authz::{
    Asked, FactorPolicy, FactorRule, GrantedPermissions, ManageRoles, OwnAccess, Permissions, Rights, RoleAccess,
    SeeRoles, SystemAccess, Target,
};

/// More roles than anybody can tell apart.
const MAX_ROLES: i64 = 500;

/// A role that somebody has.
#[derive(Debug, Clone)]
pub struct HeldRole {
    pub id: RoleId,
    /// Of a system role.
    pub code: Option<String>,
    pub name: String,
    /// For a time only.
    pub expires_at: Option<Timestamp>,
}

/// A role as those see it who manage roles.
#[derive(Debug, Clone)]
pub struct RoleRow {
    pub id: RoleId,
    pub code: Option<String>,
    pub name: String,
    pub description: String,
    pub permissions: Permissions,
    pub policy: FactorPolicy,
    pub grace_hours: i64,
    /// Who has it at this moment.
    pub members: i64,
}

#[derive(sqlx::FromRow)]
struct RoleColumns {
    id: Uuid,
    code: Option<String>,
    name: String,
    description: String,
    permissions: String,
    second_factor: String,
    grace_hours: i64,
    members: i64,
}

impl From<RoleColumns> for RoleRow {
    fn from(row: RoleColumns) -> Self {
        let policy = row.second_factor;
        Self {
            id: row.id.into(),
            permissions: Rights::from_words(row.code.as_deref().unwrap_or(&row.permissions)).permissions,
            code: row.code,
            name: row.name,
            description: row.description,
            // What this version does not know is the strictest.
            policy: FactorPolicy::from_text(&policy).unwrap_or(FactorPolicy::Passkey),
            grace_hours: row.grace_hours,
            members: row.members,
        }
    }
}

/// What a role is to be.
#[derive(Debug)]
pub struct RoleChange<'a> {
    pub name: &'a str,
    pub description: &'a str,
}

macro_rules! select_roles {
    () => {
        "SELECT r.id, r.code, r.name, r.description, r.permissions, r.second_factor, r.grace_hours,
                (SELECT COUNT(*) FROM role_members m WHERE m.role_id = r.id AND (m.expires_at IS NULL OR m.expires_at > $1)) AS members
         FROM roles r"
    };
}

impl Store {
    /// What roles the person has at this moment.
    pub(crate) async fn own_roles(&self, own: &OwnAccess) -> Result<Vec<HeldRole>, StoreError> {
        self.roles_of(own.user()).await
    }

    pub(super) async fn roles_of(&self, user: UserId) -> Result<Vec<HeldRole>, StoreError> {
        let rows: Vec<(Uuid, Option<String>, String, Option<Timestamp>)> = on_db!(self, p => sqlx::query_as(
            "SELECT r.id, r.code, r.name, m.expires_at FROM role_members m JOIN roles r ON r.id = m.role_id
             WHERE m.user_id = $1 AND (m.expires_at IS NULL OR m.expires_at > $2) ORDER BY r.id"
        ).bind(user.uuid()).bind(Timestamp::now()).fetch_all(p).await)?;
        Ok(rows
            .into_iter()
            .map(|(id, code, name, expires_at)| HeldRole { id: id.into(), code, name, expires_at })
            .collect())
    }

    /// All roles: the system's first, then in the order in which they were made.
    pub(crate) async fn roles(&self, _: &SystemAccess<SeeRoles>) -> Result<Vec<RoleRow>, StoreError> {
        let rows: Vec<RoleColumns> = on_db!(self, p => sqlx::query_as(concat!(select_roles!(), " ORDER BY r.id LIMIT $2"))
            .bind(Timestamp::now()).bind(MAX_ROLES).fetch_all(p).await)?;
        Ok(rows.into_iter().map(RoleRow::from).collect())
    }

    /// The role that the proof is about.
    pub(crate) async fn role(&self, access: &RoleAccess) -> Result<RoleRow, StoreError> {
        self.role_by_id(access.role()).await
    }

    /// A role that was just made.
    pub(crate) async fn new_role(&self, _: &SystemAccess<ManageRoles>, role: RoleId) -> Result<RoleRow, StoreError> {
        self.role_by_id(role).await
    }

    async fn role_by_id(&self, role: RoleId) -> Result<RoleRow, StoreError> {
        let row: Option<RoleColumns> = on_db!(self, p => sqlx::query_as(concat!(select_roles!(), " WHERE r.id = $2"))
            .bind(Timestamp::now()).bind(role.uuid()).fetch_optional(p).await)?;
        row.map(RoleRow::from).ok_or(StoreError::NotFound)
    }

    /// What each role gives.
    pub(crate) async fn role_permissions(&self) -> Result<HashMap<RoleId, Permissions>, StoreError> {
        let rows: Vec<(Uuid, String)> = on_db!(self, p => sqlx::query_as("SELECT id, COALESCE(code, permissions) FROM roles")
            .fetch_all(p).await)?;
        Ok(rows.into_iter().map(|(id, words)| (id.into(), Rights::from_words(&words).permissions)).collect())
    }

    /// Which second factor each role asks for.
    pub(crate) async fn role_policies(&self) -> Result<HashMap<RoleId, FactorPolicy>, StoreError> {
        let rows: Vec<(Uuid, String)> =
            on_db!(self, p => sqlx::query_as("SELECT id, second_factor FROM roles").fetch_all(p).await)?;
        let policy = |text: &str| FactorPolicy::from_text(text).unwrap_or(FactorPolicy::Passkey);
        Ok(rows.into_iter().map(|(id, text)| (id.into(), policy(&text))).collect())
    }

    /// What the person may do by roles that do not end by themselves.
    pub(crate) async fn permissions_for_good(&self, user: UserId) -> Result<Permissions, StoreError> {
        let words: Option<String> = on_db!(self, p => sqlx::query_scalar(
            "SELECT string_agg(COALESCE(r.code, r.permissions), ' ') FROM role_members m JOIN roles r ON r.id = m.role_id
             WHERE m.user_id = $1 AND m.expires_at IS NULL"
        ).bind(user.uuid()).fetch_one(p).await)?;
        Ok(Rights::from_words(words.as_deref().unwrap_or("")).permissions)
    }

    /// Whether the person has the role, and not only for a time.
    pub(crate) async fn has_for_good(&self, user: UserId, role: RoleId) -> Result<bool, StoreError> {
        Ok(on_db!(self, p => sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM role_members WHERE user_id = $1 AND role_id = $2 AND expires_at IS NULL)"
        ).bind(user.uuid()).bind(role.uuid()).fetch_one(p).await)?)
    }
}

/// A role's name is taken.
fn taken(error: sqlx::Error) -> StoreError {
    match StoreError::from(error) {
        StoreError::Exists => StoreError::NameTaken,
        other => other,
    }
}

impl Writer<'_, SystemAccess<ManageRoles>> {
    /// # Errors
    /// [`StoreError::NameTaken`].
    pub async fn create_role(
        &mut self,
        role: &RoleChange<'_>,
        permissions: &GrantedPermissions,
        (policy, grace_hours): Asked,
    ) -> Result<RoleId, StoreError> {
        let id = RoleId::new();
        self.set_target(Target::Role(id));
        self.personal("name", role.name);
        self.detail("permissions", permissions.get().to_codes());
        self.detail("second_factor", policy.as_str());
        execute!(
            self.tx,
            "INSERT INTO roles (id, name, name_key, description, permissions, second_factor, grace_hours, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            id.uuid(),
            role.name,
            name_key(role.name),
            role.description,
            permissions.get().to_codes(),
            policy.as_str(),
            grace_hours,
            self.now
        )
        .map_err(taken)?;
        Ok(id)
    }
}

impl Writer<'_, RoleAccess> {
    /// Changes a role; those of the system keep their name and their permissions, and `permissions` is none for them.
    ///
    /// # Errors
    /// [`StoreError::NameTaken`], [`StoreError::NotFound`].
    pub async fn update_role(
        &mut self,
        role: &RoleChange<'_>,
        permissions: Option<&GrantedPermissions>,
    ) -> Result<(), StoreError> {
        let id = self.proof.role();
        execute!(
            self.tx,
            "UPDATE roles SET name = $1, name_key = $2, description = $3 WHERE id = $4 AND code IS NULL",
            role.name,
            name_key(role.name),
            role.description,
            id.uuid()
        )
        .map_err(taken)?;
        self.personal("name", role.name);
        if let Some(permissions) = permissions {
            self.replace_permissions(id, permissions).await?;
        }
        self.note_revocation().await
    }

    /// Changes what the role asks its holders for.
    ///
    /// # Errors
    /// [`StoreError::RuleLoosened`] when the rule became stricter meanwhile, and the actor may not loosen it; [`StoreError::NotFound`].
    pub async fn change_rule(&mut self, rule: &FactorRule) -> Result<(), StoreError> {
        let id = self.proof.role();
        let (policy, grace_hours) = rule.of(id)?;
        // Behind the row, so that the rule that is compared with is the one that is replaced.
        let before: Option<(String, i64)> = on_tx!(self.tx, c => sqlx::query_as(
            "UPDATE roles SET name = name WHERE id = $1 RETURNING second_factor, grace_hours"
        ).bind(id.uuid()).fetch_optional(c).await)?;
        let (before, grace_before) = before.ok_or(StoreError::NotFound)?;
        let before = FactorPolicy::from_text(&before).unwrap_or(FactorPolicy::Passkey);
        if !rule.holds_after((before, grace_before)) {
            return Err(StoreError::RuleLoosened);
        }
        execute!(
            self.tx,
            "UPDATE roles SET second_factor = $1, grace_hours = $2 WHERE id = $3",
            policy.as_str(),
            grace_hours,
            id.uuid()
        )?;
        self.detail("second_factor", policy.as_str());
        self.detail("grace_hours", Json::Integer(grace_hours));
        if policy > before {
            self.ask_members_for_factor(id, (policy, grace_hours), before).await?;
            self.shorten_sessions(None).await?;
        }
        self.note_revocation().await
    }

    /// Whoever was asked for less until now has the role's time of grace. A time that is over stays over: for who is asked for as much
    /// by another role, and for who was asked for a factor and has none.
    async fn ask_members_for_factor(
        &mut self,
        id: RoleId,
        (policy, grace_hours): Asked,
        before: FactorPolicy,
    ) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "UPDATE users SET factor_due_at = $1 WHERE id IN
                 (SELECT user_id FROM role_members WHERE role_id = $2 AND (expires_at IS NULL OR expires_at > $3))
             AND NOT EXISTS (SELECT 1 FROM role_members m JOIN roles r ON r.id = m.role_id
                 WHERE m.user_id = users.id AND m.role_id <> $2 AND (m.expires_at IS NULL OR m.expires_at > $3)
                   AND (r.second_factor = $4 OR r.second_factor = 'passkey'))
             AND (factor_due_at IS NULL OR factor_due_at > $3
                 OR EXISTS (SELECT 1 FROM passkeys p WHERE p.user_id = users.id)
                 OR EXISTS (SELECT 1 FROM totp_factors t WHERE t.user_id = users.id AND t.confirmed_at IS NOT NULL)
                 OR ($5 = 'none' AND NOT EXISTS (SELECT 1 FROM role_members m JOIN roles r ON r.id = m.role_id
                     WHERE m.user_id = users.id AND m.role_id <> $2 AND (m.expires_at IS NULL OR m.expires_at > $3)
                       AND r.second_factor <> 'none')))",
            self.now.plus(Duration::hours(grace_hours)),
            id.uuid(),
            self.now,
            policy.as_str(),
            before.as_str()
        )?;
        Ok(())
    }

    /// Members who can do something else from here on show a fresh second factor, and are told.
    async fn replace_permissions(&mut self, id: RoleId, permissions: &GrantedPermissions) -> Result<(), StoreError> {
        let codes = permissions.get().to_codes();
        let changed = execute!(
            self.tx,
            "UPDATE roles SET permissions = $1 WHERE id = $2 AND code IS NULL AND permissions <> $1",
            codes.as_str(),
            id.uuid()
        )?;
        self.detail("permissions", codes);
        if changed == 0 {
            return Ok(());
        }
        execute!(
            self.tx,
            "UPDATE sessions SET elevation_hash = NULL, elevated_until = NULL WHERE elevated_until IS NOT NULL AND user_id IN
                 (SELECT user_id FROM role_members WHERE role_id = $1)",
            id.uuid()
        )?;
        let members: Vec<Uuid> = on_tx!(self.tx, c => sqlx::query_scalar(
            "SELECT user_id FROM role_members WHERE role_id = $1 AND (expires_at IS NULL OR expires_at > $2)"
        ).bind(id.uuid()).bind(self.now).fetch_all(c).await)?;
        for member in members {
            self.notify(member.into(), NoticeKind::RoleChanged).await?;
        }
        Ok(())
    }

    /// # Errors
    /// [`StoreError::RoleInUse`] while somebody has it, also for a time; [`StoreError::NotFound`] for the system's.
    pub async fn delete_role(&mut self) -> Result<(), StoreError> {
        let id = self.proof.role();
        execute!(self.tx, "DELETE FROM role_members WHERE role_id = $1 AND expires_at <= $2", id.uuid(), self.now)?;
        let done = execute!(self.tx, "DELETE FROM roles WHERE id = $1 AND code IS NULL", id.uuid());
        match done {
            Ok(1) => Ok(()),
            Ok(_) => Err(StoreError::NotFound),
            Err(sqlx::Error::Database(error)) if error.is_foreign_key_violation() => Err(StoreError::RoleInUse),
            Err(error) => Err(error.into()),
        }
    }
}
