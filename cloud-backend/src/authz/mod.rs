//! Who may do what. The only module that can make a proof; every store method takes one and reads its target from it.
//! Proofs live for one request: a right that is taken away is gone at the next.

mod actor;
mod file_access;
mod file_name;
mod own;
mod permission;
mod sandbox_access;
mod workspace_access;

pub use actor::{Actor, ActorKind, Proof, RequestContext, Target};
pub use file_access::{FileAccess, Level, NodeRight, Read, SpaceRole, Write};
pub use file_name::{FileName, InvalidName};
pub use own::{FirstAdministrator, LocalAdministrator, OwnAccess, SignInAttempt, SystemTask};
pub use permission::{LogReader, ManageUsers, Permission, ReadLog, Role, Roles, SystemAccess, UnknownRole};
pub use sandbox_access::SandboxAccess;
pub use workspace_access::WorkspaceAccess;

/// A proof could not be made.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// There is no such thing, or it is none of the asker's business: the two are not told apart.
    #[error("not found")]
    NotFound,
    #[error("the rights could not be looked up")]
    Store(#[from] crate::store::StoreError),
}
