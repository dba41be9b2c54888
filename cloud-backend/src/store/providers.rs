//! Providers of identities: where they are, and which of their groups gives which role.

use std::collections::BTreeMap;

use carrel_audit_log::json::Json;
use carrel_ids::{ProviderId, RoleId};
use uuid::Uuid;

use super::{
    Store, StoreError, Timestamp, Writer,
    connect::{execute, on_db, on_tx},
};
use crate::authz::{ManageSettings, OwnAccess, Permissions, Role, SystemAccess, Target};

/// What a provider may give: what a member has, and nothing that reaches beyond one's own work. Rights that come later are not in it (T-17).
pub(crate) fn may_be_given_by_a_provider(permissions: Permissions) -> bool {
    Role::Member.permissions().contain_all(permissions)
}

/// A provider.
#[derive(Debug, Clone)]
pub struct ProviderRow {
    pub id: ProviderId,
    pub name: String,
    pub issuer: String,
    pub client_id: String,
    /// Sealed.
    pub client_secret: Vec<u8>,
    /// With spaces between.
    pub scopes: String,
    /// Empty when groups give nothing.
    pub group_claim: String,
    pub group_roles: BTreeMap<String, RoleId>,
    pub make_users: bool,
    pub enabled: bool,
}

#[derive(sqlx::FromRow)]
struct ProviderColumns {
    id: Uuid,
    name: String,
    issuer: String,
    client_id: String,
    client_secret: Vec<u8>,
    scopes: String,
    group_claim: String,
    group_roles: String,
    make_users: bool,
    enabled: bool,
}

impl From<ProviderColumns> for ProviderRow {
    fn from(row: ProviderColumns) -> Self {
        Self {
            id: row.id.into(),
            name: row.name,
            issuer: row.issuer,
            client_id: row.client_id,
            client_secret: row.client_secret,
            scopes: row.scopes,
            group_claim: row.group_claim,
            // What cannot be read gives nothing.
            group_roles: serde_json::from_str(&row.group_roles).unwrap_or_default(),
            make_users: row.make_users,
            enabled: row.enabled,
        }
    }
}

macro_rules! provider_columns {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, issuer, client_id, client_secret, scopes, group_claim, group_roles, make_users, enabled
             FROM identity_providers ",
            $rest
        )
    };
}

/// An identity that a person has linked.
#[derive(Debug, Clone)]
pub struct LinkedProvider {
    pub provider: ProviderId,
    pub name: String,
    pub linked_at: Timestamp,
}

impl Store {
    /// The providers by which anybody may try to sign in.
    pub(crate) async fn enabled_providers(&self) -> Result<Vec<ProviderRow>, StoreError> {
        let rows: Vec<ProviderColumns> = on_db!(self, p => sqlx::query_as(
            provider_columns!("WHERE enabled ORDER BY name, id")
        ).fetch_all(p).await)?;
        Ok(rows.into_iter().map(ProviderRow::from).collect())
    }

    /// A provider by which anybody may try to sign in.
    pub(crate) async fn enabled_provider(&self, provider: ProviderId) -> Result<Option<ProviderRow>, StoreError> {
        let row: Option<ProviderColumns> = on_db!(self, p => sqlx::query_as(
            provider_columns!("WHERE id = $1 AND enabled")
        ).bind(provider.uuid()).fetch_optional(p).await)?;
        Ok(row.map(ProviderRow::from))
    }

    pub(crate) async fn providers(&self, _: &SystemAccess<ManageSettings>) -> Result<Vec<ProviderRow>, StoreError> {
        let rows: Vec<ProviderColumns> =
            on_db!(self, p => sqlx::query_as(provider_columns!("ORDER BY name, id")).fetch_all(p).await)?;
        Ok(rows.into_iter().map(ProviderRow::from).collect())
    }

    pub(crate) async fn provider(
        &self,
        _: &SystemAccess<ManageSettings>,
        provider: ProviderId,
    ) -> Result<Option<ProviderRow>, StoreError> {
        let row: Option<ProviderColumns> = on_db!(self, p => sqlx::query_as(provider_columns!("WHERE id = $1"))
            .bind(provider.uuid()).fetch_optional(p).await)?;
        Ok(row.map(ProviderRow::from))
    }

    /// The identities that the person has linked.
    pub(crate) async fn linked_providers(&self, own: &OwnAccess) -> Result<Vec<LinkedProvider>, StoreError> {
        let rows: Vec<(Uuid, String, Timestamp)> = on_db!(self, p => sqlx::query_as(
            "SELECT p.id, p.name, e.linked_at FROM external_identities e JOIN identity_providers p ON p.id = e.provider_id
             WHERE e.user_id = $1 ORDER BY p.name, p.id"
        ).bind(own.user().uuid()).fetch_all(p).await)?;
        let linked =
            |(provider, name, linked_at): (Uuid, _, _)| LinkedProvider { provider: provider.into(), name, linked_at };
        Ok(rows.into_iter().map(linked).collect())
    }
}

