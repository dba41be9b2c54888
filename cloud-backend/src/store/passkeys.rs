//! Passkeys of people.

use carrel_ids::{PasskeyId, UserId};
use uuid::Uuid;

use super::{
    NoticeKind, Store, StoreError, Timestamp, Writer,
    connect::{execute, on_db, on_tx},
};
use crate::{
    audit::{Action, Outcome},
    authz::{Confirmed, Factor, OwnAccess, RequestContext, SystemTask, Target},
};

/// A passkey.
#[derive(Debug, Clone)]
pub struct PasskeyRow {
    pub id: PasskeyId,
    pub user: UserId,
    pub credential_id: Vec<u8>,
    pub name: String,
    /// The library's form, JSON.
    pub credential: String,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
}

type Columns = (Uuid, Uuid, Vec<u8>, String, String, Timestamp, Option<Timestamp>);

fn row((id, user, credential_id, name, credential, created_at, last_used_at): Columns) -> PasskeyRow {
    PasskeyRow { id: id.into(), user: user.into(), credential_id, name, credential, created_at, last_used_at }
}

impl Store {
    /// The person's passkeys, in the order in which they were made.
    pub(crate) async fn passkeys(&self, user: UserId) -> Result<Vec<PasskeyRow>, StoreError> {
        let rows: Vec<Columns> = on_db!(self, p => sqlx::query_as(
            "SELECT id, user_id, credential_id, name, credential, created_at, last_used_at FROM passkeys WHERE user_id = $1 ORDER BY created_at, id"
        ).bind(user.uuid()).fetch_all(p).await)?;
        Ok(rows.into_iter().map(row).collect())
    }

    /// The passkey with this credential, if it belongs to the active person with this handle.
    pub(crate) async fn passkey_by_credential(
        &self,
        handle: Uuid,
        credential_id: &[u8],
    ) -> Result<Option<PasskeyRow>, StoreError> {
        let found: Option<Columns> = on_db!(self, p => sqlx::query_as(
            "SELECT k.id, k.user_id, k.credential_id, k.name, k.credential, k.created_at, k.last_used_at
             FROM passkeys k JOIN users u ON u.id = k.user_id
             WHERE k.credential_id = $1 AND u.passkey_handle = $2 AND u.state = 'active'"
        ).bind(credential_id).bind(handle).fetch_optional(p).await)?;
        Ok(found.map(row))
    }

    /// The random name by which authenticators know the person; made at the first need. Not an act: it proves nothing.
    pub(crate) async fn passkey_handle(&self, own: &OwnAccess) -> Result<Uuid, StoreError> {
        let mut tx = self.begin().await?;
        let handle: Uuid = on_tx!(&mut tx, c => sqlx::query_scalar(
            "UPDATE users SET passkey_handle = COALESCE(passkey_handle, $1) WHERE id = $2 RETURNING passkey_handle"
        ).bind(Uuid::new_v4()).bind(own.user().uuid()).fetch_one(c).await)?;
        tx.commit().await?;
        Ok(handle)
    }

    /// Somebody used a copy of the key, or the key itself after its copy.
    pub(crate) async fn report_cloned_passkey(
        &self,
        passkey: &PasskeyRow,
        context: RequestContext,
    ) -> Result<(), StoreError> {
        let task = SystemTask::for_request(Target::User(passkey.user), context);
        self.audited(&task, Action::PasskeyCloned, async |w| {
            w.set_outcome(Outcome::Denied);
            w.detail("passkey", passkey.id.to_string());
            w.notify(passkey.user, NoticeKind::PasskeyCloned).await
        })
        .await
    }
}

impl Writer<'_, Confirmed> {
    /// # Errors
    /// [`StoreError::Exists`] when the credential is somebody's already.
    pub async fn add_passkey(
        &mut self,
        credential_id: &[u8],
        name: &str,
        credential: &str,
    ) -> Result<PasskeyId, StoreError> {
        let (id, user) = (PasskeyId::new(), self.proof.user());
        execute!(
            self.tx,
            "INSERT INTO passkeys (id, user_id, credential_id, name, credential, counter, created_at) VALUES ($1, $2, $3, $4, $5, 0, $6)",
            id.uuid(),
            user.uuid(),
            credential_id,
            name,
            credential,
            self.now
        )?;
        self.detail("passkey", id.to_string());
        self.personal("name", name);
        self.session_showed(Factor::Passkey).await?;
        self.notify(user, NoticeKind::PasskeyAdded).await?;
        Ok(id)
    }

    /// # Errors
    /// [`StoreError::NotFound`] when it is none of the person's.
    pub async fn remove_passkey(&mut self, id: PasskeyId) -> Result<(), StoreError> {
        let user = self.proof.user();
        let gone = execute!(self.tx, "DELETE FROM passkeys WHERE id = $1 AND user_id = $2", id.uuid(), user.uuid())?;
        if gone != 1 {
            return Err(StoreError::NotFound);
        }
        self.detail("passkey", id.to_string());
        self.require_factors_of_policy().await?;
        // Whoever signed in with it is no longer known by it.
        let this = self.proof.session();
        self.end_sessions_of(user, Some(this), "factor_removed").await?;
        self.notify(user, NoticeKind::PasskeyRemoved).await
    }

    /// # Errors
    /// [`StoreError::NotFound`] when it is none of the person's.
    pub async fn rename_passkey(&mut self, id: PasskeyId, name: &str) -> Result<(), StoreError> {
        let user = self.proof.user();
        let done = execute!(
            self.tx,
            "UPDATE passkeys SET name = $1 WHERE id = $2 AND user_id = $3",
            name,
            id.uuid(),
            user.uuid()
        )?;
        self.detail("passkey", id.to_string());
        self.personal("name", name);
        if done == 1 { Ok(()) } else { Err(StoreError::NotFound) }
    }
}
