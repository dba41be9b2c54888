//! What a person is told about the safety of their account: in the account itself, and by mail where that is configured.

use carrel_ids::{NoticeId, UserId};
use uuid::Uuid;

use super::{
    Store, StoreError, Timestamp, Writer,
    connect::{execute, on_db, on_tx},
};
use crate::{
    authz::{ActorKind, OwnAccess, Proof},
    mail::NoticeFacts,
};

macro_rules! notices {
    ($($name:ident = $code:literal;)*) => {
        /// What happened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum NoticeKind {
            $($name,)*
        }
        impl NoticeKind {
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// As the database and the API write it.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }
        }
    };
}

notices! {
    SignedInNewDevice = "signed_in_new_device";
    SessionReused = "session_reused";
    PasswordChanged = "password_changed";
    PasskeyAdded = "passkey_added";
    PasskeyRemoved = "passkey_removed";
    TotpAdded = "totp_added";
    TotpRemoved = "totp_removed";
    RecoveryCodesMade = "recovery_codes_made";
    RecoveryCodeUsed = "recovery_code_used";
    TokenCreated = "token_created";
    FactorsReset = "factors_reset";
    RoleChanged = "role_changed";
    IdentityLinked = "identity_linked";
    BreakGlassUsed = "break_glass_used";
    PasskeyCloned = "passkey_cloned";
    PasswordDisabled = "password_disabled";
    EmailChanged = "email_changed";
    FilesReceived = "files_received";
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
    /// Tells a person, in the same transaction as what they are told of. Where it came from is said unless somebody else did it: an
    /// administrator's address is not theirs to know.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn notify(&mut self, user: UserId, kind: NoticeKind) -> Result<(), StoreError> {
        let actor = self.proof.actor();
        let of_another = matches!(actor.kind, ActorKind::User(id) if id != user);
        let context = (!of_another).then_some(&actor.context);
        let address = context.and_then(|context| context.address.clone());
        let client = context.and_then(|context| context.client.clone());
        execute!(
            self.tx,
            "INSERT INTO notices (id, user_id, kind, address, client, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
            NoticeId::new().uuid(),
            user.uuid(),
            kind.code(),
            address.as_deref(),
            client.as_deref(),
            self.now
        )?;
        let Some(letterhead) = self.letterhead else { return Ok(()) };
        let reader: Option<(String, String, String)> = on_tx!(self.tx, c => sqlx::query_as(
            "SELECT email, language, display_name FROM users WHERE id = $1 AND email IS NOT NULL AND kind = 'person' AND state = 'active'"
        ).bind(user.uuid()).fetch_optional(c).await)?;
        let Some((email, language, name)) = reader else { return Ok(()) };
        let facts =
            NoticeFacts { kind, name: &name, at: self.now, address: address.as_deref(), client: client.as_deref() };
        self.queue_mail(&email, &letterhead.notice(&language, facts)).await?;
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
