//! What the engine learns from the end of one path's job.

use carrel_wire::{
    WorkspacePath,
    agent::{Entry, EntryKind},
    internal::{ManifestFile, Saved},
};
use tokio::time::Instant;

use super::{
    debounce::Cause,
    decide::{Base, InCloud, Known},
    engine::Engine,
    job::Outcome,
    rules::ignored,
};
use crate::workspaces::Event;

impl Engine {
    pub(super) fn take(&mut self, path: &WorkspacePath, outcome: Outcome) {
        let now = Instant::now();
        if !matches!(outcome, Outcome::Refused { .. }) {
            self.refused.remove(path);
        }
        match outcome {
            Outcome::Agreed { base, cloud } => {
                self.folder.set(path, base, cloud);
                self.queue.end(path);
            }
            Outcome::Brought { base, cloud } => {
                self.remember(path, &base);
                self.folder.set(path, base, cloud);
                self.queue.end(path);
            }
            Outcome::Folder(entries) => {
                self.folder.set(path, Base::Folder, InCloud::Folder);
                self.queue.end(path);
                self.look_into(entries);
            }
            Outcome::Again { base, cloud } => {
                self.folder.set(path, base, cloud);
                self.queue.again(path, now);
            }
            Outcome::LookAgain => self.queue.again(path, now),
            Outcome::Stale => {
                self.queue.after_listing(path);
                self.want_listing();
            }
            Outcome::BelowFirst => {
                for child in self.folder.known_below(path) {
                    self.queue.waiting.add(child, Cause::Volume, now);
                }
                self.queue.again(path, now);
            }
            Outcome::Conflict { saved, content } => self.keep_both(path, saved, content),
            Outcome::LeftAlone => self.queue.end(path),
            Outcome::Refused { code, message } => {
                if self.refused.insert(path.clone(), message).is_none() {
                    tracing::warn!(sandbox = %self.ends.sandbox, code, "a path is not synchronised");
                }
                if passes(&code) {
                    self.queue.again(path, now);
                } else {
                    self.queue.end(path);
                }
            }
        }
    }

    /// What a folder holds that nobody has told of: it was moved here with all that is in it, or made and filled before
    /// it was watched.
    fn look_into(&mut self, entries: Vec<Entry>) {
        let now = Instant::now();
        for entry in entries {
            let agreed = match (entry.kind, self.folder.base(&entry.path)) {
                (EntryKind::File, Base::File(_)) => {
                    matches!(self.folder.cloud(&entry.path), InCloud::File(file) if file.size == entry.size)
                }
                (EntryKind::Folder, Base::Folder) | (EntryKind::Other, _) => true,
                _ => false,
            };
            if !agreed && !ignored(&entry.path, entry.kind == EntryKind::Folder) {
                self.queue.waiting.add(entry.path, Cause::Volume, now);
            }
        }
    }

    /// Our content is a version beside the cloud's file now, on both sides. With it as the base of the path itself, the
    /// volume has nothing there that the cloud lacks, and the cloud's content comes to it.
    fn keep_both(&mut self, path: &WorkspacePath, saved: Saved, content: ManifestFile) {
        let ours = Base::File(Known {
            version: saved.version,
            sha256: content.sha256.clone(),
            executable: Some(content.executable),
        });
        self.folder.touch(&saved.saved_as);
        self.folder.set(&saved.saved_as, ours.clone(), InCloud::File(content));
        self.folder.set_base(path, ours);
        self.queue.after_listing(path);
        self.want_listing();
        self.view.tell(Event::Conflict { path: path.clone(), saved_as: saved.saved_as });
    }
}

/// Whether a refusal may be over without anything happening to the path itself: there is room again, or the space is no longer archived.
fn passes(code: &str) -> bool {
    matches!(code, "disk_full" | "quota_exceeded" | "space_archived" | "volume_full")
}
