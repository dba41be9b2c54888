//! Invitations: links by which one new person joins, with the roles that the inviter may give. Only the SHA-256 of a link's secret is
//! stored.

use carrel_audit_log::json::Json;
use carrel_ids::{InvitationId, RoleId, UserId};
use time::Duration;
use uuid::Uuid;

use super::{
    NewSession, NewUser, Store, StoreError, Timestamp, Writer,
    connect::{execute, on_db, on_tx},
};
use crate::authz::{LinkHolder, ManageUsers, Permission, Permissions, Rights, RoleGrant, SystemAccess, Target};

/// An invitation to be made.
#[derive(Debug)]
pub struct NewInvitation<'a> {
    pub link_hash: &'a [u8; 32],
    pub email: Option<&'a str>,
    pub note: &'a str,
    pub valid: Duration,
}

/// An invitation in the list.
#[derive(Debug, Clone)]
pub struct InvitationRow {
    pub id: InvitationId,
    pub email: Option<String>,
    pub note: String,
    pub roles: Vec<RoleId>,
    pub created_at: Timestamp,
    pub created_by: (UserId, String),
    pub expires_at: Timestamp,
    pub revoked: bool,
    pub used: bool,
}

/// What the holder of a link sees.
#[derive(Debug, Clone)]
pub struct InvitationLook {
    pub invited_by: String,
    pub note: String,
    pub email: Option<String>,
    pub roles: Vec<RoleId>,
    pub expires_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct InvitationColumns {
    id: Uuid,
    email: Option<String>,
    note: String,
    role_ids: String,
    created_at: Timestamp,
    created_by: Uuid,
    display_name: String,
    expires_at: Timestamp,
    revoked_at: Option<Timestamp>,
    used_at: Option<Timestamp>,
}

fn parse_roles(text: &str) -> Vec<RoleId> {
    text.split(' ').filter_map(|id| id.parse().ok()).collect()
}

macro_rules! select_invitations {
    () => {
        "SELECT i.id, i.email, i.note, i.role_ids, i.created_at, i.created_by, u.display_name, i.expires_at, i.revoked_at, i.used_at
         FROM invitations i JOIN users u ON u.id = i.created_by"
    };
}

impl From<InvitationColumns> for InvitationRow {
    fn from(row: InvitationColumns) -> Self {
        Self {
            id: row.id.into(),
            email: row.email,
            note: row.note,
            roles: parse_roles(&row.role_ids),
            created_at: row.created_at,
            created_by: (row.created_by.into(), row.display_name),
            expires_at: row.expires_at,
            revoked: row.revoked_at.is_some(),
            used: row.used_at.is_some(),
        }
    }
}

impl Store {
    /// A page of invitations that can still be used or were used, the newest first, before the one named.
    pub(crate) async fn invitations(
        &self,
        _: &SystemAccess<ManageUsers>,
        before: Option<InvitationId>,
        limit: i64,
    ) -> Result<Vec<InvitationRow>, StoreError> {
        let rows: Vec<InvitationColumns> = on_db!(self, p => sqlx::query_as(concat!(
            select_invitations!(), " WHERE ($1 IS NULL OR i.id < $1) ORDER BY i.id DESC LIMIT $2"
        )).bind(before.map(InvitationId::uuid)).bind(limit).fetch_all(p).await)?;
        Ok(rows.into_iter().map(InvitationRow::from).collect())
    }

    /// What the valid link is for; whether the inviter may still give what it gives is seen when it is used.
    pub(crate) async fn invitation_by_link(&self, link_hash: &[u8; 32]) -> Result<Option<InvitationLook>, StoreError> {
        let row: Option<InvitationColumns> = on_db!(self, p => sqlx::query_as(concat!(
            select_invitations!(), " WHERE i.token_hash = $1 AND i.used_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > $2
             AND u.state = 'active'"
        )).bind(link_hash.as_slice()).bind(Timestamp::now()).fetch_optional(p).await)?;
        Ok(row.map(|row| InvitationLook {
            invited_by: row.display_name,
            note: row.note,
            email: row.email,
            roles: parse_roles(&row.role_ids),
            expires_at: row.expires_at,
        }))
    }

