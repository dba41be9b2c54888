//! Who acts, from where, and on what: what the log says of each act, taken from the proof and from nowhere else.

use carrel_ids::{
    GroupId, InvitationId, NodeId, ProviderId, RequestId, RoleId, RoleRequestId, SandboxId, SessionId, SpaceId,
    TokenId, UserId, WorkspaceId,
};
use uuid::Uuid;

pub(crate) mod sealed {
    pub trait Sealed {}
}

/// Where a request came from.
#[derive(Debug, Clone)]
pub struct RequestContext {
    pub request: RequestId,
    /// Text of the client's address; absent for acts on the machine itself.
    pub address: Option<String>,
    /// What the client calls itself, shortened and without control characters.
    pub client: Option<String>,
}

impl RequestContext {
    /// For acts that no request asked for.
    #[must_use]
    pub fn of_machine() -> Self {
        Self { request: RequestId::new(), address: None, client: None }
    }

    /// The network that a limit counts: one IPv4 address, or the /64 that an IPv6 customer has for themselves.
    #[must_use]
    pub fn network_prefix(&self) -> String {
        match self.address.as_deref().map(str::parse) {
            Some(Ok(std::net::IpAddr::V4(address))) => address.to_string(),
            Some(Ok(std::net::IpAddr::V6(address))) => match address.to_ipv4_mapped() {
                Some(address) => address.to_string(),
                None => format!("{:x}/64", address.to_bits() >> 64),
            },
            _ => "-".to_owned(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActorKind {
    /// Someone who is not signed in.
    Anonymous,
    User(UserId),
    /// The command line on the machine.
    Console,
    /// The program itself: sweepers, the sealer.
    System,
}

/// Who acts.
#[derive(Debug, Clone)]
pub struct Actor {
    pub kind: ActorKind,
    /// The session, token or sandbox through which the act came.
    pub session: Option<Uuid>,
    /// The emergency in which the person is administrator at this moment: whatever they do in it is marked
    /// (T-20). A sign-in carries none.
    pub emergency: Option<RoleRequestId>,
    pub context: RequestContext,
}

impl Actor {
    /// Somebody who acts through no session.
    pub(super) fn without_session(kind: ActorKind, context: RequestContext) -> Self {
        Self { kind, session: None, emergency: None, context }
    }
    /// The person, if one acts.
    #[must_use]
    pub fn user(&self) -> Option<UserId> {
        match self.kind {
            ActorKind::User(id) => Some(id),
            _ => None,
        }
    }
}

/// What an act is done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    Group(GroupId),
    Instance,
    Invitation(InvitationId),
    Log,
    Node(NodeId),
    Provider(ProviderId),
    Role(RoleId),
    RoleRequest(RoleRequestId),
    Sandbox(SandboxId),
    Session(SessionId),
    Space(SpaceId),
    Token(TokenId),
    User(UserId),
    Workspace(WorkspaceId),
}

impl Target {
    /// The noun and the identifier, as the log writes them. What exists once has no identifier but itself.
    #[must_use]
    pub fn parts(self) -> (&'static str, String) {
        match self {
            Self::Instance => ("instance", "self".to_owned()),
            Self::Log => ("log", "self".to_owned()),
            Self::Group(id) => ("group", id.to_string()),
            Self::Invitation(id) => ("invitation", id.to_string()),
            Self::Provider(id) => ("provider", id.to_string()),
            Self::Role(id) => ("role", id.to_string()),
            Self::RoleRequest(id) => ("role_request", id.to_string()),
            Self::Node(id) => ("node", id.to_string()),
            Self::Sandbox(id) => ("sandbox", id.to_string()),
            Self::Session(id) => ("session", id.to_string()),
            Self::Space(id) => ("space", id.to_string()),
            Self::Token(id) => ("token", id.to_string()),
            Self::User(id) => ("user", id.to_string()),
            Self::Workspace(id) => ("workspace", id.to_string()),
        }
    }
}

/// Shows that a right was checked. Only `authz` has types that implement it.
pub trait Proof: sealed::Sealed {
    fn actor(&self) -> &Actor;
    fn target(&self) -> Target;
    fn space(&self) -> Option<SpaceId> {
        None
    }
}

/// Makes types with a field `actor` proofs: each with what it is done to.
macro_rules! proofs {
    ($($name:ident => $target:expr;)*) => {$(
        impl $crate::authz::actor::sealed::Sealed for $name {}
        impl $crate::authz::Proof for $name {
            fn actor(&self) -> &$crate::authz::Actor {
                &self.actor
            }
            fn target(&self) -> $crate::authz::Target {
                let target: fn(&Self) -> $crate::authz::Target = $target;
                target(self)
            }
        }
    )*};
}
pub(super) use proofs;
