//! The beginning of a sandbox's sync: what the cloud, the volume and their last agreement say, and the bulk of what the
//! volume lacks. What remains is the engine's.

use std::sync::Arc;

use carrel_wire::WorkspacePath;

use super::{
    SyncEnd,
    decide::{Action, Base, InCloud, Known},
    engine::{Engine, Parts},
    folder::{Folder, record},
    hydrate::{self, Missing, agent_end, cloud_end},
    job::Ends,
};
use crate::{agent::Agent, cloud::Cloud, config::Timing, workspaces::View};

/// What a sync needs to begin.
pub(crate) struct Opening {
    pub(crate) agent: Agent,
    pub(crate) cloud: Cloud,
    pub(crate) view: Arc<View>,
    pub(crate) timing: Timing,
    /// The sandbox has just started: nothing in it runs yet that could change a file.
    pub(crate) fresh: bool,
}

pub(crate) async fn open(opening: Opening) -> Result<Engine, SyncEnd> {
    let Opening { agent, cloud, view, timing, fresh } = opening;
    let sandbox = agent.sandbox();
    // What changes from here on is told. In a fresh sandbox nothing changes but by us, and that need not be told.
    let early_watch = if fresh { None } else { Some(agent.watch().await.map_err(agent_end)?) };
    let (scan, listing) =
        tokio::join!(agent.scan(), async { tokio::try_join!(cloud.bases(sandbox), cloud.manifest(sandbox)) });
    let scan = scan.map_err(agent_end)?;
    let (mut bases, manifest) = listing.map_err(cloud_end)?;
    if scan.is_empty() && !bases.is_empty() && agent.list(WorkspacePath::root()).await.map_err(agent_end)?.is_empty() {
        // Nothing at all is on it: it is a new volume in place of a lost one, and what was agreed with the old one would
        // read as "all of it was deleted". What is forgotten must be so before the first file is brought: a volume that is
        // filled in part is no longer empty. If somebody did delete everything, it comes back, and nothing is lost.
        tracing::warn!(%sandbox, "the volume is empty: what was agreed with it is forgotten");
        cloud.forget_bases(sandbox).await.map_err(cloud_end)?;
        bases.clear();
    }
    let mut folder = Folder::new(bases, manifest);
    let to_do = folder.take_scan(scan, folder.moment());
    let mut to_record = to_do.to_record;
    let ends = Ends { agent, cloud, sandbox };
    let mut remaining = Vec::new();
    let mut missing = Missing::new();
    for (path, action) in to_do.actions {
        match (action, folder.cloud(&path)) {
            (Action::MakeFolderOnVolume, _) if fresh => missing.push((path, None)),
            (Action::Pull { expect: carrel_wire::agent::Expect::Absent }, InCloud::File(file)) if fresh => {
                missing.push((path, Some(file)));
            }
            _ => remaining.push(path),
        }
    }
    if !missing.is_empty() {
        for (path, file) in hydrate::fill(&ends, &view, missing).await? {
            let base = file.map_or(Base::Folder, |file| {
                let known = Known { version: file.version, sha256: file.sha256, executable: Some(file.executable) };
                to_record.push(record(&path, &known));
                Base::File(known)
            });
            folder.set_base(&path, base);
        }
    }
    let watch = match early_watch {
        Some(watch) => watch,
        None => ends.agent.watch().await.map_err(agent_end)?,
    };
    Ok(Engine::new(Parts { ends, view, timing, folder, watch, to_record }, remaining))
}
