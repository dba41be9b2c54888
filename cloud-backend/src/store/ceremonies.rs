//! What a browser has begun and not finished, sealed. Bound to the secret that the browser holds; taken by deleting, so it is used
//! once on any number of replicas.

use carrel_ids::UserId;
use time::Duration;
use uuid::Uuid;

use super::{
    Store, StoreError, Timestamp,
    connect::{execute, on_db, on_tx},
};

/// What was begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ceremony {
    /// The first factor was shown; the second is awaited.
    SignIn,
    /// A challenge for signing in with a passkey alone.
    PasskeySignIn,
    /// A challenge for a passkey as second factor.
    PasskeySecond,
    PasskeyElevation,
    PasskeyRegistration,
    /// On the way to a provider of identities and back.
    Provider,
}

impl Ceremony {
    fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::PasskeySignIn => "passkey_sign_in",
            Self::PasskeySecond => "passkey_second",
            Self::PasskeyElevation => "passkey_elevation",
            Self::PasskeyRegistration => "passkey_registration",
            Self::Provider => "provider",
        }
    }
}

impl Store {
    /// Begins; what was begun in the same way before is forgotten. Not an act: nothing is changed by it.
    pub(crate) async fn put_ceremony(
        &self,
        binding: &[u8; 32],
        kind: Ceremony,
        user: Option<UserId>,
        state: &[u8],
        valid: Duration,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        execute!(
            &mut tx,
            "INSERT INTO ceremonies (binding, kind, user_id, state, expires_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (binding, kind) DO UPDATE SET user_id = $3, state = $4, expires_at = $5",
            binding.as_slice(),
            kind.as_str(),
            user.map(UserId::uuid),
            state,
            Timestamp::now().plus(valid)
        )?;
        tx.commit().await
    }

    /// Looks without taking: a wrong code does not end the sign-in.
    pub(crate) async fn ceremony(&self, binding: &[u8; 32], kind: Ceremony) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(on_db!(self, p => sqlx::query_scalar(
            "SELECT state FROM ceremonies WHERE binding = $1 AND kind = $2 AND expires_at > $3"
        ).bind(binding.as_slice()).bind(kind.as_str()).bind(Timestamp::now()).fetch_optional(p).await)?)
    }

    /// Takes it: there is none for whoever comes next.
    pub(crate) async fn take_ceremony(
        &self,
        binding: &[u8; 32],
        kind: Ceremony,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let mut tx = self.begin().await?;
        let taken: Option<(Vec<u8>, Timestamp, Option<Uuid>)> = on_tx!(&mut tx, c => sqlx::query_as(
            "DELETE FROM ceremonies WHERE binding = $1 AND kind = $2 RETURNING state, expires_at, user_id"
        ).bind(binding.as_slice()).bind(kind.as_str()).fetch_optional(c).await)?;
        tx.commit().await?;
        Ok(taken.filter(|(_, until, _)| *until > Timestamp::now()).map(|(state, ..)| state))
    }
}
