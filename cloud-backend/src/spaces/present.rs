//! How a space looks in answers.

use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::{
    authz::{Add, Permission, SpaceRole, Write},
    session::Session,
    store::SpaceRow,
};

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum SpaceKind {
    Personal,
    Team,
}

/// A drive.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Space {
    id: carrel_ids::SpaceId,
    kind: SpaceKind,
    name: String,
    description: String,
    /// The folder at its top.
    root_id: carrel_ids::NodeId,
    /// The greatest of one's own and those of one's groups.
    role: SpaceRole,
    /// Bytes of all files as they are now. 0 for uploaders, who see nothing of a space; also what follows.
    size: i64,
    /// Bytes of every version that is kept, also in the trash: what the quota counts.
    used: i64,
    /// Bytes that it may hold; absent where there is no such limit.
    quota: Option<i64>,
    /// Since when nothing in it changes.
    #[serde(with = "time::serde::rfc3339::option")]
    archived_at: Option<OffsetDateTime>,
    /// People and groups.
    member_count: i64,
    /// Versions of a file that are kept; absent for what the instance says.
    keep_versions: Option<i64>,
    /// Days that the trash is kept; absent for what the instance says.
    keep_trash_days: Option<i64>,
    abilities: SpaceAbilities,
}

/// What the asker may do; the server decides anew at each request.
#[derive(Debug, Serialize, ToSchema)]
struct SpaceAbilities {
    write: bool,
    /// Put new files into it, even if nothing of it can be seen.
    add: bool,
    /// Change its name and its members, and hand it on.
    manage: bool,
    /// Archive it, or make it active again.
    archive: bool,
}

impl Space {
    pub(super) fn new(row: SpaceRow, session: &Session) -> Self {
        let may = |permission| session.permissions().contain(permission);
        let changes = row.archived_at.is_none() && may(Permission::FileWrite);
        let manages = !row.personal && row.role == SpaceRole::Manager && may(Permission::ShareInternalManage);
        let sees = row.role > SpaceRole::Uploader;
        let seen = |number| if sees { number } else { 0 };
        Self {
            id: row.id,
            kind: if row.personal { SpaceKind::Personal } else { SpaceKind::Team },
            name: row.name,
            description: row.description,
            root_id: row.root,
            abilities: SpaceAbilities {
                write: changes && row.role.may::<Write>(),
                add: changes && row.role.may::<Add>(),
                manage: manages,
                archive: manages,
            },
            role: row.role,
            size: seen(row.size),
            used: seen(row.used),
            quota: row.quota.filter(|_| sees),
            archived_at: row.archived_at.map(|at| at.time()),
            member_count: seen(row.members),
            keep_versions: row.keep_versions,
            keep_trash_days: row.keep_trash_days,
        }
    }
}
