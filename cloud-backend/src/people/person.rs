//! A person as those see them who manage people.

use carrel_ids::{GroupId, RoleId, UserId};
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::{
    authz::{Permissions, Proof},
    store::PersonRow,
};

/// A person or a service account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AdminUser {
    id: UserId,
    /// `person` or `service`.
    kind: &'static str,
    name: String,
    display_name: String,
    email: Option<String>,
    /// `active`, `disabled` or `deleted`.
    state: &'static str,
    roles: Vec<UserRole>,
    groups: Vec<UserGroup>,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    /// Of the sessions and tokens that are remembered.
    #[serde(with = "time::serde::rfc3339::option")]
    last_seen_at: Option<OffsetDateTime>,
    /// The strongest that the person has: `none`, `totp` or `passkey`.
    second_factor: &'static str,
    abilities: UserAbilities,
}

#[derive(Debug, Serialize, ToSchema)]
struct UserRole {
    id: RoleId,
    /// Absent for custom roles.
    code: Option<String>,
    name: String,
    #[serde(with = "time::serde::rfc3339::option")]
    expires_at: Option<OffsetDateTime>,
}

#[derive(Debug, Serialize, ToSchema)]
struct UserGroup {
    id: GroupId,
    name: String,
}

/// What the interface may offer whoever asks.
#[derive(Debug, Serialize, ToSchema)]
struct UserAbilities {
    edit: bool,
    deactivate: bool,
    activate: bool,
    delete: bool,
    /// Send a link for a new password, remove second factors.
    reset: bool,
}

impl AdminUser {
    /// As `actor` sees them, who holds `held`.
    pub(super) fn new(row: PersonRow, actor: &impl Proof, held: Permissions) -> Self {
        let user = row.user;
        let own = actor.actor().user() == Some(user.id);
        let below = !row.deleted && held.contain_all(user.rights.permissions);
        Self {
            id: user.id,
            kind: if user.service { "service" } else { "person" },
            state: match (row.deleted, user.active) {
                (true, _) => "deleted",
                (false, true) => "active",
                (false, false) => "disabled",
            },
            abilities: UserAbilities {
                edit: below,
                deactivate: below && user.active && !own,
                activate: below && !user.active,
                delete: below && !own,
                reset: below && user.active && !user.service,
            },
            name: user.name,
            display_name: user.display_name,
            email: user.email,
            roles: row
                .roles
                .into_iter()
                .map(|role| UserRole {
                    id: role.id,
                    code: role.code,
                    name: role.name,
                    expires_at: role.expires_at.map(|at| at.time()),
                })
                .collect(),
            groups: row.groups.into_iter().map(|(id, name)| UserGroup { id, name }).collect(),
            created_at: row.created_at.time(),
            last_seen_at: row.last_seen_at.map(|at| at.time()),
            second_factor: match (row.has_passkey, row.has_totp) {
                (true, _) => "passkey",
                (false, true) => "totp",
                (false, false) => "none",
            },
        }
    }
}
