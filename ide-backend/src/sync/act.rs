//! Carries out one decided action. Every change names what it expects to find, so that whoever was faster wins and
//! nothing is overwritten unseen.

use carrel_ids::VersionId;
use carrel_wire::{
    WorkspacePath,
    agent::{AgentErrorCode, Expect},
    internal::{ManifestFile, SaveQuery, Saved},
};
use futures_util::StreamExt;
use time::OffsetDateTime;

use super::{
    decide::{Action, Base, InCloud, Known, OnVolume},
    job::{Ends, Failure, Outcome, Task, agent_failure, cloud_failure, saved_file},
    local::Local,
    rules::conflict_name,
};
use crate::{
    agent::{AgentFailure, WriteFailure},
    cloud::Content,
};

/// Names tried for what steps aside, should several do so in one second.
const NAMES_TRIED: u32 = 20;

pub(super) async fn perform(ends: &Ends, task: Task, local: Local, action: Action) -> Result<Outcome, Failure> {
    match action {
        Action::Agree(Base::Folder) => folder(ends, task.path).await,
        Action::Agree(base) if version(&base) == version(&task.base) => Ok(Outcome::Agreed { base, cloud: task.cloud }),
        // Both came to have the same content.
        Action::Agree(base) => Ok(Outcome::Brought { base, cloud: task.cloud }),
        Action::Push { base } => push(ends, task.path, local, base).await,
        Action::Pull { expect } => match task.cloud {
            InCloud::File(file) => pull(ends, task.path, file, expect).await,
            InCloud::Absent | InCloud::Folder => Ok(Outcome::LookAgain),
        },
        Action::RemoveFromVolume { expect } => {
            match ends.agent.remove(task.path, expect).await {
                Ok(()) => {}
                Err(failure) if failure.is_not_found() => {}
                Err(failure) => return agent_failure(failure),
            }
            Ok(settled(task.cloud, OnVolume::Absent))
        }
        Action::RemoveFromCloud { base } => remove_from_cloud(ends, task.path, Some(base), local.side).await,
        Action::RemoveFolderFromCloud => remove_from_cloud(ends, task.path, None, local.side).await,
        Action::MakeFolderOnVolume => match ends.agent.make_folder(task.path).await {
            Ok(()) => Ok(agreed_folder()),
            Err(failure) => agent_failure(failure),
        },
        Action::MakeFolderInCloud => {
            match ends.cloud.make_folder(ends.sandbox, task.path.clone()).await {
                // What lies in it may be older than the watch on it.
                Ok(()) => folder(ends, task.path).await,
                Err(error) => cloud_failure(error),
            }
        }
        Action::RemoveFolderFromVolume => remove_folder_from_volume(ends, task.path).await,
        Action::SetAside => set_aside(ends, task).await,
        Action::LeaveAlone => Ok(Outcome::LeftAlone),
    }
}

fn version(base: &Base) -> Option<VersionId> {
    match base {
        Base::File(known) => Some(known.version),
        Base::Nothing | Base::Folder => None,
    }
}

fn agreed_folder() -> Outcome {
    Outcome::Agreed { base: Base::Folder, cloud: InCloud::Folder }
}

/// After one side was removed: agreement when both are gone, one more step otherwise.
fn settled(cloud: InCloud, volume: OnVolume) -> Outcome {
    let base = Base::Nothing;
    if cloud == InCloud::Absent && volume == OnVolume::Absent {
        Outcome::Agreed { base, cloud }
    } else {
        Outcome::Again { base, cloud }
    }
}

async fn folder(ends: &Ends, path: WorkspacePath) -> Result<Outcome, Failure> {
    match ends.agent.list(path).await {
        Ok(entries) => Ok(Outcome::Folder(entries)),
        Err(failure) => agent_failure(failure),
    }
}

async fn push(ends: &Ends, path: WorkspacePath, local: Local, base: Option<VersionId>) -> Result<Outcome, Failure> {
    let OnVolume::File { sha256, executable } = &local.side else {
        return Ok(Outcome::LookAgain);
    };
    let query = SaveQuery { path: path.clone(), base, executable: *executable };
    let content = match local.held.clone() {
        Some(bytes) => Content::Whole(bytes),
        None => {
            let file = match ends.agent.read(path).await {
                Ok(file) => file,
                Err(failure) => return agent_failure(failure),
            };
            if file.entry.size != local.size {
                return Ok(Outcome::LookAgain);
            }
            let stream = file.into_stream().map(|chunk| chunk.map_err(std::io::Error::other));
            Content::Streamed(stream.boxed())
        }
    };
    let saving = ends.cloud.save(ends.sandbox, &query, &local.hash, local.size, content);
    let saved = match saving.await {
        Ok(saved) => saved,
        Err(error) => return cloud_failure(error),
    };
    let Some(file) = saved_file(saved.version, &local) else {
        return Ok(Outcome::LookAgain);
    };
    if saved.conflict {
        return beside(ends, saved, file).await;
    }
    Ok(Outcome::Agreed {
        base: Base::File(Known { version: saved.version, sha256: sha256.clone(), executable: Some(*executable) }),
        cloud: InCloud::File(file),
    })
}

