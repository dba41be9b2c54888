//! The task that keeps both sides the same: hears of changes on either, gives each path its turn, asks again after
//! failures. Owns everything that is known; jobs and questions only report back.

use std::{collections::BTreeMap, pin::pin, sync::Arc, time::Duration};

use carrel_wire::{WorkspacePath, internal};
use time::OffsetDateTime;
use tokio::{task::JoinSet, time::Instant};

use super::{
    Flush, Flushes, SyncEnd,
    debounce::{Cause, Debouncer, below},
    folder::Folder,
    hydrate::agent_end,
    job::{self, Ends, Failure, Outcome, Task},
    queue::Queue,
    remote::{self, Answer},
    rules::ignored,
};
use crate::{
    agent::{Changes, Watch},
    backoff::Backoff,
    config::Timing,
    workspaces::{Event, View},
};

/// A listing is asked for at most this share of the time: one that takes long is asked for less often.
const LISTING_SHARE: u32 = 5;
const SOON: Duration = Duration::from_millis(100);

pub(super) struct Parts {
    pub(super) ends: Ends,
    pub(super) view: Arc<View>,
    pub(super) timing: Timing,
    pub(super) folder: Folder,
    pub(super) watch: Watch,
    pub(super) to_record: Vec<internal::Base>,
}

pub(crate) struct Engine {
    pub(super) ends: Ends,
    pub(super) view: Arc<View>,
    pub(super) timing: Timing,
    pub(super) folder: Folder,
    pub(super) queue: Queue,
    watch: Option<Watch>,
    jobs: JoinSet<(WorkspacePath, Result<Outcome, Failure>)>,
    questions: JoinSet<Answer>,
    /// A listing or a scan is on its way, or a recording.
    listing_since: Option<Instant>,
    pub(super) scanning: bool,
    recording: bool,
    pub(super) next_listing: Instant,
    pub(super) scan_wanted: bool,
    pub(super) to_record: Vec<internal::Base>,
    pub(super) offline: Option<String>,
    pub(super) backoff: Backoff,
    /// What is on one side only, and why.
    pub(super) refused: BTreeMap<WorkspacePath, String>,
    pub(super) synced: bool,
    pub(super) synced_at: Option<OffsetDateTime>,
    pub(super) flushes: Vec<Flush>,
}

impl Engine {
    pub(super) fn new(parts: Parts, remaining: Vec<WorkspacePath>) -> Self {
        let now = Instant::now();
        let timing = parts.timing;
        let synced_at = parts.view.syncs().borrow().last_synced_at;
        let mut queue = Queue::new(Debouncer::new(timing.quiet, timing.max_wait));
        for path in remaining {
            queue.waiting.add(path, Cause::Volume, now);
        }
        Self {
            ends: parts.ends,
            view: parts.view,
            timing,
            folder: parts.folder,
            queue,
            watch: Some(parts.watch),
            jobs: JoinSet::new(),
            questions: JoinSet::new(),
            listing_since: None,
            scanning: false,
            recording: false,
            next_listing: now + timing.poll_every,
            scan_wanted: false,
            to_record: parts.to_record,
            offline: None,
            backoff: Backoff::default(),
            refused: BTreeMap::new(),
            synced: false,
            synced_at,
            flushes: Vec::new(),
        }
    }

