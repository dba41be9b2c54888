//! Who is asking: cookies, personal access token or app password → [`Session`]. How a person shows who they are, and for how long
//! that holds. Passwords, codes and cookies are known here and nowhere else; what a session may do is decided in `authz`.

mod at_rest;
pub(crate) mod begin;
pub(crate) mod cookie;
mod device;
pub(crate) mod elevation;
mod extract;
pub(crate) mod lifetimes;
mod mac;
pub(crate) mod me;
mod password;
mod password_sign_in;
pub(crate) mod profile;
pub(crate) mod refresh;
pub mod secrets;
pub(crate) mod setup;
pub(crate) mod sign_in;
mod strength;

use carrel_ids::{SessionId, UserId};
use time::OffsetDateTime;

pub use at_rest::{AtRestError, AtRestKey};
pub use device::DeviceKey;
pub(crate) use password::Place;
pub use password::{PasswordError, Passwords, PepperError};
pub use setup::{SETUP_LINK_VALID, new_setup_link};

pub(crate) use extract::{SignedIn, browser_origin, cloud, presented, request_context};
pub(crate) use strength::parse_password;

use crate::{
    authz::{Actor, ActorKind, Permission, Permissions, RequestContext},
    store::{SessionRow, Store, StoreError, TokenRow, UserRow},
};

/// What a token may do of what its person may do.
pub const SCOPES: &[&str] = &["files:read", "files:write"];

/// How the person showed who they are.
#[derive(Debug, Clone)]
enum Via {
    Browser(Box<Browser>),
    Token(Permissions),
}

/// A session's part of what a request knows.
#[derive(Debug, Clone)]
struct Browser {
    row: SessionRow,
    /// The cookie of a fresh second factor was shown, and its time is not over.
    elevated: bool,
}

/// A signed-in person, or a program that acts for one.
#[derive(Debug, Clone)]
pub struct Session {
    actor: Actor,
    user: UserRow,
    via: Via,
}

impl Session {
    fn of_browser(row: SessionRow, elevation: Option<&str>, context: RequestContext) -> Self {
        let now = OffsetDateTime::now_utc();
        let shown = elevation.map(secrets::hash_secret);
        let fresh = row.elevated_until.is_some_and(|until| until.time() > now);
        let elevated = fresh && shown.is_some_and(|shown| row.elevation_hash.as_deref() == Some(shown.as_slice()));
        Self {
            actor: Actor {
                kind: ActorKind::User(row.user.id),
                session: Some(row.id.uuid()),
                emergency: row.user.rights.emergency,
                context,
            },
            user: row.user.clone(),
            via: Via::Browser(Box::new(Browser { row, elevated })),
        }
    }

    fn of_token(row: TokenRow, context: RequestContext) -> Self {
        Self {
            actor: Actor {
                kind: ActorKind::User(row.user.id),
                session: Some(row.id.uuid()),
                emergency: row.user.rights.emergency,
                context,
            },
            via: Via::Token(scope_permissions(&row.scopes)),
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
        Ok(row.map(|row| Self::of_browser(row, None, context)).filter(|session| !session.is_limited()))
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
        self.row().map(|row| row.id)
    }
    /// The token that the request showed, where it showed one.
    #[must_use]
    pub fn token(&self) -> Option<carrel_ids::TokenId> {
        match &self.via {
            Via::Browser(_) => None,
            Via::Token(_) => self.actor.session.map(Into::into),
        }
    }
    /// What is known of the browser's session.
    #[must_use]
    pub fn row(&self) -> Option<&SessionRow> {
        match &self.via {
            Via::Browser(browser) => Some(&browser.row),
            Via::Token(_) => None,
        }
    }
    /// A token can do less than its person: effective rights are the person's within the token's scopes.
    #[must_use]
    pub fn permissions(&self) -> Permissions {
        match &self.via {
            Via::Browser(_) => self.user.rights.permissions,
            Via::Token(scopes) => self.user.rights.permissions.within(*scopes),
        }
    }
    /// A second factor was shown a short while ago (T-15).
    #[must_use]
    pub fn is_elevated(&self) -> bool {
        matches!(&self.via, Via::Browser(browser) if browser.elevated)
    }
    /// The person signed in, or showed anew who they are, a short while ago.
    #[must_use]
    pub fn is_confirmed(&self) -> bool {
        self.is_elevated() || self.row().is_some_and(|row| row.confirmed_until.time() > OffsetDateTime::now_utc())
    }
    /// A role asks for a second factor that this session has not shown.
    #[must_use]
    pub fn lacks_factor(&self) -> bool {
        self.row().is_some_and(|row| !self.user.rights.policy.is_met_by(row.factor))
    }
    /// … and the time in which the person may go without is over: the session can do nothing but set one up.
    #[must_use]
    pub fn is_limited(&self) -> bool {
        let in_grace = self.user.factor_due_at.is_some_and(|due| due.time() > OffsetDateTime::now_utc());
        self.lacks_factor() && !in_grace
    }
}

fn scope_permissions(scopes: &str) -> Permissions {
    let read = Permissions::of(&[Permission::FileRead, Permission::ShareViewReceived, Permission::MediaView]);
    scopes.split(' ').fold(Permissions::NONE, |sum, scope| match scope {
        "files:read" => sum.with(read),
        "files:write" => sum.with(read).with(Permissions::of(&[Permission::FileWrite, Permission::FileDelete])),
        // A scope that this version does not know gives nothing.
        _ => sum,
    })
}
