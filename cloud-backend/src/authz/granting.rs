//! Nobody grants what they do not hold (T-42): proofs that roles and permissions may be given, and taken, by whoever acts.
//!
//! What somebody holds for a time they may use, but not pass on: it would outlive them.

use carrel_ids::RoleId;

use super::{Permission, Permissions, PersonAccess, Proof, SystemAccess, SystemRight};
use crate::{
    audit::Action,
    store::{Store, StoreError},
};

/// Why roles are not given.
#[derive(Debug, thiserror::Error)]
pub enum GrantError {
    #[error("the actor does not hold what they would give or take")]
    MoreThanHeld,
    #[error("there is no such role")]
    NoSuchRole,
    #[error("what is held could not be looked up")]
    Store(#[from] StoreError),
}

/// A proof that knows everything that its actor may do.
pub trait Holder: Proof {
    fn held(&self) -> Permissions;
}
impl<R: SystemRight> Holder for SystemAccess<R> {
    fn held(&self) -> Permissions {
        Self::held(self)
    }
}
impl Holder for PersonAccess {
    fn held(&self) -> Permissions {
        Self::held(self)
    }
}

/// What the acting person holds without an end, and may therefore give.
///
/// # Errors
/// [`StoreError`] when the database fails.
pub async fn held_for_good(store: &Store, by: &impl Proof) -> Result<Permissions, StoreError> {
    match by.actor().user() {
        Some(user) => store.permissions_for_good(user).await,
        None => Ok(Permissions::NONE),
    }
}

/// Roles that the actor may give to somebody, and roles that they may take away.
#[derive(Debug, Default)]
pub struct RoleGrant {
    give: Vec<RoleId>,
    take: Vec<RoleId>,
}

impl RoleGrant {
    /// The way from the roles that somebody has to those that are wanted. Roles in both are not touched and need no right.
    ///
    /// # Errors
    /// [`GrantError::MoreThanHeld`] without `role_manage`, or without a permission of a role that changes hands;
    /// [`GrantError::NoSuchRole`].
    pub async fn require(
        store: &Store,
        by: &impl Holder,
        has: &[RoleId],
        wanted: &[RoleId],
    ) -> Result<Self, GrantError> {
        let mut give: Vec<_> = wanted.iter().copied().filter(|role| !has.contains(role)).collect();
        give.sort_unstable();
        give.dedup();
        let take: Vec<_> = has.iter().copied().filter(|role| !wanted.contains(role)).collect();
        if give.is_empty() && take.is_empty() {
            return Ok(Self::default());
        }
        let contents = store.role_permissions().await?;
        let content = |role: &RoleId| contents.get(role).copied().ok_or(GrantError::NoSuchRole);
        let sum = |roles: &[RoleId]| {
            roles.iter().try_fold(Permissions::NONE, |sum, role| Ok::<_, GrantError>(sum.with(content(role)?)))
        };
        let (given, taken) = (sum(&give)?, sum(&take)?);
        let may_give = give.is_empty() || held_for_good(store, by).await?.contain_all(given);
        if by.held().contain(Permission::RoleManage) && may_give && by.held().contain_all(taken) {
            return Ok(Self { give, take });
        }
        Err(refuse(store, by, "role").await?)
    }

    #[must_use]
    pub fn given(&self) -> &[RoleId] {
        &self.give
    }
    #[must_use]
    pub fn taken(&self) -> &[RoleId] {
        &self.take
    }
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.give.is_empty() && self.take.is_empty()
    }
}

/// Permissions that the actor may put into a role.
#[derive(Debug)]
pub struct GrantedPermissions(Permissions);

impl GrantedPermissions {
    /// # Errors
    /// [`GrantError::MoreThanHeld`] without one of them.
    pub async fn require(store: &Store, by: &impl Holder, wanted: Permissions) -> Result<Self, GrantError> {
        if held_for_good(store, by).await?.contain_all(wanted) {
            return Ok(Self(wanted));
        }
        Err(refuse(store, by, "permission").await?)
    }
    #[must_use]
    pub fn get(&self) -> Permissions {
        self.0
    }
}

pub(super) async fn refuse(store: &Store, by: &impl Proof, asked: &'static str) -> Result<GrantError, StoreError> {
    store.record_denial(by.actor(), Action::UserRoles, by.target(), asked).await?;
    Ok(GrantError::MoreThanHeld)
}
