//! The only module that speaks SQL. Reads are methods of [`Store`] that take a proof of `authz`; writes are methods of
//! [`Writer`], which exists only inside [`Store::audited`]. What is no act (limits, signs of life, what a copy is a copy of) is written
//! without an entry. No other module sees a connection.

mod answers;
mod audited;
mod bases;
mod blobs;
mod ceremonies;
mod children;
mod connect;
mod copies;
mod credentials;
mod deletion;
mod described;
mod external_identities;
mod factors;
mod favourites;
mod files;
mod group;
#[cfg(test)]
mod group_tests;
mod groups;
mod ide_sessions;
mod invitations;
mod known;
mod listing;
mod locks;
mod log;
mod log_export;
mod log_tree;
mod login_flows;
mod mail;
mod mounts;
mod notices;
mod passkeys;
mod password_resets;
mod people;
mod person_changes;
mod personal;
mod pictures;
mod properties;
mod providers;
mod pruning;
mod purge;
mod quotas;
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
mod space_changes;
mod space_members;
mod spaces;
mod throttles;
mod timestamp;
mod tokens;
mod transfers;
mod trash;
mod trash_bin;
mod tree_changes;
mod tree_walk;
mod trouble;
mod uploads;
mod users;
mod version_changes;
mod versions;
mod volumes;
mod walk;
mod workspaces;

pub use audited::Writer;
pub use blobs::{BlobRow, StoreFigures};
pub use ceremonies::Ceremony;
pub use children::{ChildrenCursor, ChildrenOrder, SortBy, SortKey};
pub use connect::{OpenError, Store};
pub use described::{Described, Sums};
pub use external_identities::NewExternalUser;
pub use factors::{Factors, TotpRow};
pub use favourites::{Favourite, Recent};
pub use files::{CurrentVersion, NewContent, NodeRow, PathStep};
pub use groups::{GroupRow, MemberRow};
pub use ide_sessions::IdeSessionRow;
pub use invitations::{InvitationLook, InvitationRow, NewInvitation};
pub use listing::{Beside, ListedNode, Property};
pub use locks::{LockRow, NewLock};
pub use log::{InvalidFilter, LogFilter, LogHead, LogRow};
pub(crate) use log_tree::KeptCheckpoint;
pub(crate) use login_flows::NewFlow;
pub(crate) use mail::QueuedMail;
pub use mounts::MountRow;
pub use notices::{NoticeKind, NoticeRow};
pub use passkeys::PasskeyRow;
pub use people::{PeopleFilter, PersonRow};
pub use personal::{OpenedPersonal, PersonalError, PersonalKey};
pub use pictures::PictureRow;
pub use properties::PropertyChange;
pub use providers::{LinkedProvider, ProviderRow};
pub use quotas::SpaceUseRow;
pub use rate_limits::Limit;
pub use refresh::{Offer, RefreshTokens, Refreshed};
pub use role_requests::{RequestKind, RequestState, RoleRequestRow};
pub use roles::{HeldRole, RoleChange, RoleRow};
pub use sandboxes::{SandboxRow, SandboxState};
pub(crate) use seal::SealedHead;
pub use sessions::{Carried, DeviceRow, FactorUse, Lifetimes, NewSession, SessionMethod, SessionRow};
pub use space_changes::SpaceChange;
pub use space_members::{CandidateRow, SpaceMemberRow};
pub use spaces::SpaceRow;
pub use throttles::Throttle;
pub use timestamp::Timestamp;
pub use tokens::{NewToken, TokenDetails, TokenKind, TokenRow};
pub(crate) use transfers::Chunk;
pub use trash::TrashIf;
pub use trash_bin::{TrashCursor, TrashedRow};
pub use tree_changes::Origin;
pub(crate) use tree_walk::TreeRow;
pub(crate) use trouble::Trouble;
pub use trouble::{Hindered, Hindrance};
pub(crate) use uploads::UploadHold;
pub use uploads::{NewUpload, UploadPlace, UploadRow};
pub use users::{ListedUser, NewUser, ProfileChange, UserRow};
pub use version_changes::{Kept, KeptVersion, MAX_LABEL};
pub use versions::VersionRow;
pub use walk::Located;
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
    /// It is the version that the file has now.
    #[error("the current version stays")]
    CurrentVersion,
    /// The folder that a node was in is not there any more.
    #[error("the folder is gone")]
    FolderGone,
    /// The collector took the content between its storing and its naming; storing it once more helps.
    #[error("the content was collected")]
    ContentGone(crate::content::BlobId),
    /// The move would put a folder into itself.
    #[error("a folder cannot be inside itself")]
    InsideItself,
    /// A lock stands in the way, or the change lacks its token.
    #[error("locked")]
    Locked,
    /// More nodes than one transaction may copy.
    #[error("the copy is too large")]
    CopyTooLarge,
    #[error("the person holds too many locks")]
    TooManyLocks,
    #[error("the node has too many properties")]
    TooManyProperties,
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
    /// A role's rule became stricter meanwhile, and whoever acts may not loosen it.
    #[error("the rule may not be loosened")]
    RuleLoosened,
    /// The person could not sign in any more.
    #[error("the last way in stays")]
    LastWayIn,
    /// A provider of identities may not give this role.
    #[error("no provider may give this role")]
    RoleNotForProviders,
    /// Nobody would be left to manage the space.
    #[error("the last manager stays")]
    LastManager,
    /// What only a team's space has: members, an archive, another name.
    #[error("this is a personal space")]
    PersonalSpace,
    /// The space was archived: nothing in it changes.
    #[error("the space is archived")]
    SpaceArchived,
    /// The space may not hold so much. In bytes.
    #[error("the space has room for {free} bytes, not for {needed}")]
    QuotaExceeded { free: i64, needed: i64 },
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
