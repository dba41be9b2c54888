//! Nobody grants what they do not hold (T-42): proofs that roles and permissions may be given, and taken, by whoever acts.
//!
//! What somebody holds for a time they may use, but not pass on: it would outlive them. And whoever has just got their account back
//! passes on nothing for a day (T-14): if it was somebody else who got it, that is the time to notice.

use std::collections::HashMap;

use carrel_ids::RoleId;
use time::Duration;

use super::{ManageUsers, Permission, Permissions, PersonAccess, Proof, SystemAccess, SystemRight};
use crate::{
    audit::Action,
    store::{Store, StoreError, Timestamp},
};

/// How long after getting an account back no rights are passed on with it.
pub const RECOVERY_HOLD: Duration = Duration::hours(24);

/// Why roles are not given.
#[derive(Debug, thiserror::Error)]
pub enum GrantError {
    #[error("the actor does not hold what they would give or take")]
    MoreThanHeld,
    #[error("there is no such role")]
    NoSuchRole,
    /// Until then.
    #[error("the actor has just got their account back")]
    Recovered(Timestamp),
    #[error("asking for less takes the right to change settings")]
    AsksForLess,
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

/// Rights do not change hands through an account that was got back a short while ago.
///
/// # Errors
/// [`GrantError::Recovered`], which is in the log then.
pub(crate) async fn refuse_recovered(store: &Store, by: &impl Proof, action: Action) -> Result<(), GrantError> {
    let Some(user) = by.actor().user() else { return Ok(()) };
    let until = store.recovered_at(user).await?.map(|at| at.plus(RECOVERY_HOLD));
    match until.filter(|until| *until > Timestamp::now()) {
        Some(until) => {
            refuse(store, by, action, "recovered").await?;
            Err(GrantError::Recovered(until))
        }
        None => Ok(()),
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
        // Taking goes on: it gives nobody anything.
        if !give.is_empty() {
            refuse_recovered(store, by, Action::UserRoles).await?;
        }
        let contents = store.role_permissions().await?;
        let (given, taken) = (sum(&contents, &give)?, sum(&contents, &take)?);
        let may_give = give.is_empty() || held_for_good(store, by).await?.contain_all(given);
        if by.held().contain(Permission::RoleManage) && may_give && by.held().contain_all(taken) {
            // Who keeps every right and comes under a laxer rule: that is what changing the rule would have come to.
            let policies = store.role_policies().await?;
            let strictest = |roles: &[RoleId]| roles.iter().filter_map(|role| policies.get(role)).max().copied();
            let keeps = sum(&contents, wanted)?.contain_all(sum(&contents, has)?);
            let laxer = keeps && strictest(wanted) < strictest(has);
            if laxer && !held_for_good(store, by).await?.contain(Permission::ServerSettings) {
                refuse(store, by, Action::UserRoles, "second_factor").await?;
                return Err(GrantError::AsksForLess);
            }
            return Ok(Self { give, take });
        }
        Err(refuse(store, by, Action::UserRoles, "role").await?)
    }

    /// Roles for somebody who is not there yet. Whoever may let people in may give them what they hold themselves: without a role
    /// a newcomer could do nothing.
    ///
    /// # Errors
    /// [`GrantError::MoreThanHeld`] without a permission of one of the roles; [`GrantError::NoSuchRole`].
    pub async fn for_newcomer(
        store: &Store,
        by: &SystemAccess<ManageUsers>,
        wanted: &[RoleId],
    ) -> Result<Self, GrantError> {
        let mut give = wanted.to_vec();
        give.sort_unstable();
        give.dedup();
        if give.is_empty() {
            return Ok(Self::default());
        }
        refuse_recovered(store, by, Action::UserRoles).await?;
        let given = sum(&store.role_permissions().await?, &give)?;
        if held_for_good(store, by).await?.contain_all(given) {
            return Ok(Self { give, take: Vec::new() });
        }
        Err(refuse(store, by, Action::UserRoles, "role").await?)
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

/// Everything that these roles allow together.
fn sum(contents: &HashMap<RoleId, Permissions>, roles: &[RoleId]) -> Result<Permissions, GrantError> {
    roles.iter().try_fold(Permissions::NONE, |sum, role| {
        Ok(sum.with(contents.get(role).copied().ok_or(GrantError::NoSuchRole)?))
    })
}

/// Permissions that the actor may put into a role.
#[derive(Debug)]
pub struct GrantedPermissions(Permissions);

impl GrantedPermissions {
    /// # Errors
    /// [`GrantError::MoreThanHeld`] without one of them.
    pub async fn require(store: &Store, by: &impl Holder, wanted: Permissions) -> Result<Self, GrantError> {
        refuse_recovered(store, by, Action::RoleUpdate).await?;
        if held_for_good(store, by).await?.contain_all(wanted) {
            return Ok(Self(wanted));
        }
        Err(refuse(store, by, Action::RoleUpdate, "permission").await?)
    }
    #[must_use]
    pub fn get(&self) -> Permissions {
        self.0
    }
}

/// Somebody tried to pass on what they may not; `action` is what they tried.
pub(super) async fn refuse(
    store: &Store,
    by: &impl Proof,
    action: Action,
    asked: &'static str,
) -> Result<GrantError, StoreError> {
    store.record_denial(by.actor(), action, by.target(), asked).await?;
    Ok(GrantError::MoreThanHeld)
}
