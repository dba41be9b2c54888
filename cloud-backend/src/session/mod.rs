//! Who is asking: cookie, personal access token or app password → [`Session`]. Passwords and cookies are known here and nowhere else.

mod cookie;
mod extract;
mod password;
pub(crate) mod profile;
pub mod secrets;
pub(crate) mod setup;
pub(crate) mod sign_in;

use carrel_ids::{SessionId, UserId};
use time::OffsetDateTime;

pub use password::{PasswordError, Passwords, PepperError};
pub use setup::{SETUP_LINK_VALID, new_setup_link};

pub(crate) use extract::{presented, request_context};

use crate::{
    authz::{Actor, ActorKind, RequestContext, Roles, SpaceRole},
    store::{SessionRow, Store, StoreError, TokenRow, UserRow},
};

/// How long a session lasts (security-facts 3.1: at most 24 h with a single sign-in).
pub const SESSION_VALID: time::Duration = time::Duration::hours(24);

/// How the person showed who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Via {
    Browser(SessionId),
    /// A token; files as far as the scope goes.
    Token {
        write: bool,
    },
}

/// A signed-in person.
#[derive(Debug)]
pub struct Session {
    actor: Actor,
    user: UserRow,
    via: Via,
    expires_at: Option<OffsetDateTime>,
}

impl Session {
    fn of_browser(row: SessionRow, context: RequestContext) -> Self {
        Self {
            actor: Actor { kind: ActorKind::User(row.user.id), session: Some(row.id.uuid()), context },
            via: Via::Browser(row.id),
            expires_at: Some(row.expires_at.time()),
            user: row.user,
        }
    }

    fn of_token(row: TokenRow, context: RequestContext) -> Self {
        let write = row.scopes.split(' ').any(|scope| scope == "files:write");
        Self {
            actor: Actor { kind: ActorKind::User(row.user.id), session: Some(row.id.uuid()), context },
            via: Via::Token { write },
            expires_at: None,
            user: row.user,
        }
    }

    /// The sign-in that something longer-lived depends on, if it still holds.
    pub(crate) async fn behind(
        store: &Store,
        session: SessionId,
        context: RequestContext,
    ) -> Result<Option<Self>, StoreError> {
        let row = store.session_by_id(session).await?;
        Ok(row.map(|row| Self::of_browser(row, context)))
    }

    #[must_use]
    pub fn user_id(&self) -> UserId {
        self.user.id
    }
    #[must_use]
    pub fn user(&self) -> &UserRow {
        &self.user
    }
    #[must_use]
    pub fn roles(&self) -> &Roles {
        &self.user.roles
    }
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }
    /// A person at a browser, not a token.
    #[must_use]
    pub fn is_interactive(&self) -> bool {
        matches!(self.via, Via::Browser(_))
    }
    #[must_use]
    pub fn browser_session(&self) -> Option<SessionId> {
        match self.via {
            Via::Browser(id) => Some(id),
            Via::Token { .. } => None,
        }
    }
    /// A token can do less than its person: effective rights are the person's within the token's scopes.
    #[must_use]
    pub fn allows_files(&self, needed: SpaceRole) -> bool {
        match self.via {
            Via::Browser(_) => true,
            Via::Token { write } => write || needed <= SpaceRole::Viewer,
        }
    }
}
