//! Who may do what. The only module that can make a proof; every store method takes one and reads its target from it.
//! Proofs live for one request: a right that is taken away is gone at the next.

mod actor;
mod factor_rule;
mod file_access;
mod file_name;
mod granting;
mod own;
mod permission;
mod person_access;
mod provider_word;
mod role;
mod role_access;
mod sandbox_access;
mod space_access;
mod system_access;
mod workspace_access;

pub use actor::{Actor, ActorKind, Proof, RequestContext, Target};
pub use factor_rule::{Asked, FactorRule};
pub use file_access::{Add, Adding, Delete, FileAccess, Level, NodeRight, Purge, Read, Seeing, SpaceRole, Write};
pub use file_name::{FileName, InvalidName};
pub(crate) use granting::refuse_recovered;
pub use granting::{GrantError, GrantedPermissions, Holder, RECOVERY_HOLD, RoleGrant, held_for_good};
pub use own::{Confirmed, FirstAdministrator, LinkHolder, LocalAdministrator, OwnAccess, SignInAttempt, SystemTask};
pub use permission::{Permission, Permissions};
pub use person_access::{PersonAccess, PersonAccessError};
pub use provider_word::{ProviderAssertion, ProviderLogout};
pub use role::{Factor, FactorPolicy, Rights, Role, UnknownRole};
pub use role_access::{EmergencyReview, RoleAccess, RoleAccessError, RoleRequestAccess};
pub use sandbox_access::SandboxAccess;
pub use space_access::{Manage, See, SeeMembers, SharingAccess, SpaceAccess, SpaceLevel, SpaceRight};
pub use system_access::{
    ExportLog, LogReader, ManageRoles, ManageSettings, ManageUsers, ReadLog, ReviewEmergencies, SeeRoles, SystemAccess,
    SystemRight, UseBreakGlass,
};
pub use workspace_access::WorkspaceAccess;

/// A proof could not be made.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// There is no such thing, or it is none of the asker's business: the two are not told apart.
    #[error("not found")]
    NotFound,
    /// The person has the right; the token that acts for them does not reach so far.
    #[error("the token's scopes do not reach so far")]
    ScopeTooSmall,
    /// The person has the right, and has to show a second factor anew before using it.
    #[error("a fresh second factor is needed")]
    ElevationRequired,
    /// The act changes what protects the account, and the sign-in is no longer fresh.
    #[error("a fresh sign-in is needed")]
    ConfirmationRequired,
    /// The person has the right, and the space was archived: nothing in it changes.
    #[error("the space is archived")]
    SpaceArchived,
    #[error("the rights could not be looked up")]
    Store(#[from] crate::store::StoreError),
}
