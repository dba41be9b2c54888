//! What the volume has at one path right now: read through the agent, hashed, and held in memory only when small.

use bytes::{Bytes, BytesMut};
use carrel_wire::{
    WorkspacePath,
    agent::{AgentErrorCode, EntryKind},
};
use sha2::{Digest, Sha256};

use super::decide::OnVolume;
use crate::agent::{Agent, AgentFailure};

/// Larger files are read twice, once for the hash and once for sending, instead of being held.
pub(super) const HELD_BYTES: u64 = 4 * 1024 * 1024;
/// How often a file that changes while it is read is read again at once; then it waits for its next quiet moment.
const READINGS: usize = 3;

/// One path on the volume.
#[derive(Debug)]
pub(super) struct Local {
    pub(super) side: OnVolume,
    pub(super) size: u64,
    pub(super) hash: [u8; 32],
    /// The content of a small file.
    pub(super) held: Option<Bytes>,
}

impl Local {
    fn without_content(side: OnVolume) -> Self {
        Self { side, size: 0, hash: [0; 32], held: None }
    }
}

/// `None` when the file did not hold still.
pub(super) async fn look(agent: &Agent, path: &WorkspacePath) -> Result<Option<Local>, AgentFailure> {
    for _ in 0..READINGS {
        match read(agent, path).await {
            Ok(Some(file)) => return Ok(Some(file)),
            Ok(None) => {}
            Err(failure) => match failure.code() {
                Some(AgentErrorCode::NotFound) => {
                    return Ok(Some(Local::without_content(OnVolume::Absent)));
                }
                Some(AgentErrorCode::WrongKind) => match kind(agent, path).await? {
                    // A file now: it took the place of something else a moment ago.
                    None => {}
                    Some(side) => return Ok(Some(Local::without_content(side))),
                },
                _ => return Err(failure),
            },
        }
    }
    Ok(None)
}

async fn read(agent: &Agent, path: &WorkspacePath) -> Result<Option<Local>, AgentFailure> {
    let mut file = agent.read(path.clone()).await?;
    let announced = file.entry.size;
    let hold = announced <= HELD_BYTES;
    let (mut hasher, mut held, mut size) = (Sha256::new(), BytesMut::new(), 0);
    while let Some(chunk) = file.chunk().await? {
        size += chunk.len() as u64;
        if size > announced {
            return Ok(None);
        }
        hasher.update(&chunk);
        if hold {
            held.extend_from_slice(&chunk);
        }
    }
    if size != announced {
        return Ok(None);
    }
    let hash: [u8; 32] = hasher.finalize().into();
    Ok(Some(Local {
        side: OnVolume::File { sha256: hex::encode(hash), executable: file.entry.executable },
        size,
        hash,
        held: hold.then(|| held.freeze()),
    }))
}

/// What is there when it is not a file: its folder's listing tells. `None` when it is a file after all.
async fn kind(agent: &Agent, path: &WorkspacePath) -> Result<Option<OnVolume>, AgentFailure> {
    let Some(parent) = path.parent() else {
        return Ok(Some(OnVolume::Folder));
    };
    let entries = match agent.list(parent).await {
        Ok(entries) => entries,
        // Its folder is gone, or is a file or a link now: nothing that is synchronised lies there.
        Err(failure) if matches!(failure.code(), Some(AgentErrorCode::NotFound | AgentErrorCode::WrongKind)) => {
            return Ok(Some(OnVolume::Absent));
        }
        Err(failure) => return Err(failure),
    };
    Ok(match entries.iter().find(|entry| entry.path == *path) {
        None => Some(OnVolume::Absent),
        Some(entry) => match entry.kind {
            EntryKind::File => None,
            EntryKind::Folder => Some(OnVolume::Folder),
            EntryKind::Other => Some(OnVolume::Other),
        },
    })
}
