//! What a person is told about the safety of their account.

use carrel_ids::{NoticeId, UserId};
use uuid::Uuid;

use super::{
    Store, StoreError, Timestamp, Writer,
    connect::{execute, on_db},
};
use crate::authz::{OwnAccess, Proof};

macro_rules! kinds {
    ($($name:ident = $code:literal;)*) => {
        /// What happened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum NoticeKind {
            $($name,)*
        }
        impl NoticeKind {
            #[must_use]
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }
        }
    };
}
kinds! {
    SignedInNewDevice = "signed_in_new_device";
    SessionReused = "session_reused";
    PasswordChanged = "password_changed";
    PasswordDisabled = "password_disabled";
    PasskeyAdded = "passkey_added";
    PasskeyRemoved = "passkey_removed";
    PasskeyCloned = "passkey_cloned";
    TotpAdded = "totp_added";
    TotpRemoved = "totp_removed";
    RecoveryCodesMade = "recovery_codes_made";
    RecoveryCodeUsed = "recovery_code_used";
    TokenCreated = "token_created";
    FactorsReset = "factors_reset";
    RoleChanged = "role_changed";
    IdentityLinked = "identity_linked";
    BreakGlassUsed = "break_glass_used";
}

/// A notice as its person sees it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct NoticeRow {
    pub id: Uuid,
    pub kind: String,
    pub address: Option<String>,
    pub client: Option<String>,
    pub created_at: Timestamp,
    pub seen_at: Option<Timestamp>,
}

impl<P: Proof> Writer<'_, P> {
    /// Tells the person, with the place from which it was done.
    pub(super) async fn notify(&mut self, user: UserId, kind: NoticeKind) -> Result<(), StoreError> {
        let context = &self.proof.actor().context;
        execute!(
            self.tx,
            "INSERT INTO notices (id, user_id, kind, address, client, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
            NoticeId::new().uuid(),
            user.uuid(),
            kind.code(),
            context.address.as_deref(),
            context.client.as_deref(),
            self.now
        )?;
        Ok(())
    }
}

impl Store {
    /// The newest notices of the person.
    pub(crate) async fn notices(&self, own: &OwnAccess) -> Result<Vec<NoticeRow>, StoreError> {
        Ok(on_db!(self, p => sqlx::query_as(
            "SELECT id, kind, address, client, created_at, seen_at FROM notices WHERE user_id = $1 ORDER BY created_at DESC, id DESC LIMIT 100"
        ).bind(own.user().uuid()).fetch_all(p).await)?)
    }

    pub(crate) async fn unseen_notices(&self, own: &OwnAccess) -> Result<i64, StoreError> {
        Ok(on_db!(self, p => sqlx::query_scalar("SELECT COUNT(*) FROM notices WHERE user_id = $1 AND seen_at IS NULL")
            .bind(own.user().uuid()).fetch_one(p).await)?)
    }

    /// The person has seen what there is. A sign of life, not an act.
    pub(crate) async fn notices_seen(&self, own: &OwnAccess) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        execute!(
            &mut tx,
            "UPDATE notices SET seen_at = $1 WHERE user_id = $2 AND seen_at IS NULL",
            Timestamp::now(),
            own.user().uuid()
        )?;
        tx.commit().await
    }
}
