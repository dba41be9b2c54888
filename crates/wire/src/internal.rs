//! IDE backend → cloud backend (`/internal/v1/…`, never on the public listener). The cloud backend derives the rights anew
//! at each call: from the person behind an IDE session, or from the person who started a sandbox.

use carrel_ids::{IdeSessionId, NodeId, SandboxId, UserId, VersionId, WorkspaceId};
use serde::{Deserialize, Serialize};

use crate::{
    WorkspacePath,
    runner::{Command, Outcome, RunnerErrorCode, StopCause},
};

/// Body of `POST /internal/v1/ide-sessions`: redeems a browser's ticket, once, within 30 s.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedeemTicket {
    pub ticket: String,
    pub workspace: WorkspaceId,
}

/// Answer of redeeming and of `POST /internal/v1/ide-sessions/{id}/renew` (at least every 15 s; 404 ends it).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdeSession {
    pub id: IdeSessionId,
    pub user: UserId,
    pub user_name: String,
    pub workspace: WorkspaceId,
    pub workspace_name: String,
    pub folder: NodeId,
    pub can_write: bool,
    /// The sandbox that the cloud backend knows to be wanted, if one is.
    pub sandbox: Option<SandboxId>,
}

/// Answer of `POST /internal/v1/ide-sessions/{id}/start` and `…/stop`, and of `POST /internal/v1/sandboxes/{id}/stop`, which needs
/// no person: the intent is in the log, the command may be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantedCommand {
    pub sandbox: SandboxId,
    pub command: Command,
}

/// Answer of `POST /internal/v1/volume-removals`, or `null` when no volume has to go. What became of it is reported to
/// `POST /internal/v1/workspaces/{id}/volume-removal` as a [`Report`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantedRemoval {
    pub workspace: WorkspaceId,
    pub command: Command,
}

/// A granted command, of which something is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    Start,
    Stop,
    RemoveVolume,
}

/// Body of `POST /internal/v1/sandboxes/{id}/outcome`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case", deny_unknown_fields)]
pub enum Report {
    Succeeded {
        outcome: Outcome,
    },
    /// Nobody answered the start, and its container runs.
    Running,
    Failed {
        act: Act,
        code: RunnerErrorCode,
        message: String,
    },
    /// The container ended by itself, or the runner no longer knows it.
    Ended {
        cause: StopCause,
    },
}

/// First line of `GET /internal/v1/sandboxes/{id}/manifest` (NDJSON); a [`ManifestEntry`] per line follows, parents first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestHead {
    /// Changes whenever anything in the folder changes.
    pub etag: String,
    /// Entries that follow.
    pub count: u64,
    /// Bytes of all files that follow.
    pub bytes: u64,
}

/// One node of the folder as it is in the cloud now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestEntry {
    pub path: WorkspacePath,
    pub node: NodeId,
    /// `None` for folders.
    pub file: Option<ManifestFile>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestFile {
    pub version: VersionId,
    pub size: u64,
    pub sha256: String,
    pub executable: bool,
}

/// A file as the volume last agreed with the cloud. `GET /internal/v1/sandboxes/{id}/bases` answers NDJSON of these;
/// `POST` of a list of these to the same path records what was brought to the volume; `DELETE` forgets all of them, for a
/// volume that was lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Base {
    pub path: WorkspacePath,
    pub version: VersionId,
    pub sha256: String,
}

/// Query of `PUT /internal/v1/sandboxes/{id}/file` (body: the content) and of `DELETE` on the same path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SaveQuery {
    pub path: WorkspacePath,
    /// The version that the change was made from; absent for a file that the cloud did not have.
    pub base: Option<VersionId>,
    #[serde(default)]
    pub executable: bool,
}

/// Answer of saving. On a conflict both stay: the cloud's under its name, ours as `saved_as`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    pub node: NodeId,
    pub version: VersionId,
    pub saved_as: WorkspacePath,
    pub conflict: bool,
    /// The folder's etag after the save.
    pub etag: String,
}

/// Answer of `DELETE …/file`: `removed` is false when the cloud's version is not the base, and nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    pub removed: bool,
    pub etag: String,
}

/// Body of `POST /internal/v1/sandboxes/{id}/folders`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MakeFolder {
    pub path: WorkspacePath,
}

/// Answer of `POST /internal/v1/sandboxes/{id}/folders`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderEtag {
    pub etag: String,
}

/// Answer of `GET /internal/v1/sandboxes/{id}/etag`: is anything new in the cloud? 404: the folder is gone, or whoever started the
/// sandbox may not use it any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SandboxEtag {
    pub etag: String,
    /// The sign-in in which it was started was ended, and its person has no other: it goes on only for those who are in it.
    pub abandoned: bool,
}

/// Query of `GET /internal/v1/revocations`: answered when the number is greater than this one, or after 25 s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevocationsAfter {
    pub after: i64,
}

/// Answer of `GET /internal/v1/revocations`: grows whenever a session, a right or a person ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevocationEpoch {
    pub epoch: i64,
}
