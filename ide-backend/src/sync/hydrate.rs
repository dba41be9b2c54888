//! Fills a volume that lacks files: many downloads on their way at once, one stream to the agent, bounded memory.

use std::time::Instant;

use bytes::{Bytes, BytesMut};
use carrel_wire::{WorkspacePath, internal::ManifestFile};
use futures_util::{Stream, StreamExt, TryStreamExt};
use sha2::{Digest, Sha256};

use super::{SyncEnd, job::Ends};
use crate::{
    agent::{AgentFailure, Hydration},
    cloud::CloudError,
    workspaces::{Progress, View},
};

/// Downloads that are on their way or wait for their turn.
const AT_ONCE: usize = 8;
/// Larger files are not held but passed on as they arrive.
const HELD_BYTES: u64 = 512 * 1024;
/// Between two progress messages.
const TELL_EVERY: std::time::Duration = std::time::Duration::from_millis(100);

/// What a volume lacks, parents first. `None`: a folder.
pub(super) type Missing = Vec<(WorkspacePath, Option<ManifestFile>)>;

enum Fetched<S> {
    Folder,
    Held(ManifestFile, Bytes),
    Flowing(ManifestFile, S),
    /// The cloud has no such content any more; a later listing says what to do.
    Skipped,
}

/// Brings all of it; the paths that were brought.
pub(super) async fn fill(ends: &Ends, view: &View, missing: Missing) -> Result<Missing, SyncEnd> {
    let mut teller = Teller::new(view, &missing);
    let mut hydration = ends.agent.hydrate().await.map_err(agent_end)?;
    let fetches =
        missing.into_iter().map(|(path, file)| async move { Ok::<_, CloudError>((path, fetch(ends, file).await?)) });
    let mut fetched = futures_util::stream::iter(fetches).buffered(AT_ONCE);
    let mut brought = Vec::new();
    while let Some((path, content)) = fetched.try_next().await.map_err(cloud_end)? {
        let file = match content {
            Fetched::Skipped => continue,
            Fetched::Folder => {
                hydration.folder(path.clone()).await.map_err(agent_end)?;
                None
            }
            Fetched::Held(file, bytes) => {
                let begun = hydration.file(path.clone(), file.executable).await;
                begun.map_err(agent_end)?;
                hydration.data(&bytes).await.map_err(agent_end)?;
                hydration.end().await.map_err(agent_end)?;
                Some(file)
            }
            Fetched::Flowing(file, stream) => {
                let begun = hydration.file(path.clone(), file.executable).await;
                begun.map_err(agent_end)?;
                pass_on(&mut hydration, &file, stream).await?;
                Some(file)
            }
        };
        teller.done(file.as_ref());
        brought.push((path, file));
    }
    hydration.finish().await.map_err(agent_end)?;
    teller.tell();
    Ok(brought)
}

async fn fetch(
    ends: &Ends,
    file: Option<ManifestFile>,
) -> Result<Fetched<impl Stream<Item = Result<Bytes, CloudError>> + Unpin>, CloudError> {
    let Some(file) = file else {
        return Ok(Fetched::Folder);
    };
    let mut stream = match ends.cloud.content(ends.sandbox, file.version).await {
        Ok(stream) => stream,
        Err(CloudError::NotFound) => return Ok(Fetched::Skipped),
        Err(error) => return Err(error),
    };
    if file.size > HELD_BYTES {
        return Ok(Fetched::Flowing(file, stream));
    }
    let mut bytes = BytesMut::new();
    while let Some(chunk) = stream.try_next().await? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() as u64 > file.size {
            return Err(not_as_announced(&file));
        }
    }
    if hex::encode(Sha256::digest(&bytes)) == file.sha256 {
        Ok(Fetched::Held(file, bytes.freeze()))
    } else {
        Err(not_as_announced(&file))
    }
}

async fn pass_on(
    hydration: &mut Hydration,
    file: &ManifestFile,
    mut stream: impl Stream<Item = Result<Bytes, CloudError>> + Unpin,
) -> Result<(), SyncEnd> {
    let mut hasher = Sha256::new();
    while let Some(chunk) = stream.try_next().await.map_err(cloud_end)? {
        hasher.update(&chunk);
        hydration.data(&chunk).await.map_err(agent_end)?;
    }
    if hex::encode(hasher.finalize()) == file.sha256 {
        hydration.end().await.map_err(agent_end)
    } else {
        // Without its end the file does not appear.
        Err(cloud_end(not_as_announced(file)))
    }
}

fn not_as_announced(file: &ManifestFile) -> CloudError {
    CloudError::Unreachable(format!("version {} did not arrive whole", file.version))
}

pub(super) fn agent_end(failure: AgentFailure) -> SyncEnd {
    match failure {
        AgentFailure::Gone(reason) => SyncEnd::AgentGone(reason),
        AgentFailure::Refused(error) if error.code == carrel_wire::agent::AgentErrorCode::Full => {
            SyncEnd::VolumeFull(error.message)
        }
        AgentFailure::Refused(error) => SyncEnd::Failed(error.to_string()),
        AgentFailure::Protocol(message) => SyncEnd::Failed(message),
    }
}

pub(super) fn cloud_end(error: CloudError) -> SyncEnd {
    match error {
        CloudError::NotFound => SyncEnd::FolderGone,
        CloudError::Unreachable(reason) | CloudError::Invalid(reason) => SyncEnd::CloudAway(reason),
        CloudError::Refused { .. } => SyncEnd::Failed(error.to_string()),
    }
}

struct Teller<'a> {
    view: &'a View,
    progress: Progress,
    told: Instant,
}

impl<'a> Teller<'a> {
    fn new(view: &'a View, missing: &Missing) -> Self {
        let files = missing.iter().filter_map(|(_, file)| file.as_ref());
        let progress = Progress {
            files_total: files.clone().count() as u64,
            bytes_total: files.map(|file| file.size).sum(),
            ..Progress::default()
        };
        let teller = Self { view, progress, told: Instant::now() };
        teller.tell();
        teller
    }
    fn done(&mut self, file: Option<&ManifestFile>) {
        let Some(file) = file else { return };
        self.progress.files_done += 1;
        self.progress.bytes_done += file.size;
        if self.told.elapsed() >= TELL_EVERY {
            self.told = Instant::now();
            self.tell();
        }
    }
    fn tell(&self) {
        let progress = Some(self.progress);
        self.view.change_state(|state| state.progress = progress);
    }
}