impl<P> Writer<'_, P> {
    /// Whether a provider may give this role now. It is looked at when the map is made and again each time it is used: a role may have
    /// got other rights since.
    pub(super) async fn is_role_for_providers(&mut self, role: RoleId) -> Result<bool, StoreError> {
        let row: Option<(Option<String>, String)> = on_tx!(self.tx, c => sqlx::query_as(
            "SELECT code, permissions FROM roles WHERE id = $1"
        ).bind(role.uuid()).fetch_optional(c).await)?;
        Ok(row.is_some_and(|(code, permissions)| match code {
            Some(code) => code.parse::<Role>().is_ok_and(|role| may_be_given_by_a_provider(role.permissions())),
            None => may_be_given_by_a_provider(Permissions::from_codes(&permissions)),
        }))
    }
}

impl Writer<'_, SystemAccess<ManageSettings>> {
    /// # Errors
    /// [`StoreError::Exists`] when there is one with this issuer; [`StoreError::NotFound`] when a role of the map may not be given
    /// by a provider.
    pub async fn create_provider(&mut self, provider: &ProviderRow) -> Result<(), StoreError> {
        self.check_map(provider).await?;
        execute!(
            self.tx,
            "INSERT INTO identity_providers (id, name, issuer, client_id, client_secret, scopes, group_claim, group_roles, make_users, enabled, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            provider.id.uuid(),
            provider.name.as_str(),
            provider.issuer.as_str(),
            provider.client_id.as_str(),
            provider.client_secret.as_slice(),
            provider.scopes.as_str(),
            provider.group_claim.as_str(),
            map_text(provider),
            provider.make_users,
            provider.enabled,
            self.now
        )?;
        self.describe(provider);
        Ok(())
    }

    /// Everything but the issuer: another issuer's subjects are other people (T-17). One that is switched off ends the sessions that
    /// it began.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none, or a role of the map may not be given by a provider.
    pub async fn update_provider(&mut self, provider: &ProviderRow) -> Result<(), StoreError> {
        self.check_map(provider).await?;
        let changed = execute!(
            self.tx,
            "UPDATE identity_providers SET name = $1, client_id = $2, client_secret = $3, scopes = $4, group_claim = $5, group_roles = $6,
                 make_users = $7, enabled = $8 WHERE id = $9 AND issuer = $10",
            provider.name.as_str(),
            provider.client_id.as_str(),
            provider.client_secret.as_slice(),
            provider.scopes.as_str(),
            provider.group_claim.as_str(),
            map_text(provider),
            provider.make_users,
            provider.enabled,
            provider.id.uuid(),
            provider.issuer.as_str()
        )?;
        if changed != 1 {
            return Err(StoreError::NotFound);
        }
        self.describe(provider);
        if provider.enabled { Ok(()) } else { self.end_sessions_of_provider(provider.id).await }
    }

    /// With it go its identities, the roles that it gave, and the sessions that it began.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none.
    pub async fn delete_provider(&mut self, provider: ProviderId) -> Result<(), StoreError> {
        self.set_target(Target::Provider(provider));
        self.end_sessions_of_provider(provider).await?;
        execute!(self.tx, "DELETE FROM role_members WHERE provider_id = $1", provider.uuid())?;
        execute!(self.tx, "DELETE FROM external_identities WHERE provider_id = $1", provider.uuid())?;
        let deleted = execute!(self.tx, "DELETE FROM identity_providers WHERE id = $1", provider.uuid())?;
        if deleted == 1 { Ok(()) } else { Err(StoreError::NotFound) }
    }

    async fn check_map(&mut self, provider: &ProviderRow) -> Result<(), StoreError> {
        for role in provider.group_roles.values() {
            if !self.is_role_for_providers(*role).await? {
                return Err(StoreError::RoleNotForProviders);
            }
        }
        Ok(())
    }

    fn describe(&mut self, provider: &ProviderRow) {
        self.set_target(Target::Provider(provider.id));
        self.detail("issuer", provider.issuer.as_str());
        self.detail("enabled", provider.enabled);
        self.detail("make_users", provider.make_users);
        self.detail("mapped_groups", Json::Integer(i64::try_from(provider.group_roles.len()).unwrap_or(i64::MAX)));
        self.personal("name", provider.name.as_str());
    }

    async fn end_sessions_of_provider(&mut self, provider: ProviderId) -> Result<(), StoreError> {
        let ended = execute!(
            self.tx,
            "UPDATE sessions SET ended_at = $1, ended_cause = 'provider_removed' WHERE provider_id = $2 AND ended_at IS NULL",
            self.now,
            provider.uuid()
        )?;
        self.end_ide_sessions_of_ended().await?;
        self.detail("ended", Json::Integer(i64::try_from(ended).unwrap_or(i64::MAX)));
        self.note_revocation().await
    }
}

fn map_text(provider: &ProviderRow) -> String {
    // A map of texts can always be written.
    serde_json::to_string(&provider.group_roles).unwrap_or_else(|_| "{}".to_owned())
}
