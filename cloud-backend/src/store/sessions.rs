//! Sessions: one sign-in on one device, until it ends. The access token's hash stands in the session's row; the one before it works
//! a little longer, for requests that were under way when it was exchanged. Here a live one is read; how it begins, lasts and ends,
//! each in a file of its own.

mod begin;
mod devices;
mod elevation;
mod end;
mod factor_use;
mod lasting;

use carrel_ids::SessionId;
use uuid::Uuid;

use super::{
    Store, StoreError, Timestamp, UserRow,
    answers::About,
    connect::on_db,
    users::{UserColumns, user_columns},
};
use crate::authz::Factor;

pub use begin::{Carried, NewSession};
pub use devices::DeviceRow;
pub use factor_use::FactorUse;
pub use lasting::Lifetimes;
pub(super) use lasting::{Lasting, asked_for_factor};

/// How a person began a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SessionMethod {
    Password,
    Passkey,
    /// Another server said who they are.
    Provider,
    /// A link let them in for the first time.
    Invitation,
}

impl SessionMethod {
    fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Passkey => "passkey",
            Self::Provider => "provider",
            Self::Invitation => "invitation",
        }
    }
    pub(super) fn from_text(text: &str) -> Self {
        [Self::Passkey, Self::Provider, Self::Invitation]
            .into_iter()
            .find(|m| m.as_str() == text)
            .unwrap_or(Self::Password)
    }
}

/// A live session and whose it is.
#[derive(Debug, Clone)]
pub struct SessionRow {
    pub id: SessionId,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub method: SessionMethod,
    pub factor: Factor,
    pub stay: bool,
    pub confirmed_until: Timestamp,
    pub elevated_until: Option<Timestamp>,
    pub elevation_hash: Option<Vec<u8>>,
    pub user: UserRow,
}

#[derive(sqlx::FromRow)]
struct SessionColumns {
    session_id: Uuid,
    created_at: Timestamp,
    expires_at: Timestamp,
    method: String,
    factor: String,
    stay: bool,
    confirmed_until: Timestamp,
    elevated_until: Option<Timestamp>,
    elevation_hash: Option<Vec<u8>>,
    #[sqlx(flatten)]
    user: UserColumns,
}

impl From<SessionColumns> for SessionRow {
    fn from(row: SessionColumns) -> Self {
        Self {
            id: row.session_id.into(),
            created_at: row.created_at,
            expires_at: row.expires_at,
            method: SessionMethod::from_text(&row.method),
            factor: Factor::from_text(&row.factor),
            stay: row.stay,
            confirmed_until: row.confirmed_until,
            elevated_until: row.elevated_until,
            elevation_hash: row.elevation_hash,
            user: row.user.into(),
        }
    }
}

/// Live sessions of active people, with all that a request needs to know: one statement per request. `$1` is the moment.
macro_rules! live_session {
    ($which:literal) => {
        concat!(
            "SELECT s.id AS session_id, s.created_at, s.expires_at, s.method, s.factor, s.stay, s.confirmed_until, s.elevated_until,
                    s.elevation_hash, ",
            user_columns!(),
            " FROM sessions s JOIN users u ON u.id = s.user_id
             WHERE s.ended_at IS NULL AND s.expires_at > $1 AND s.idle_until > $1 AND u.state = 'active' AND ",
            $which
        )
    };
}

impl Store {
    /// The live session with this access token; none when it ended, expired, or its person was disabled.
    pub(crate) async fn session_by_token(&self, token_hash: &[u8; 32]) -> Result<Option<SessionRow>, StoreError> {
        let ask = async {
            let found: Option<SessionColumns> = on_db!(self, p => sqlx::query_as(
                live_session!("((s.token_hash = $2 AND s.access_until > $1) OR (s.previous_hash = $2 AND s.previous_until > $1))")
            ).bind(Timestamp::now()).bind(token_hash.as_slice()).fetch_optional(p).await)?;
            Ok(found.map(SessionRow::from))
        };
        self.answers().get(&self.answers().sessions, About::People, token_hash, ask).await
    }

    pub(crate) async fn session_by_id(&self, session: SessionId) -> Result<Option<SessionRow>, StoreError> {
        let found: Option<SessionColumns> = on_db!(self, p => sqlx::query_as(live_session!("s.id = $2"))
            .bind(Timestamp::now()).bind(session.uuid()).fetch_optional(p).await)?;
        Ok(found.map(SessionRow::from))
    }
}
