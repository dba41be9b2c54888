//! A second factor is shown: what is used up by that.

use carrel_ids::{PasskeyId, UserId};

use crate::{
    authz::{Factor, Proof},
    store::{StoreError, Writer, connect::execute},
};

/// What is used up when a person shows a second factor.
#[derive(Debug, Clone)]
pub enum FactorUse {
    None,
    /// The time step of the code: it is taken once.
    Totp {
        step: i64,
    },
    /// The first group of the code.
    Recovery {
        prefix: String,
    },
    /// The credential as it is after the use.
    Passkey {
        id: PasskeyId,
        credential: String,
        counter: i64,
    },
}

impl FactorUse {
    #[must_use]
    pub fn factor(&self) -> Factor {
        match self {
            Self::None => Factor::None,
            Self::Totp { .. } => Factor::Totp,
            Self::Recovery { .. } => Factor::Recovery,
            Self::Passkey { .. } => Factor::Passkey,
        }
    }
}

impl<P: Proof> Writer<'_, P> {
    /// Uses the factor up.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it is used already, or gone.
    pub(in crate::store) async fn use_factor(&mut self, user: UserId, factor: &FactorUse) -> Result<(), StoreError> {
        let used = match factor {
            FactorUse::None => 1,
            FactorUse::Totp { step } => execute!(
                self.tx,
                "UPDATE totp_factors SET last_step = $1 WHERE user_id = $2 AND last_step < $1 AND confirmed_at IS NOT NULL",
                *step,
                user.uuid()
            )?,
            FactorUse::Recovery { prefix } => execute!(
                self.tx,
                "UPDATE recovery_codes SET used_at = $1 WHERE user_id = $2 AND prefix = $3 AND used_at IS NULL",
                self.now,
                user.uuid(),
                prefix.as_str()
            )?,
            // Behind the counter that was checked, so that no other replica turns it back.
            FactorUse::Passkey { id, credential, counter } => execute!(
                self.tx,
                "UPDATE passkeys SET credential = $1, counter = $2, last_used_at = $3
                 WHERE id = $4 AND user_id = $5 AND (counter < $2 OR (counter = 0 AND $2 = 0))",
                credential.as_str(),
                *counter,
                self.now,
                id.uuid(),
                user.uuid()
            )?,
        };
        if used == 1 { Ok(()) } else { Err(StoreError::NotFound) }
    }
}
