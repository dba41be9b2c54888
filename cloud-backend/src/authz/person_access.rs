//! The right to act on another person's account: whoever manages people, on those who are not above them.

use carrel_ids::UserId;

use super::{AccessError, Actor, ManageUsers, Permissions, Proof, SystemAccess, Target, actor::sealed};
use crate::{audit::Action, session::Session, store::Store};

/// Proof that `actor` manages people and holds every permission that `user` holds (T-42): nobody gains a right by taking over
/// the account of somebody who has it.
#[derive(Debug)]
pub struct PersonAccess {
    actor: Actor,
    user: UserId,
    held: Permissions,
}

/// Why there is no [`PersonAccess`].
#[derive(Debug, thiserror::Error)]
pub enum PersonAccessError {
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The person has rights that the actor does not have.
    #[error("the person has rights that the actor does not have")]
    AboveYou,
}

impl PersonAccess {
    /// # Errors
    /// [`PersonAccessError::Access`] without the right to manage people, or when there is no such person;
    /// [`PersonAccessError::AboveYou`] when they hold a permission that the actor does not hold.
    pub async fn require(store: &Store, session: &Session, user: UserId) -> Result<Self, PersonAccessError> {
        let manager = SystemAccess::<ManageUsers>::require(store, session).await?;
        let theirs = store.held_permissions(user).await.map_err(AccessError::from)?;
        let theirs = theirs.ok_or(AccessError::NotFound)?;
        if !manager.held().contain_all(theirs) {
            store
                .record_denial(session.actor(), Action::UserUpdate, Target::User(user), "above")
                .await
                .map_err(AccessError::from)?;
            return Err(PersonAccessError::AboveYou);
        }
        Ok(Self { actor: session.actor().clone(), user, held: manager.held() })
    }

    #[must_use]
    pub fn user(&self) -> UserId {
        self.user
    }
    /// Everything that the acting person may do.
    #[must_use]
    pub fn held(&self) -> Permissions {
        self.held
    }
    /// Whether the person acts on their own account.
    #[must_use]
    pub fn is_own(&self) -> bool {
        self.actor.user() == Some(self.user)
    }
}

impl sealed::Sealed for PersonAccess {}
impl Proof for PersonAccess {
    fn actor(&self) -> &Actor {
        &self.actor
    }
    fn target(&self) -> Target {
        Target::User(self.user)
    }
}