    /// Names of the roles that an invitation gives, for whoever holds its link.
    pub(crate) async fn role_names(&self) -> Result<std::collections::HashMap<RoleId, String>, StoreError> {
        let rows: Vec<(Uuid, String)> =
            on_db!(self, p => sqlx::query_as("SELECT id, name FROM roles").fetch_all(p).await)?;
        Ok(rows.into_iter().map(|(id, name)| (id.into(), name)).collect())
    }
}

impl Writer<'_, SystemAccess<ManageUsers>> {
    pub async fn create_invitation(
        &mut self,
        invitation: &NewInvitation<'_>,
        roles: &RoleGrant,
    ) -> Result<InvitationRow, StoreError> {
        let (id, by) = (InvitationId::new(), self.acting_user().ok_or(StoreError::NotFound)?);
        let role_ids: Vec<_> = roles.given().iter().map(ToString::to_string).collect();
        execute!(
            self.tx,
            "INSERT INTO invitations (id, token_hash, email, note, role_ids, created_at, created_by, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            id.uuid(),
            invitation.link_hash.as_slice(),
            invitation.email,
            invitation.note,
            role_ids.join(" "),
            self.now,
            by.uuid(),
            self.now.plus(invitation.valid)
        )?;
        self.set_target(Target::Invitation(id));
        self.detail("roles", Json::List(role_ids.into_iter().map(Into::into).collect()));
        if let Some(email) = invitation.email {
            self.personal("email", email);
        }
        let row: InvitationColumns = on_tx!(self.tx, c => sqlx::query_as(concat!(select_invitations!(), " WHERE i.id = $1"))
            .bind(id.uuid()).fetch_one(c).await)?;
        Ok(row.into())
    }

    /// # Errors
    /// [`StoreError::NotFound`] when it is used, revoked or unknown.
    pub async fn revoke_invitation(&mut self, invitation: InvitationId) -> Result<(), StoreError> {
        self.set_target(Target::Invitation(invitation));
        let done = execute!(
            self.tx,
            "UPDATE invitations SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL AND used_at IS NULL",
            self.now,
            invitation.uuid()
        )?;
        if done == 1 { Ok(()) } else { Err(StoreError::NotFound) }
    }
}

impl Writer<'_, LinkHolder> {
    /// Uses the link up, and makes the person and their session. `user` says nothing of roles or address: the invitation does.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the link is unknown, expired, revoked or used, or when the inviter could not make it now (T-42);
    /// [`StoreError::Exists`] when the name is taken.
    pub async fn accept_invitation(
        &mut self,
        link_hash: &[u8; 32],
        user: &NewUser<'_>,
        session: &NewSession<'_>,
    ) -> Result<UserId, StoreError> {
        let link: Option<(Uuid, Uuid, Option<String>, String)> = on_tx!(self.tx, c => sqlx::query_as(
            "UPDATE invitations SET used_at = $1 WHERE token_hash = $2 AND used_at IS NULL AND revoked_at IS NULL AND expires_at > $1
             RETURNING id, created_by, email, role_ids"
        ).bind(self.now).bind(link_hash.as_slice()).fetch_optional(c).await)?;
        let (invitation, inviter, email, roles) = link.ok_or(StoreError::NotFound)?;
        let (inviter, roles) = (UserId::from(inviter), self.roles_that_are_left(&roles).await?);
        let given = roles.iter().fold(Permissions::NONE, |sum, (_, permissions)| sum.with(*permissions));
        if !self.is_active(inviter).await? || !self.may_invite(inviter, given).await? {
            return Err(StoreError::NotFound);
        }
        let roles: Vec<_> = roles.into_iter().map(|(id, _)| id).collect();
        let id = self.insert_user(&NewUser { roles: &roles, email: email.as_deref(), ..*user }).await?;
        execute!(self.tx, "UPDATE role_members SET granted_by = $1 WHERE user_id = $2", inviter.uuid(), id.uuid())?;
        execute!(self.tx, "UPDATE invitations SET used_by = $1 WHERE id = $2", id.uuid(), invitation)?;
        self.detail("invitation", invitation.to_string());
        self.detail("invited_by", inviter.to_string());
        self.insert_session(id, session).await?;
        Ok(id)
    }

    /// The invitation's roles with what they give at this moment; some may have been deleted since.
    async fn roles_that_are_left(&mut self, role_ids: &str) -> Result<Vec<(RoleId, Permissions)>, StoreError> {
        let mut left = Vec::new();
        for role in parse_roles(role_ids) {
            let words: Option<String> = on_tx!(self.tx, c => sqlx::query_scalar(
                "SELECT COALESCE(code, permissions) FROM roles WHERE id = $1"
            ).bind(role.uuid()).fetch_optional(c).await)?;
            left.extend(words.map(|words| (role, Rights::from_words(&words).permissions)));
        }
        Ok(left)
    }

    /// Whether the inviter could make this invitation now.
    async fn may_invite(&mut self, inviter: UserId, given: Permissions) -> Result<bool, StoreError> {
        let words: Option<String> = on_tx!(self.tx, c => sqlx::query_scalar(
            "SELECT string_agg(COALESCE(r.code, r.permissions), ' ') FROM role_members m JOIN roles r ON r.id = m.role_id
             WHERE m.user_id = $1 AND m.expires_at IS NULL"
        ).bind(inviter.uuid()).fetch_one(c).await)?;
        let for_good = Rights::from_words(words.as_deref().unwrap_or("")).permissions;
        let held = self.rights_of(inviter).await?.permissions;
        Ok(held.contain(Permission::UserManage) && for_good.contain_all(given))
    }
}
