//! Rights that belong to a person, not to a space: system roles and what each allows.

use std::{marker::PhantomData, str::FromStr};

use super::{AccessError, Actor, LocalAdministrator, Proof, Target, actor::sealed};
use crate::{audit::Action, session::Session, store::Store};

/// A system role.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Manages people and the instance; has no right to others' files.
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

impl Role {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Auditor => "auditor",
            Self::Member => "member",
            Self::Guest => "guest",
        }
    }
}

impl FromStr for Role {
    type Err = UnknownRole;
    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        [Self::Administrator, Self::Auditor, Self::Member, Self::Guest]
            .into_iter()
            .find(|r| r.as_str() == text)
            .ok_or(UnknownRole)
    }
}

/// The roles of one person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roles(Vec<Role>);

impl Roles {
    #[must_use]
    pub fn new(mut roles: Vec<Role>) -> Self {
        roles.sort_unstable();
        roles.dedup();
        Self(roles)
    }
    #[must_use]
    pub fn as_slice(&self) -> &[Role] {
        &self.0
    }
    #[must_use]
    pub fn allow<P: Permission>(&self) -> bool {
        self.0.iter().any(|role| P::HELD_BY.contains(role))
    }
    /// May start sandboxes.
    #[must_use]
    pub fn use_workspaces(&self) -> bool {
        self.0.contains(&Role::Member)
    }
}

/// A right that system roles give. Sealed.
pub trait Permission: sealed::Sealed + 'static {
    const HELD_BY: &'static [Role];
    const NAME: &'static str;
    const TARGET: Target;
}

/// Read and export the log.
#[derive(Debug)]
pub struct ReadLog;
impl sealed::Sealed for ReadLog {}
impl Permission for ReadLog {
    const HELD_BY: &'static [Role] = &[Role::Auditor];
    const NAME: &'static str = "read_log";
    const TARGET: Target = Target::Log;
}

/// A proof that allows to read and export the log.
pub trait LogReader: Proof {}
impl LogReader for SystemAccess<ReadLog> {}
impl LogReader for LocalAdministrator {}

/// Create, disable and reset users.
#[derive(Debug)]
pub struct ManageUsers;
impl sealed::Sealed for ManageUsers {}
impl Permission for ManageUsers {
    const HELD_BY: &'static [Role] = &[Role::Administrator];
    const NAME: &'static str = "manage_users";
    const TARGET: Target = Target::Instance;
}

/// Proof that `actor` holds the permission `P`.
#[derive(Debug)]
pub struct SystemAccess<P: Permission> {
    actor: Actor,
    _permission: PhantomData<P>,
}

impl<P: Permission> SystemAccess<P> {
    /// # Errors
    /// [`AccessError::NotFound`] without the permission: a page that one may not see does not exist.
    pub async fn require(store: &Store, session: &Session) -> Result<Self, AccessError> {
        // A token is for files; administration and the log need a person at a browser.
        if session.roles().allow::<P>() && session.is_interactive() {
            Ok(Self { actor: session.actor().clone(), _permission: PhantomData })
        } else {
            store.record_denial(session.actor(), Action::SystemAccess, P::TARGET, P::NAME).await?;
            Err(AccessError::NotFound)
        }
    }
}

impl<P: Permission> sealed::Sealed for SystemAccess<P> {}
impl<P: Permission> Proof for SystemAccess<P> {
    fn actor(&self) -> &Actor {
        &self.actor
    }
    fn target(&self) -> Target {
        P::TARGET
    }
}
