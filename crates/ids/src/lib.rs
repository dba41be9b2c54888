//! Typed identifiers: one type per noun, so that a space's id cannot be passed where a node's is meant.
//! Each is a UUIDv7 (RFC 9562): sortable by time of creation, never a secret and never proof of a right.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// The text was not a UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier")]
pub struct InvalidId;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(transparent)]
        #[schema(value_type = Uuid)]
        pub struct $name(Uuid);

        impl $name {
            /// A new identifier, made from the clock and the system's randomness.
            #[must_use]
            #[allow(clippy::new_without_default, reason = "an identifier has no default value")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
            /// The value as the databases store it.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }
        impl From<Uuid> for $name {
            fn from(value: Uuid) -> Self {
                Self(value)
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Uuid::parse_str(text).map(Self).map_err(|_| InvalidId)
            }
        }
    )*};
}

ids! {
    /// A person.
    UserId;
    /// One signed-in browser or device of a person.
    SessionId;
    /// A personal access token or an app password.
    TokenId;
    /// A set of permissions that people hold.
    RoleId;
    /// Several people under one name.
    GroupId;
    /// A link that lets one new person in.
    InvitationId;
    /// A request for a role for a time.
    RoleRequestId;
    /// A public-key credential of a person.
    PasskeyId;
    /// A word to a person about the safety of their account.
    NoticeId;
    /// A mail that waits to be sent.
    MailId;
    /// A provider of identities: another server that says who somebody is.
    ProviderId;
    /// A personal or team drive.
    SpaceId;
    /// A lock on a file or folder.
    LockId;
    /// Content that comes in pieces and is no file yet.
    UploadId;
    /// A file or a folder in a space.
    NodeId;
    /// One saved content of a file.
    VersionId;
    /// A development environment that is bound to a folder.
    WorkspaceId;
    /// A container in which a workspace runs; a new one at each start.
    SandboxId;
    /// A browser's admission to one workspace, redeemed by the IDE backend.
    IdeSessionId;
    /// A shell in a sandbox.
    TerminalId;
    /// One record of the audit log.
    EntryId;
    /// One request to a service; repeated in its answer and its log lines.
    RequestId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_round_trips_and_rejects_other_text() {
        let id = NodeId::new();
        assert_eq!(id.to_string().parse::<NodeId>(), Ok(id));
        assert_eq!("../etc".parse::<NodeId>(), Err(InvalidId));
    }
}
