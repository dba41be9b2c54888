//! Roles: sets of permissions, and how their holders have to show who they are. The rights of the four system roles stand here;
//! those of custom roles are rows.

use std::str::FromStr;

use carrel_ids::{RoleId, RoleRequestId};
use uuid::Uuid;

use super::permission::{Permission, Permissions};

/// A system role.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Manages people and the instance; has no right to others' files, and none to the log.
    Administrator,
    /// Reads the log; changes nothing.
    Auditor,
    /// Has a personal space and workspaces.
    Member,
    /// Sees what was shared with them.
    Guest,
}

/// The text is not the name of a role.
#[derive(Debug, thiserror::Error)]
#[error("a role is one of administrator, auditor, member, guest")]
pub struct UnknownRole;

const GUEST: Permissions =
    Permissions::of(&[Permission::FileRead, Permission::ShareViewReceived, Permission::MediaView]);
const MEMBER: Permissions = GUEST.with(Permissions::of(&[
    Permission::FileWrite,
    Permission::FileDelete,
    Permission::ShareInternalManage,
    Permission::ShareExternalManage,
    Permission::OfficeUse,
    Permission::IdeUse,
    Permission::TokenCreate,
]));
/// With what a member has, because nobody grants what they do not hold; never `log_read`, which is the auditor's alone.
const ADMINISTRATOR: Permissions = MEMBER.with(Permissions::of(&[
    Permission::UserManage,
    Permission::RoleManage,
    Permission::ServerSettings,
    // No more than what they are already; so they can give it to others.
    Permission::BreakGlass,
]));

impl Role {
    pub const ALL: [Self; 4] = [Self::Administrator, Self::Auditor, Self::Member, Self::Guest];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Auditor => "auditor",
            Self::Member => "member",
            Self::Guest => "guest",
        }
    }
    #[must_use]
    pub fn permissions(self) -> Permissions {
        match self {
            Self::Administrator => ADMINISTRATOR,
            Self::Auditor => Permissions::of(&[Permission::LogRead]),
            Self::Member => MEMBER,
            Self::Guest => GUEST,
        }
    }
    /// The identifier of its row, which the migrations made.
    #[must_use]
    pub fn id(self) -> RoleId {
        let number = match self {
            Self::Administrator => 1,
            Self::Auditor => 2,
            Self::Member => 3,
            Self::Guest => 4,
        };
        Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0000 + number).into()
    }
}

impl FromStr for Role {
    type Err = UnknownRole;
    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(UnknownRole)
    }
}

/// Which second factor a role asks its holders for. Ordered by strictness: several roles ask for the strictest of theirs.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum FactorPolicy {
    #[default]
    None,
    Any,
    Passkey,
}

impl FactorPolicy {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Any => "any",
            Self::Passkey => "passkey",
        }
    }
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        [Self::None, Self::Any, Self::Passkey].into_iter().find(|policy| policy.as_str() == text)
    }
    /// A session that was signed in to with `factor` does what this asks for.
    #[must_use]
    pub fn is_met_by(self, factor: Factor) -> bool {
        match self {
            Self::None => true,
            Self::Any => factor != Factor::None,
            Self::Passkey => factor == Factor::Passkey,
        }
    }
}

/// What a person showed besides, or instead of, their first factor.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    None,
    Recovery,
    Totp,
    Passkey,
}

impl Factor {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Recovery => "recovery",
            Self::Totp => "totp",
            Self::Passkey => "passkey",
        }
    }
    /// Texts that this version does not know count as nothing shown.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        [Self::Recovery, Self::Totp, Self::Passkey].into_iter().find(|f| f.as_str() == text).unwrap_or(Self::None)
    }
}

/// What a person's roles of this moment amount to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rights {
    pub permissions: Permissions,
    pub policy: FactorPolicy,
    /// The emergency in which one of the roles was taken.
    pub emergency: Option<RoleRequestId>,
}

impl Rights {
    /// From one text of all roles: codes of system roles and of permissions, policies with `!` before them, and the identifier of an
    /// emergency with `~` before it.
    #[must_use]
    pub(crate) fn from_words(words: &str) -> Self {
        let mut rights = Self::default();
        for word in words.split(' ') {
            if let Some(policy) = word.strip_prefix('!') {
                // A policy that this version does not know is the strictest.
                rights.policy = rights.policy.max(FactorPolicy::from_text(policy).unwrap_or(FactorPolicy::Passkey));
            } else if let Some(emergency) = word.strip_prefix('~') {
                rights.emergency = emergency.parse().ok();
            } else if let Ok(role) = word.parse::<Role>() {
                rights.permissions = rights.permissions.with(role.permissions());
            } else {
                rights.permissions = rights.permissions.with(Permissions::from_codes(word));
            }
        }
        rights
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_are_the_sum_of_the_roles_and_the_policy_is_the_strictest() {
        let rights = Rights::from_words("member !none log_read office_use !passkey guest !any");
        assert_eq!(rights.policy, FactorPolicy::Passkey);
        let log = Permissions::of(&[Permission::LogRead]);
        assert_eq!(rights.permissions, Role::Member.permissions().with(log));
        assert_eq!(Rights::from_words(""), Rights::default());
    }

    #[test]
    fn administrators_hold_what_they_grant_but_not_the_log() {
        let administrator = Role::Administrator.permissions();
        assert!(administrator.contain_all(Role::Member.permissions()));
        assert!(administrator.contain_all(Role::Guest.permissions()));
        assert!(!administrator.contain(Permission::LogRead));
    }

    #[test]
    fn a_policy_is_met_by_what_it_names() {
        assert!(FactorPolicy::None.is_met_by(Factor::None));
        assert!(FactorPolicy::Any.is_met_by(Factor::Recovery) && !FactorPolicy::Any.is_met_by(Factor::None));
        assert!(FactorPolicy::Passkey.is_met_by(Factor::Passkey) && !FactorPolicy::Passkey.is_met_by(Factor::Totp));
    }
}