/// The cloud has kept our content under another name. It comes to the volume under that name before anything else: from
/// then on both sides hold it there, and its own place may be given to the cloud's content.
async fn beside(ends: &Ends, saved: Saved, content: ManifestFile) -> Result<Outcome, Failure> {
    let copied = pull(ends, saved.saved_as.clone(), content.clone(), Expect::Absent).await?;
    Ok(match copied {
        Outcome::Brought { .. } => Outcome::Conflict { saved, content },
        Outcome::Refused { code, message } => Outcome::Refused { code, message },
        _ => Outcome::Refused {
            code: "conflict_copy_failed".to_owned(),
            message: format!("Both sides changed it; yours is also in the cloud as {}.", saved.saved_as),
        },
    })
}

async fn pull(ends: &Ends, path: WorkspacePath, file: ManifestFile, expect: Expect) -> Result<Outcome, Failure> {
    let content = match ends.cloud.content(ends.sandbox, file.version).await {
        Ok(content) => content,
        Err(error) => return cloud_failure(error),
    };
    let executable = Some(file.executable);
    let announced = |sha256: &str| sha256 == file.sha256;
    let written = ends.agent.write(path, executable, expect, content, announced).await;
    match written {
        Ok(_) => Ok(Outcome::Brought {
            base: Base::File(Known { version: file.version, sha256: file.sha256.clone(), executable }),
            cloud: InCloud::File(file),
        }),
        Err(WriteFailure::Source(error)) => cloud_failure(error),
        Err(WriteFailure::Agent(failure)) => agent_failure(failure),
    }
}

async fn remove_from_cloud(
    ends: &Ends,
    path: WorkspacePath,
    base: Option<VersionId>,
    volume: OnVolume,
) -> Result<Outcome, Failure> {
    match ends.cloud.remove(ends.sandbox, path, base).await {
        Ok(removed) if removed.removed => Ok(settled(InCloud::Absent, volume)),
        // Something new lies in the folder: it comes back.
        Ok(_) if base.is_none() => Ok(Outcome::Again { base: Base::Nothing, cloud: InCloud::Folder }),
        Ok(_) => Ok(Outcome::Stale),
        Err(error) => cloud_failure(error),
    }
}

/// A folder that the cloud no longer has. Whatever still lies in it is not in the cloud, and therefore stays: then the
/// folder does, too. What is never synchronised is the exception that must not bring it back: heavy folders, and names that
/// no listing tells.
async fn remove_folder_from_volume(ends: &Ends, path: WorkspacePath) -> Result<Outcome, Failure> {
    match ends.agent.remove_empty_folder(path.clone()).await {
        Ok(()) => return Ok(settled(InCloud::Absent, OnVolume::Absent)),
        Err(failure) if failure.code() == Some(AgentErrorCode::NotEmpty) => {}
        Err(failure) => return agent_failure(failure),
    }
    let entries = match ends.agent.list(path).await {
        Ok(entries) => entries,
        Err(failure) => return agent_failure(failure),
    };
    let is_folder = |kind| kind == carrel_wire::agent::EntryKind::Folder;
    if entries.iter().all(|entry| super::rules::ignored(&entry.path, is_folder(entry.kind))) {
        return Ok(Outcome::LeftAlone);
    }
    Ok(Outcome::Again { base: Base::Nothing, cloud: InCloud::Absent })
}

async fn set_aside(ends: &Ends, task: Task) -> Result<Outcome, Failure> {
    let again = Outcome::Again { base: Base::Nothing, cloud: task.cloud };
    match ends.agent.remove_empty_folder(task.path.clone()).await {
        Ok(()) => return Ok(again),
        // A file, or a folder with something in it, of which not everything need be known.
        Err(failure) if matches!(failure.code(), Some(AgentErrorCode::NotEmpty | AgentErrorCode::WrongKind)) => {}
        Err(failure) => return agent_failure(failure),
    }
    for attempt in 0..NAMES_TRIED {
        let Some(aside) = conflict_name(&task.path, OffsetDateTime::now_utc(), attempt) else {
            break;
        };
        match ends.agent.rename(task.path.clone(), aside).await {
            Ok(()) => return Ok(again),
            Err(AgentFailure::Refused(error)) if error.code == AgentErrorCode::Exists => {}
            Err(failure) => return agent_failure(failure),
        }
    }
    Ok(Outcome::Refused {
        code: "name_taken".to_owned(),
        message: "Something of another kind is in the way.".to_owned(),
    })
}
