//! One path from disagreement to agreement: look, decide, act once. What happened goes back to the engine, which owns
//! what is known; a path is only ever in one job at a time.

use carrel_ids::{SandboxId, VersionId};
use carrel_wire::{
    WorkspacePath,
    agent::{AgentErrorCode, Entry},
    internal::{ManifestFile, Saved},
};

use super::{
    act,
    debounce::Cause,
    decide::{Action, Base, InCloud, OnVolume, decide},
    local::{self, Local},
    rules::ignored,
};
use crate::{
    agent::{Agent, AgentFailure},
    cloud::{Cloud, CloudError},
};

/// Both ends of the sync of one sandbox. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Ends {
    pub(super) agent: Agent,
    pub(super) cloud: Cloud,
    pub(super) sandbox: SandboxId,
}

/// What a job starts from.
#[derive(Debug, Clone)]
pub(super) struct Task {
    pub(super) path: WorkspacePath,
    pub(super) cause: Cause,
    pub(super) base: Base,
    pub(super) cloud: InCloud,
    /// Something below this path is known.
    pub(super) holds_known: bool,
}

/// What a job found out or did.
#[derive(Debug)]
pub(super) enum Outcome {
    /// Both sides are like this now.
    Agreed { base: Base, cloud: InCloud },
    /// As [`Outcome::Agreed`], and the volume got it from the cloud: the cloud should remember.
    Brought { base: Base, cloud: InCloud },
    /// A folder on both sides; these lie in it on the volume.
    Folder(Vec<Entry>),
    /// The first step is done, the path is not: once more with this base and cloud side.
    Again { base: Base, cloud: InCloud },
    /// Once more, looking at the volume again.
    LookAgain,
    /// What is known of the cloud is old; once more after a new listing.
    Stale,
    /// What is known below this path goes first.
    BelowFirst,
    /// Ours lies beside the cloud's.
    Conflict { saved: Saved, content: ManifestFile },
    /// A link or a device is in the way.
    LeftAlone,
    /// Not to be tried again until something changes, be it the room that there is.
    Refused { code: String, message: String },
}

#[derive(Debug)]
pub(super) enum Failure {
    /// The cloud is away, for now.
    Offline(String),
    AgentGone(String),
}

pub(super) async fn run(ends: Ends, task: Task) -> Result<Outcome, Failure> {
    if task.cause == Cause::Cloud
        && let Some(outcome) = trusting(&ends, &task).await?
    {
        return Ok(outcome);
    }
    let looked = local::look(&ends.agent, &task.path).await;
    let local = match looked {
        Ok(Some(local)) => local,
        Ok(None) => return Ok(Outcome::LookAgain),
        Err(failure) => return agent_failure(failure),
    };
    // Only now it is known that it is a folder.
    if local.side == OnVolume::Folder && ignored(&task.path, true) {
        return Ok(Outcome::LeftAlone);
    }
    let lost_folder = task.base == Base::Folder && local.side != OnVolume::Folder;
    if lost_folder && task.holds_known {
        return Ok(Outcome::BelowFirst);
    }
    let action = decide(&task.base, &task.cloud, &local.side);
    act::perform(&ends, task, local, action).await
}

/// A change that only the cloud made, done without reading the volume: it is believed to be as it was, and the agent
/// checks that when it writes. `None` when that was wrong or cannot be done this way.
async fn trusting(ends: &Ends, task: &Task) -> Result<Option<Outcome>, Failure> {
    let side = match &task.base {
        Base::Nothing => OnVolume::Absent,
        Base::File(known) => {
            OnVolume::File { sha256: known.sha256.clone(), executable: known.executable.unwrap_or(false) }
        }
        Base::Folder => return Ok(None),
    };
    let action = decide(&task.base, &task.cloud, &side);
    if !matches!(action, Action::Pull { .. } | Action::RemoveFromVolume { .. }) {
        return Ok(None);
    }
    let local = Local { side, size: 0, hash: [0; 32], held: None };
    match act::perform(ends, task.clone(), local, action).await? {
        Outcome::LookAgain => Ok(None),
        outcome => Ok(Some(outcome)),
    }
}

/// What a failure of the agent means for this path.
pub(super) fn agent_failure(failure: AgentFailure) -> Result<Outcome, Failure> {
    match failure {
        AgentFailure::Gone(reason) => Err(Failure::AgentGone(reason)),
        AgentFailure::Protocol(message) => Ok(Outcome::Refused { code: "agent_protocol".to_owned(), message }),
        AgentFailure::Refused(error) => Ok(match error.code {
            AgentErrorCode::Changed
            | AgentErrorCode::Exists
            | AgentErrorCode::NotEmpty
            | AgentErrorCode::NotFound
            | AgentErrorCode::WrongKind
            | AgentErrorCode::TooMany => Outcome::LookAgain,
            AgentErrorCode::Full => refused("volume_full", &error.message),
            AgentErrorCode::Invalid => refused("name_invalid", &error.message),
            AgentErrorCode::Failed => refused("volume_failed", &error.message),
        }),
    }
}

fn refused(code: &str, message: &str) -> Outcome {
    Outcome::Refused { code: code.to_owned(), message: message.to_owned() }
}

/// What a failure of the cloud means for this path.
pub(super) fn cloud_failure(error: CloudError) -> Result<Outcome, Failure> {
    match error {
        CloudError::Unreachable(reason) | CloudError::Invalid(reason) => Err(Failure::Offline(reason)),
        CloudError::NotFound => Ok(Outcome::Stale),
        // A lock ends by itself after a while; the change waits for that.
        CloudError::Refused { code, .. } if code == "content_hash_mismatch" || code == "locked" => {
            Ok(Outcome::LookAgain)
        }
        CloudError::Refused { code, message } => Ok(Outcome::Refused { code, message }),
    }
}

/// The version that was made of what the volume had.
pub(super) fn saved_file(version: VersionId, local: &Local) -> Option<ManifestFile> {
    let OnVolume::File { sha256, executable } = &local.side else {
        return None;
    };
    Some(ManifestFile { version, size: local.size, sha256: sha256.clone(), executable: *executable })
}
