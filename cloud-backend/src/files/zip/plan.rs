//! What will be in an archive: listed once, kept in a file without a name, so that a hundred thousand entries need no memory.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use tokio::{
    fs::File,
    io::{AsyncSeekExt as _, AsyncWriteExt as _, BufWriter},
};

use super::format::{Entry, Length, MAX_PATH, safe_name};
use crate::{
    api_error::ApiError,
    app::Cloud,
    authz::{FileAccess, FileName, Read},
    store::TreeRow,
};

/// One line of the plan.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Planned {
    #[serde(flatten)]
    pub(super) entry: Entry,
    /// Of a file: where its bytes are, in hex.
    pub(super) blob: Option<String>,
}

/// The plan, to be read from its beginning, and how long the archive will be.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) lines: File,
    pub(super) length: Length,
}

/// Lists what was chosen. Each is one statement: of a folder that changes meanwhile, the state of one moment.
pub(super) async fn make(cloud: &Cloud, chosen: &[FileAccess<Read>]) -> Result<Plan, ApiError> {
    let mut lines = BufWriter::with_capacity(64 * 1024, cloud.content.spool().await.map_err(ApiError::internal)?);
    let mut length = Length::default();
    let mut taken = HashSet::new();
    for access in chosen {
        let row = cloud.store.node(access).await?;
        // A space has no name here: what is in it stands at the archive's top.
        let top = if row.name.is_empty() { String::new() } else { free_name(&mut taken, &row.name)? };
        cloud
            .store
            .each_below(access, async |row: TreeRow| {
                let Some(planned) = planned(&top, row) else { return Ok(()) };
                if planned.entry.path.len() > MAX_PATH {
                    return Err(ApiError::field("node", "A path in there is too long for an archive."));
                }
                length.add(&planned.entry);
                let mut line = serde_json::to_vec(&planned).map_err(ApiError::internal)?;
                line.push(b'\n');
                lines.write_all(&line).await.map_err(ApiError::internal)
            })
            .await?;
    }
    lines.flush().await.map_err(ApiError::internal)?;
    let mut lines = lines.into_inner();
    lines.rewind().await.map_err(ApiError::internal)?;
    Ok(Plan { lines, length })
}

/// `top`: under which name the chosen node stands in the archive.
fn planned(top: &str, row: TreeRow) -> Option<Planned> {
    let below = row.path.split_once('/').map(|(_, below)| below);
    let names =
        std::iter::once(top.to_owned()).chain(below.into_iter().flat_map(|path| path.split('/').map(safe_name)));
    let mut path = names.filter(|name| !name.is_empty()).collect::<Vec<_>>().join("/");
    if path.is_empty() {
        return None;
    }
    if row.content.is_none() {
        path.push('/');
    }
    let size = row.content.as_ref().map_or(0, |(_, size)| u64::try_from(*size).unwrap_or(0));
    let changed_at = row.changed_at.time().unix_timestamp();
    let entry = Entry { path, size, executable: row.executable, changed_at };
    Some(Planned { entry, blob: row.content.map(|(blob, _)| hex::encode(blob.as_bytes())) })
}

/// Two of one name, chosen from different folders, do not fall into one.
fn free_name(taken: &mut HashSet<String>, name: &str) -> Result<String, ApiError> {
    let parsed = FileName::parse(name)?;
    let mut free = safe_name(name);
    for number in 2.. {
        if taken.insert(free.to_lowercase()) {
            break;
        }
        free = safe_name(parsed.with_remark(&number.to_string()).as_str());
    }
    Ok(free)
}
