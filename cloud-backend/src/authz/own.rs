//! Proofs that need no look-up: what a person does to their own account, what happens before anybody is signed in, what the
//! owner of the machine does on it, and what the program does by itself.

use carrel_ids::{SessionId, UserId};

use super::{AccessError, Actor, ActorKind, RequestContext, Target, actor::proofs};
use crate::session::Session;

/// The signed-in person and what is theirs: profile, sessions, own spaces.
#[derive(Debug)]
pub struct OwnAccess {
    actor: Actor,
    user: UserId,
}

impl OwnAccess {
    #[must_use]
    pub fn of(session: &Session) -> Self {
        Self { actor: session.actor().clone(), user: session.user_id() }
    }
    #[must_use]
    pub fn user(&self) -> UserId {
        self.user
    }
}

/// The signed-in person at a browser, who showed a short while ago who they are: enough to change what protects the account.
#[derive(Debug)]
pub struct Confirmed {
    actor: Actor,
    user: UserId,
    session: SessionId,
}

impl Confirmed {
    /// # Errors
    /// [`AccessError::ScopeTooSmall`] for tokens (T-33: a token makes no token), [`AccessError::ConfirmationRequired`] when the
    /// sign-in is too old.
    pub fn require(session: &Session) -> Result<Self, AccessError> {
        let id = session.browser_session().ok_or(AccessError::ScopeTooSmall)?;
        if !session.is_confirmed() {
            return Err(AccessError::ConfirmationRequired);
        }
        Ok(Self { actor: session.actor().clone(), user: session.user_id(), session: id })
    }
    #[must_use]
    pub fn user(&self) -> UserId {
        self.user
    }
    #[must_use]
    pub fn session(&self) -> SessionId {
        self.session
    }
}

/// The holder of a link that was sent to them: an invitation, a new password. It proves nothing until the store has seen, in the
/// same transaction, that the link is valid.
#[derive(Debug)]
pub struct LinkHolder {
    actor: Actor,
}

impl LinkHolder {
    pub(crate) fn new(context: RequestContext) -> Self {
        Self { actor: Actor::without_session(ActorKind::Anonymous, context) }
    }
}

/// Somebody who tries to sign in; `user` is whom they claim to be, if there is such a person.
#[derive(Debug)]
pub struct SignInAttempt {
    actor: Actor,
    target: Target,
}

impl SignInAttempt {
    /// The password was right: from here on the person acts.
    pub(crate) fn succeeded(context: RequestContext, user: UserId) -> Self {
        Self { actor: Actor::without_session(ActorKind::User(user), context), target: Target::User(user) }
    }
    /// A known name with a wrong password.
    pub(crate) fn failed(context: RequestContext, user: Option<UserId>) -> Self {
        let target = user.map_or(Target::Instance, Target::User);
        Self { actor: Actor::without_session(ActorKind::Anonymous, context), target }
    }
}

/// The holder of the one-time link. It proves nothing until the store has seen, in the same transaction, that the link is valid
/// and that no user exists.
#[derive(Debug)]
pub struct FirstAdministrator {
    actor: Actor,
}

impl FirstAdministrator {
    pub(crate) fn with_link(context: RequestContext) -> Self {
        Self { actor: Actor::without_session(ActorKind::Anonymous, context) }
    }
}

/// Whoever can read the data folder and its secrets: the command line.
#[derive(Debug)]
pub struct LocalAdministrator {
    actor: Actor,
}

impl LocalAdministrator {
    /// Only the command line calls this, after it opened the data folder. No route does.
    #[must_use]
    pub fn of_machine() -> Self {
        Self { actor: Actor::without_session(ActorKind::Console, RequestContext::of_machine()) }
    }
}

/// What the program does by itself: closing what nobody reported, beating the log's heart.
#[derive(Debug)]
pub struct SystemTask {
    actor: Actor,
    target: Target,
}

impl SystemTask {
    pub(crate) fn on(target: Target) -> Self {
        Self::for_request(target, RequestContext::of_machine())
    }
    /// What the program does because of a request that nobody answers for.
    pub(crate) fn for_request(target: Target, context: RequestContext) -> Self {
        Self { actor: Actor::without_session(ActorKind::System, context), target }
    }
}

proofs! {
    OwnAccess => |own| Target::User(own.user);
    Confirmed => |confirmed| Target::User(confirmed.user);
    LinkHolder => |_| Target::Instance;
    SignInAttempt => |attempt| attempt.target;
    FirstAdministrator => |_| Target::Instance;
    LocalAdministrator => |_| Target::Instance;
    SystemTask => |task| task.target;
}
