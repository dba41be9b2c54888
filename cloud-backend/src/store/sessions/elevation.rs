//! What a session may do for a while: after a second factor that was shown anew, or the password.

use carrel_ids::SessionId;
use time::Duration;

use super::FactorUse;
use crate::{
    authz::{OwnAccess, Target},
    store::{StoreError, Timestamp, Writer, connect::execute},
};

impl Writer<'_, OwnAccess> {
    /// The person showed a second factor anew: for a while the session may do what is dangerous.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the factor is used up, or the session is over.
    pub async fn elevate(
        &mut self,
        session: SessionId,
        factor: &FactorUse,
        elevation_hash: &[u8; 32],
        valid: Duration,
    ) -> Result<Timestamp, StoreError> {
        self.set_target(Target::Session(session));
        let user = self.proof.user();
        self.use_factor(user, factor).await?;
        let until = self.now.plus(valid);
        self.detail("factor", factor.factor().as_str());
        let done = execute!(
            self.tx,
            "UPDATE sessions SET elevation_hash = $1, elevated_until = $2, confirmed_until = $2,
                 factor = CASE WHEN factor IN ('none', 'recovery') OR $3 = 'passkey' THEN $3 ELSE factor END
             WHERE id = $4 AND user_id = $5 AND ended_at IS NULL",
            elevation_hash.as_slice(),
            until,
            factor.factor().as_str(),
            session.uuid(),
            user.uuid()
        )?;
        if done == 1 { Ok(until) } else { Err(StoreError::NotFound) }
    }

    pub async fn drop_elevation(&mut self, session: SessionId) -> Result<(), StoreError> {
        self.set_target(Target::Session(session));
        let user = self.proof.user();
        execute!(
            self.tx,
            "UPDATE sessions SET elevation_hash = NULL, elevated_until = NULL WHERE id = $1 AND user_id = $2",
            session.uuid(),
            user.uuid()
        )?;
        Ok(())
    }

    /// The person showed their password anew.
    pub async fn confirm(&mut self, session: SessionId, valid: Duration) -> Result<Timestamp, StoreError> {
        self.set_target(Target::Session(session));
        let (user, until) = (self.proof.user(), self.now.plus(valid));
        execute!(
            self.tx,
            "UPDATE sessions SET confirmed_until = $1 WHERE id = $2 AND user_id = $3 AND ended_at IS NULL",
            until,
            session.uuid(),
            user.uuid()
        )?;
        Ok(until)
    }
}
