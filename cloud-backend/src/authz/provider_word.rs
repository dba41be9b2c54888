//! Proofs that come from a provider of identities: its word, after `providers` has checked every part of it.

use carrel_ids::ProviderId;

use super::{Actor, ActorKind, Proof, RequestContext, Target, actor::sealed};

/// A provider said who somebody is. Whom that means here is a row of the store, never a name (T-17).
#[derive(Debug)]
pub struct ProviderAssertion {
    actor: Actor,
    provider: ProviderId,
    subject: String,
}

impl ProviderAssertion {
    /// Only after signature, issuer, audience, times and nonce of its word were checked.
    pub(crate) fn verified(context: RequestContext, provider: ProviderId, subject: String) -> Self {
        Self { actor: Actor::without_session(ActorKind::Anonymous, context), provider, subject }
    }
    #[must_use]
    pub fn provider(&self) -> ProviderId {
        self.provider
    }
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }
}

/// A provider said that somebody signed out there.
#[derive(Debug)]
pub struct ProviderLogout {
    actor: Actor,
    provider: ProviderId,
    subject: Option<String>,
    session: Option<String>,
}

impl ProviderLogout {
    /// Only after its word was checked.
    pub(crate) fn verified(
        context: RequestContext,
        provider: ProviderId,
        subject: Option<String>,
        session: Option<String>,
    ) -> Self {
        Self { actor: Actor::without_session(ActorKind::Anonymous, context), provider, subject, session }
    }
    #[must_use]
    pub fn provider(&self) -> ProviderId {
        self.provider
    }
    /// All sign-ins of this person, or only the one that [`Self::session`] names.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }
    #[must_use]
    pub fn session(&self) -> Option<&str> {
        self.session.as_deref()
    }
}

macro_rules! proofs {
    ($($name:ident)*) => {$(
        impl sealed::Sealed for $name {}
        impl Proof for $name {
            fn actor(&self) -> &Actor {
                &self.actor
            }
            fn target(&self) -> Target {
                Target::Provider(self.provider)
            }
        }
    )*};
}
proofs! { ProviderAssertion ProviderLogout }
