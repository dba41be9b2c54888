//! IDE backend ⇄ agent. Each stream starts with one [`Request`] in a message frame; what follows is said at each variant.
//! The agent has the rights of the sandbox's user and no others, and so does whoever speaks to it.
//!
//! - "Data" is any number of data frames; "`End`" is one end frame.
//! - Instead of any reply [`Reply::Error`] may come; after it, and after the last reply, the agent closes the stream.
//! - A caller that closes its side early gives the request up: an unfinished write leaves nothing behind, a command is
//!   killed, a terminal is detached (and lives on), watching ends.
//! - Files and folders are reached by name only: no link is followed in any part of a path ([`AgentErrorCode::WrongKind`]),
//!   and names that are not UTF-8 or paths that are too long for a [`WorkspacePath`] are passed over.

use std::collections::BTreeMap;

pub use carrel_ids::TerminalId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::WorkspacePath;

/// Raised when a request or reply changes its meaning.
pub const PROTOCOL: u32 = 1;
/// Where the socket that the agent dials is mounted in the sandbox.
pub const SOCKET_PATH: &str = "/run/carrel/agent.sock";
/// Where the workspace's volume is mounted in the sandbox.
pub const WORKSPACE_ROOT: &str = "/workspace";
/// Folder names that stay on the volume and are never synchronised, at any depth.
pub const IGNORED_FOLDERS: &[&str] = &[
    "node_modules",
    "target",
    ".venv",
    "__pycache__",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    ".tox",
    "lost+found",
];
/// Name prefix of the agent's own temporary files; never listed, watched or synchronised.
pub const TEMPORARY_PREFIX: &str = ".carrel-tmp-";

/// First line (JSON and a line feed) that the agent sends on a new connection, before multiplexing (yamux) starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    pub protocol: u32,
    pub version: String,
}

/// What a stream is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub enum Request {
    /// Names in one folder, ignored folders too. Replies: [`Reply::Entries`] in batches (one at least), then `End`.
    /// A folder's own temporary files and the volume's `lost+found` are left out.
    List { path: WorkspacePath },
    /// The whole tree less what is ignored, each folder before what is in it. Replies: [`Reply::Entries`] in batches of
    /// at most 256, then `End`. What disappears meanwhile is left out.
    Scan { hash: bool },
    /// Reply: [`Reply::File`] (without hash), then data, then `End`. The content may be longer or shorter than the entry's
    /// size when the file changes meanwhile.
    Read { path: WorkspacePath },
    /// The caller sends data, then `End`; the file appears at once and whole, parents are made. Reply: [`Reply::File`] with
    /// the hash of what was written. `executable: None` keeps what the file that is there has.
    Write { path: WorkspacePath, executable: Option<bool>, expect: Expect },
    /// Reply: [`Reply::Done`]. Parents are made; an existing folder is fine.
    MakeFolder { path: WorkspacePath },
    /// A file, or a folder with all that is in it (then `expect` must be `Anything`). Reply: [`Reply::Done`];
    /// `NotFound` when there is nothing.
    Remove { path: WorkspacePath, expect: Expect },
    /// A folder in which nothing is, not even what a listing leaves out. Reply: [`Reply::Done`]; `NotEmpty` otherwise.
    RemoveEmptyFolder { path: WorkspacePath },
    /// Reply: [`Reply::Done`]; refused with `Exists` when `to` exists. The parents of `to` are made.
    Rename { from: WorkspacePath, to: WorkspacePath },
    /// Many files at once: for each an [`Incoming`] message, then for files data and `End` (nothing follows a folder); after
    /// the last [`Incoming::Done`]. Files that exist are replaced, parents are made. Reply: [`Reply::Hydrated`], after all
    /// of it is on the disk.
    Hydrate,
    /// Replies: [`Reply::Done`] once watching, then [`Reply::Changed`] for ever: after 150 ms without a change, and at the
    /// latest 500 ms after the first. Nothing in an ignored folder is watched.
    Watch,
    /// Starts a shell. Reply: [`Reply::Terminal`]; `Exists` when the id is in use, `TooMany` when no more may run.
    OpenTerminal { terminal: TerminalId, cols: u16, rows: u16, title: String },
    /// Replies: [`Reply::Terminal`], data (scrollback, then live), [`Reply::Exited`]. The caller sends data (input)
    /// and [`TerminalControl`] messages. Whoever reads too slowly misses output and gets the scrollback again.
    AttachTerminal { terminal: TerminalId },
    /// Reply: [`Reply::Terminals`].
    ListTerminals,
    /// Hangs the shell up, kills what is left of its session and forgets the terminal. Reply: [`Reply::Done`].
    CloseTerminal { terminal: TerminalId },
    /// One command without a terminal: data (standard output), error data, then [`Reply::Exited`]. Input is empty; `env` is
    /// added to the agent's own environment.
    Exec { argv: Vec<String>, cwd: WorkspacePath, env: BTreeMap<String, String> },
    /// Reply: [`Reply::Usage`].
    Usage,
}

/// What must be there for a change to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expect {
    Anything,
    Absent,
    /// The file's content has this SHA-256 (64 lower-case hex digits).
    Sha256(String),
}

/// One thing that [`Request::Hydrate`] brings, or that its end is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Incoming {
    Folder { path: WorkspacePath },
    File { path: WorkspacePath, executable: bool },
    Done,
}

/// Sent by whoever is attached to a terminal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum TerminalControl {
    Resize { cols: u16, rows: u16 },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    File,
    Folder,
    /// Symbolic links, pipes, sockets, devices: listed, never followed, never synchronised.
    Other,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Entry {
    pub path: WorkspacePath,
    pub kind: EntryKind,
    /// Bytes; 0 for folders.
    pub size: u64,
    /// Milliseconds since 1970.
    pub modified_ms: i64,
    pub executable: bool,
    /// For files, when asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Terminal {
    pub id: TerminalId,
    pub title: String,
    pub cols: u16,
    pub rows: u16,
    /// `None` while the shell runs; 128 and the signal's number when one killed it.
    pub exit_code: Option<i32>,
}

/// What the agent answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "snake_case")]
pub enum Reply {
    Done,
    Entries {
        entries: Vec<Entry>,
    },
    File {
        entry: Entry,
    },
    Hydrated {
        files: u64,
        bytes: u64,
    },
    /// Paths that were made, changed or removed, each once; after `overflow` the receiver scans again.
    Changed {
        paths: Vec<WorkspacePath>,
        overflow: bool,
    },
    Terminal {
        terminal: Terminal,
    },
    Terminals {
        terminals: Vec<Terminal>,
    },
    Exited {
        /// The exit code, or 128 and the number of the signal that killed it.
        code: i32,
    },
    Usage {
        usage: Usage,
    },
    Error {
        error: AgentError,
    },
}

/// What the sandbox uses, measured inside it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Usage {
    pub memory_bytes: u64,
    pub cpu_ms: u64,
    pub processes: u64,
    pub disk_bytes: u64,
    pub disk_limit_bytes: u64,
    pub files: u64,
    pub files_limit: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code:?}: {message}")]
pub struct AgentError {
    pub code: AgentErrorCode,
    pub message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentErrorCode {
    NotFound,
    /// What is there is not what `expect` named.
    Changed,
    Exists,
    NotEmpty,
    /// A folder where a file is needed, a link, a device.
    WrongKind,
    /// No bytes or no inodes left on the volume.
    Full,
    TooMany,
    Invalid,
    Failed,
}
