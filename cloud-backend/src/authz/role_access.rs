//! The right to change a role, and to decide on requests for one.

use carrel_ids::{RoleId, RoleRequestId, UserId};

use super::{
    AccessError, Actor, GrantError, Holder, ManageRoles, Permissions, Proof, ReviewEmergencies, SystemAccess, Target,
    actor::proofs,
    granting::{refuse, refuse_recovered},
};
use crate::{
    audit::Action,
    session::Session,
    store::{Store, StoreError},
};

/// Why a role, or a request for one, may not be touched.
#[derive(Debug, thiserror::Error)]
pub enum RoleAccessError {
    #[error(transparent)]
    Access(#[from] AccessError),
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// Nobody decides on their own request (T-35).
    #[error("it is the actor's own request")]
    OwnRequest,
}

impl From<StoreError> for RoleAccessError {
    fn from(error: StoreError) -> Self {
        Self::Access(error.into())
    }
}

/// Proof that `actor` manages roles and holds every permission of `role`.
#[derive(Debug)]
pub struct RoleAccess {
    actor: Actor,
    role: RoleId,
    held: Permissions,
}

impl RoleAccess {
    /// # Errors
    /// [`RoleAccessError::Access`] without the right to manage roles, or without such a role; [`RoleAccessError::Grant`] when the
    /// role has a permission that the actor does not hold.
    pub async fn require(store: &Store, session: &Session, role: RoleId) -> Result<Self, RoleAccessError> {
        let manager = SystemAccess::<ManageRoles>::require(store, session).await?;
        let content = store.role_permissions().await?.get(&role).copied().ok_or(AccessError::NotFound)?;
        let access = Self { actor: session.actor().clone(), role, held: manager.held() };
        if access.held.contain_all(content) {
            Ok(access)
        } else {
            Err(refuse(store, &access, Action::RoleUpdate, "role").await?.into())
        }
    }
    #[must_use]
    pub fn role(&self) -> RoleId {
        self.role
    }
}

impl Holder for RoleAccess {
    fn held(&self) -> Permissions {
        self.held
    }
}

/// Proof that `actor` may decide on somebody else's request: they manage roles and have the role for good.
#[derive(Debug)]
pub struct RoleRequestAccess {
    actor: Actor,
    request: RoleRequestId,
    user: UserId,
    role: RoleId,
}

impl RoleRequestAccess {
    /// # Errors
    /// [`RoleAccessError::Access`] without the right to manage roles, or without such a request; [`RoleAccessError::OwnRequest`];
    /// [`RoleAccessError::Grant`] for whoever does not have the role, or only for a time.
    pub async fn require(store: &Store, session: &Session, request: RoleRequestId) -> Result<Self, RoleAccessError> {
        SystemAccess::<ManageRoles>::require(store, session).await?;
        let (user, role) = store.role_request_subject(request).await?.ok_or(AccessError::NotFound)?;
        let access = Self { actor: session.actor().clone(), request, user, role };
        if user == session.user_id() {
            let target = access.target();
            store.record_denial(session.actor(), Action::RoleRequestApprove, target, "own").await?;
            return Err(RoleAccessError::OwnRequest);
        }
        refuse_recovered(store, &access, Action::RoleRequestApprove).await?;
        if store.has_for_good(session.user_id(), role).await? {
            Ok(access)
        } else {
            Err(refuse(store, &access, Action::RoleRequestApprove, "role").await?.into())
        }
    }
    #[must_use]
    pub fn request(&self) -> RoleRequestId {
        self.request
    }
    /// Who asked.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.user
    }
    #[must_use]
    pub fn role(&self) -> RoleId {
        self.role
    }
}

/// Proof that `actor` reads the log, and may therefore say that they looked at what somebody else did in an emergency (T-20).
#[derive(Debug)]
pub struct EmergencyReview {
    actor: Actor,
    request: RoleRequestId,
    user: UserId,
}

impl EmergencyReview {
    /// # Errors
    /// [`RoleAccessError::Access`] without the right to read the log, or without such an emergency; [`RoleAccessError::OwnRequest`].
    pub async fn require(store: &Store, session: &Session, request: RoleRequestId) -> Result<Self, RoleAccessError> {
        SystemAccess::<ReviewEmergencies>::require(store, session).await?;
        let user = store.emergency_subject(request).await?.ok_or(AccessError::NotFound)?;
        let access = Self { actor: session.actor().clone(), request, user };
        if user == session.user_id() {
            let target = access.target();
            store.record_denial(session.actor(), Action::BreakGlassReview, target, "own").await?;
            return Err(RoleAccessError::OwnRequest);
        }
        Ok(access)
    }
    #[must_use]
    pub fn request(&self) -> RoleRequestId {
        self.request
    }
    /// Whose emergency it was.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.user
    }
}

proofs! {
    EmergencyReview => |access| Target::RoleRequest(access.request);
    RoleAccess => |access| Target::Role(access.role);
    RoleRequestAccess => |access| Target::RoleRequest(access.request);
}
