//! The right to say which second factor a role asks its holders for.

use carrel_ids::RoleId;

use super::{
    FactorPolicy, GrantError, Permission, RoleAccess,
    granting::{held_for_good, refuse, refuse_recovered},
};
use crate::{
    audit::Action,
    store::{Store, StoreError},
};

/// What a role asks for: which factor, and after how many hours.
pub type Asked = (FactorPolicy, i64);

/// Proof that what the proof's role asks for may become something else.
///
/// Whoever manages roles may ask for more. Asking for less, or later, loosens what protects the instance, and takes the right to
/// change its settings.
#[derive(Debug)]
pub struct FactorRule {
    role: RoleId,
    asked: Asked,
    may_loosen: bool,
}

impl FactorRule {
    /// # Errors
    /// [`GrantError::AsksForLess`] without the right to change settings.
    pub async fn require(store: &Store, by: &RoleAccess, before: Asked, asked: Asked) -> Result<Self, GrantError> {
        // For good: what is loosened in an emergency would outlive it.
        let may_loosen = held_for_good(store, by).await?.contain(Permission::ServerSettings);
        let rule = Self { role: by.role(), asked, may_loosen };
        if rule.holds_after(before) {
            if rule.loosens(before) {
                refuse_recovered(store, by, Action::RoleUpdate).await?;
            }
            return Ok(rule);
        }
        refuse(store, by, Action::RoleUpdate, "second_factor").await?;
        Err(GrantError::AsksForLess)
    }
    /// Whether it may follow `before`: asked again behind the role's lock, where `before` is what is replaced.
    #[must_use]
    pub fn holds_after(&self, before: Asked) -> bool {
        self.may_loosen || !self.loosens(before)
    }
    fn loosens(&self, before: Asked) -> bool {
        self.asked.0 < before.0 || (before.0 != FactorPolicy::None && self.asked.1 > before.1)
    }
    /// What `role` is to ask for.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for another role than the one that it is about.
    pub fn of(&self, role: RoleId) -> Result<Asked, StoreError> {
        if self.role == role { Ok(self.asked) } else { Err(StoreError::NotFound) }
    }
}
