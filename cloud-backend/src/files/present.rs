//! How a node looks in answers.

use carrel_ids::{NodeId, SpaceId, UserId, VersionId};
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::{
    authz::FileName,
    store::{NodeRow, PathStep},
};

#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum NodeKind {
    File,
    Folder,
}

/// A person, as far as others see them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Person {
    pub(crate) id: UserId,
    pub(crate) display_name: String,
}

/// A file or folder.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Node {
    id: NodeId,
    space_id: SpaceId,
    /// Absent for the folder at a space's top.
    parent_id: Option<NodeId>,
    kind: NodeKind,
    /// Empty for the folder at a space's top.
    name: String,
    /// Bytes of the current version, or of all files below.
    size: i64,
    /// Changes whenever the node or anything below it changes.
    etag: String,
    executable: bool,
    #[serde(with = "time::serde::rfc3339")]
    changed_at: OffsetDateTime,
    changed_by: Option<Person>,
    /// What a file holds now.
    version: Option<NodeVersion>,
    /// Guessed from the name.
    media_type: Option<String>,
    /// The asker marked it; said in lists of children and of favourites.
    #[serde(skip_serializing_if = "Option::is_none")]
    favourite: Option<bool>,
    abilities: NodeAbilities,
}

#[derive(Debug, Serialize, ToSchema)]
struct NodeVersion {
    id: VersionId,
    number: i64,
    /// Lower-case hex.
    sha256: String,
}

/// What arrived from somebody who sees nothing of the folder: the same whatever the folder holds.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Received {
    id: NodeId,
    /// As it was sent; what it is called in the folder is not told.
    name: String,
    size: i64,
}

impl Received {
    pub(crate) fn new(id: NodeId, name: &FileName, size: i64) -> Self {
        Self { id, name: name.as_str().to_owned(), size }
    }
}

/// What the asker may do; the server decides anew at each request.
#[derive(Debug, Serialize, ToSchema)]
struct NodeAbilities {
    write: bool,
    delete: bool,
    open_workspace: bool,
}

/// A node with the folders above it, the space's top first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NodeWithAncestors {
    #[serde(flatten)]
    node: Node,
    ancestors: Vec<Ancestor>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Ancestor {
    id: NodeId,
    name: String,
}

impl Node {
    /// `write`: the asker may change it.
    pub(crate) fn new(row: NodeRow, write: bool) -> Self {
        let is_top = row.parent.is_none();
        let media_type = (!row.is_folder).then(|| mime_guess::from_path(&row.name).first_or_octet_stream().to_string());
        Self {
            id: row.id,
            space_id: row.space,
            parent_id: row.parent,
            kind: if row.is_folder { NodeKind::Folder } else { NodeKind::File },
            media_type,
            size: row.size,
            etag: row.etag.to_string(),
            executable: row.executable,
            changed_at: row.changed_at.time(),
            changed_by: row.changed_by.map(|(id, display_name)| Person { id, display_name }),
            version: row.version.map(|v| NodeVersion { id: v.id, number: v.number, sha256: hex::encode(v.sha256) }),
            abilities: NodeAbilities { write, delete: write && !is_top, open_workspace: write && row.is_folder },
            favourite: None,
            name: row.name,
        }
    }

    /// The asker marked it, or did not.
    pub(crate) fn marked(self, favourite: bool) -> Self {
        Self { favourite: Some(favourite), ..self }
    }

    /// A node in the trash: nothing can be done with it but bring it back and delete it for good.
    pub(crate) fn in_trash(row: NodeRow, restore: bool, purge: bool) -> Self {
        let abilities = NodeAbilities { write: restore, delete: purge, open_workspace: false };
        Self { abilities, ..Self::new(row, false) }
    }
}

impl NodeWithAncestors {
    pub(crate) fn new(node: Node, ancestors: Vec<PathStep>) -> Self {
        let ancestors = ancestors.into_iter().map(|step| Ancestor { id: step.id, name: step.name }).collect();
        Self { node, ancestors }
    }
}