    /// Runs until the sandbox, the folder or the asker is gone. Dropping it ends its jobs at once.
    pub(crate) async fn run(mut self, mut flushes: Flushes) -> SyncEnd {
        let Some(mut watch) = self.watch.take() else {
            return SyncEnd::Dropped;
        };
        loop {
            self.start_jobs();
            self.ask();
            self.publish();
            let now = Instant::now();
            let wake = self.queue.waiting.next_due(now);
            let mut sleep = pin!(tokio::time::sleep_until(
                wake.unwrap_or(now + Duration::from_secs(3600)).min(self.next_wake(now))
            ));
            let step = tokio::select! {
                changes = watch.next() => match changes {
                    Ok(changes) => { self.hear(changes); Ok(()) }
                    Err(failure) => Err(SyncEnd::AgentGone(failure.to_string())),
                },
                Some(done) = self.jobs.join_next() => self.finish(done),
                Some(answer) = self.questions.join_next() => self.answer(answer),
                flush = flushes.recv() => match flush {
                    Some(flush) => { self.flush(flush); Ok(()) }
                    None => Err(SyncEnd::Dropped),
                },
                () = &mut sleep => Ok(()),
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    fn next_wake(&self, now: Instant) -> Instant {
        if self.listing_since.is_some() { now + Duration::from_secs(3600) } else { self.next_listing }
    }

    fn hear(&mut self, changes: Changes) {
        let now = Instant::now();
        self.scan_wanted |= changes.overflow;
        for path in &changes.paths {
            // Of a path that may be gone nobody knows whether it was a folder: names of heavy ones count as such only
            // when they still are, and the job finds that out.
            if !path.is_root() && !ignored(path, false) {
                self.queue.waiting.touch(path.clone(), now);
            }
            // It may have gone with its folder, of which alone is told.
            for refused in below(&self.refused, path) {
                self.queue.waiting.add(refused.clone(), Cause::Volume, now);
            }
        }
        self.view.tell(Event::Files { paths: changes.paths, overflow: changes.overflow });
    }

    fn start_jobs(&mut self) {
        // While the cloud is away nothing can be agreed on; the question for a listing notices its return.
        if self.offline.is_some() {
            return;
        }
        while let Some((path, cause)) = self.queue.start(&self.folder, Instant::now()) {
            self.folder.touch(&path);
            let task = Task {
                base: self.folder.base(&path),
                cloud: self.folder.cloud(&path),
                holds_known: self.folder.knows_below(&path),
                path: path.clone(),
                cause,
            };
            let ends = self.ends.clone();
            self.jobs.spawn(async move { (path, job::run(ends, task).await) });
        }
    }

    /// Asks what is due to be asked.
    fn ask(&mut self) {
        let (now, asked) = (Instant::now(), self.folder.moment());
        if self.listing_since.is_none() && !self.scanning {
            self.folder.forget_before(asked);
        }
        if self.listing_since.is_none() && now >= self.next_listing {
            self.listing_since = Some(now);
            let etag = self.folder.etag().map(str::to_owned);
            self.questions.spawn(remote::listing(self.ends.clone(), etag, asked));
        }
        if self.scan_wanted && !self.scanning && self.offline.is_none() {
            (self.scan_wanted, self.scanning) = (false, true);
            self.questions.spawn(remote::scan(self.ends.clone(), asked));
        }
        if !self.to_record.is_empty() && !self.recording && self.offline.is_none() {
            self.recording = true;
            let bases = std::mem::take(&mut self.to_record);
            self.questions.spawn(remote::record(self.ends.clone(), bases));
        }
    }

    /// Paths wait for a newer listing; it need not wait for the next poll.
    pub(super) fn want_listing(&mut self) {
        self.folder.want_listing();
        self.next_listing = self.next_listing.min(Instant::now() + SOON);
    }

    fn finish(
        &mut self,
        done: Result<(WorkspacePath, Result<Outcome, Failure>), tokio::task::JoinError>,
    ) -> Result<(), SyncEnd> {
        let (path, result) = done.map_err(|error| SyncEnd::Failed(error.to_string()))?;
        self.folder.touch(&path);
        match result {
            Ok(outcome) => {
                self.take(&path, outcome);
                Ok(())
            }
            Err(Failure::AgentGone(reason)) => Err(SyncEnd::AgentGone(reason)),
            Err(Failure::Offline(reason)) => {
                self.queue.put_back(&path, Instant::now());
                self.go_offline(reason);
                Ok(())
            }
        }
    }

    fn answer(&mut self, answer: Result<Answer, tokio::task::JoinError>) -> Result<(), SyncEnd> {
        match answer.map_err(|error| SyncEnd::Failed(error.to_string()))? {
            Answer::Listing(result, asked) => {
                let since = self.listing_since.take().unwrap_or_else(Instant::now);
                match result {
                    Ok(manifest) => {
                        self.come_online();
                        let took = since.elapsed();
                        self.next_listing = Instant::now() + self.timing.poll_every;
                        if let Some(manifest) = manifest {
                            self.next_listing += took.saturating_mul(LISTING_SHARE);
                            self.take_listing(manifest, asked);
                        }
                    }
                    Err(crate::cloud::CloudError::NotFound) => return Err(SyncEnd::FolderGone),
                    Err(error) => self.go_offline(error.to_string()),
                }
            }
            Answer::Scan(result, asked) => {
                self.scanning = false;
                let entries = result.map_err(agent_end)?;
                let to_do = self.folder.take_scan(entries, asked);
                self.to_record.extend(to_do.to_record);
                let now = Instant::now();
                // What was refused may be gone from both sides, and is then in no comparison.
                let refused = self.refused.keys().cloned();
                for path in to_do.actions.into_iter().map(|(path, _)| path).chain(refused) {
                    self.queue.waiting.add(path, Cause::Volume, now);
                }
            }
            Answer::Recorded(result, left) => {
                self.recording = false;
                match result {
                    Ok(()) => {}
                    Err(error @ crate::cloud::CloudError::Refused { .. }) => {
                        // Without its record a file is compared again when the workspace is opened again; that is all.
                        tracing::warn!("agreed versions could not be recorded: {error}");
                    }
                    Err(error) => {
                        self.to_record.extend(left);
                        self.go_offline(error.to_string());
                    }
                }
            }
        }
        Ok(())
    }

    fn take_listing(&mut self, manifest: crate::cloud::Manifest, asked: super::folder::Moment) {
        let now = Instant::now();
        for path in self.folder.take_listing(manifest, asked) {
            self.queue.waiting.add(path, Cause::Cloud, now);
        }
        self.queue.listing_came(now, |path| !self.folder.touched_since(path, asked));
    }
}
