//! The only module that speaks SQL. Reads are methods of [`Store`] that take a proof of `authz`; writes are methods of
//! [`Writer`], which exists only inside [`Store::audited`]. What is no act (limits, signs of life, what a copy is a copy of) is written
//! without an entry. No other module sees a connection.

mod audited;
mod bases;
mod ceremonies;
mod connect;
mod credentials;
mod deletion;
mod external_identities;
mod factors;
mod files;
mod group;
#[cfg(test)]
mod group_tests;
mod groups;
mod ide_sessions;
mod invitations;
mod log;
mod log_export;
mod log_tree;
mod mail;
mod notices;
mod passkeys;
mod password_resets;
mod people;
mod person_changes;
mod personal;
mod pictures;
mod providers;
mod pruning;
mod rate_limits;
mod recovery;
mod refresh;
mod revocations;
mod role_requests;
mod roles;
mod sandboxes;
mod seal;
mod sessions;
mod setup_links;
mod signals;
mod spaces;
mod throttles;
mod timestamp;
mod tokens;
mod trash;
mod tree_changes;
mod users;
mod versions;
mod volumes;
mod workspaces;

pub use audited::Writer;
pub use ceremonies::Ceremony;
pub use connect::{OpenError, Store};
pub use external_identities::NewExternalUser;
pub use factors::{Factors, TotpRow};
pub use files::{ChildrenCursor, CurrentVersion, NewContent, NodeRow, PathStep};
pub use groups::{GroupRow, MemberRow};
pub use ide_sessions::IdeSessionRow;
pub use invitations::{InvitationLook, InvitationRow, NewInvitation};
pub use log::{InvalidFilter, LogFilter, LogHead, LogRow};
pub(crate) use log_tree::KeptCheckpoint;
pub(crate) use mail::QueuedMail;
pub use notices::{NoticeKind, NoticeRow};
pub use passkeys::PasskeyRow;
pub use people::{PeopleFilter, PersonRow};
pub use personal::{OpenedPersonal, PersonalError, PersonalKey};
pub use pictures::PictureRow;
pub use providers::{LinkedProvider, ProviderRow};
pub use rate_limits::Limit;
pub use refresh::{Offer, RefreshTokens, Refreshed};
pub use role_requests::{RequestKind, RequestState, RoleRequestRow};
pub use roles::{HeldRole, RoleChange, RoleRow};
pub use sandboxes::{SandboxRow, SandboxState};
pub(crate) use seal::SealedHead;
pub use sessions::{Carried, DeviceRow, FactorUse, Lifetimes, NewSession, SessionMethod, SessionRow};
pub use spaces::SpaceRow;
pub use throttles::Throttle;
pub use timestamp::Timestamp;
pub use tokens::{NewToken, TokenDetails, TokenKind, TokenRow};
pub use trash::TrashIf;
pub use tree_changes::Origin;
pub use users::{ListedUser, NewUser, ProfileChange, UserRow};
pub use versions::VersionRow;
pub use workspaces::WorkspaceRow;

/// Why a statement did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The row is gone, or the proof no longer fits it.
    #[error("no such row")]
    NotFound,
    /// A folder already holds this name.
    #[error("the name is taken")]
    NameTaken,
    /// The node's current version is not the one that the caller named.
    #[error("the version is another")]
    VersionChanged,
    /// The move would put a folder into itself.
    #[error("a folder cannot be inside itself")]
    InsideItself,
    /// One of this kind exists already.
    #[error("exists already")]
    Exists,
    /// Nobody would be left to manage the rest.
    #[error("the last administrator stays")]
    LastAdministrator,
    /// A role asks for a second factor, and this is the last.
    #[error("the last factor stays")]
    LastFactor,
    /// People have the role.
    #[error("people have the role")]
    RoleInUse,
    /// Whoever acts did the other half of this, and somebody else has to do this one.
    #[error("another person has to do this")]
    SecondPersonNeeded,
    /// The person could not sign in any more.
    #[error("the last way in stays")]
    LastWayIn,
    /// A provider of identities may not give this role.
    #[error("no provider may give this role")]
    RoleNotForProviders,
    /// The entry for the log is not of the log's form.
    #[error("the log refuses the entry")]
    Entry(#[from] carrel_audit_log::leaf::LeafError),
    /// The stored log contradicts itself; nothing is added to it.
    #[error("the log cannot be continued: {0}")]
    Log(&'static str),
    #[error("personal data of the log")]
    Personal(#[from] PersonalError),
    /// Nothing of the act is kept, or nobody knows: the process ends. The reason, where there is one.
    #[error("the transaction could not be committed")]
    NotCommitted(#[source] Option<std::sync::Arc<sqlx::Error>>),
    #[error("the database failed")]
    Database(#[source] sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::RowNotFound => Self::NotFound,
            sqlx::Error::Database(e) if e.is_unique_violation() => Self::Exists,
            _ => Self::Database(error),
        }
    }
}
