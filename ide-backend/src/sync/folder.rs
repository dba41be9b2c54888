//! What is known of both sides: for each path what they last agreed on and what the cloud has. Pure; no path is ever
//! judged by a listing or a scan that may be older than what a job did meanwhile.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use carrel_ids::VersionId;
use carrel_wire::{
    WorkspacePath,
    agent::{Entry, EntryKind},
    internal::{self, ManifestEntry},
};

use super::{
    debounce::below,
    decide::{Action, Base, InCloud, Known, OnVolume, decide},
    rules::ignored,
};
use crate::cloud::Manifest;

/// The moment at which a listing or a scan was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Moment(u64);

#[derive(Debug, Default)]
pub(super) struct Folder {
    known: BTreeMap<WorkspacePath, Base>,
    cloud: BTreeMap<WorkspacePath, InCloud>,
    /// Of the listing that `cloud` comes from; `None` when a new one is needed.
    etag: Option<String>,
    now: Moment,
    touched: HashMap<WorkspacePath, Moment>,
}

/// What a scan showed to be done.
#[derive(Debug, Default)]
pub(super) struct ToDo {
    /// In the order of their names: parents first.
    pub(super) actions: Vec<(WorkspacePath, Action)>,
    /// Agreed without anything being done, and not yet remembered by the cloud.
    pub(super) to_record: Vec<internal::Base>,
}

impl Folder {
    pub(super) fn new(bases: Vec<internal::Base>, manifest: Manifest) -> Self {
        let known = bases.into_iter().map(|base| {
            let known = Known { version: base.version, sha256: base.sha256, executable: None };
            (base.path, Base::File(known))
        });
        Self {
            known: known.filter(|(path, _)| !ignored(path, false)).collect(),
            cloud: listed(manifest.entries),
            etag: Some(manifest.head.etag),
            ..Self::default()
        }
    }

    pub(super) fn etag(&self) -> Option<&str> {
        self.etag.as_deref()
    }
    pub(super) fn want_listing(&mut self) {
        self.etag = None;
    }
    pub(super) fn base(&self, path: &WorkspacePath) -> Base {
        self.known.get(path).cloned().unwrap_or_default()
    }
    pub(super) fn cloud(&self, path: &WorkspacePath) -> InCloud {
        self.cloud.get(path).cloned().unwrap_or_default()
    }
    /// Is, or was, this a file on a side that counts?
    pub(super) fn is_file(&self, path: &WorkspacePath) -> bool {
        matches!(self.known.get(path), Some(Base::File(_))) || matches!(self.cloud.get(path), Some(InCloud::File(_)))
    }
    pub(super) fn known_below(&self, path: &WorkspacePath) -> Vec<WorkspacePath> {
        below(&self.known, path).cloned().collect()
    }
    pub(super) fn knows_below(&self, path: &WorkspacePath) -> bool {
        below(&self.known, path).next().is_some()
    }

    /// A job starts or ends here: whatever was asked for before says nothing about this path.
    pub(super) fn touch(&mut self, path: &WorkspacePath) {
        self.now.0 += 1;
        self.touched.insert(path.clone(), self.now);
    }
    pub(super) fn moment(&self) -> Moment {
        self.now
    }
    pub(super) fn touched_since(&self, path: &WorkspacePath, moment: Moment) -> bool {
        self.touched.get(path).is_some_and(|at| *at > moment)
    }
    /// Nothing older than this moment is still on its way.
    pub(super) fn forget_before(&mut self, moment: Moment) {
        self.touched.retain(|_, at| *at > moment);
    }

    pub(super) fn set(&mut self, path: &WorkspacePath, base: Base, cloud: InCloud) {
        self.set_base(path, base);
        match cloud {
            InCloud::Absent => self.cloud.remove(path),
            cloud => self.cloud.insert(path.clone(), cloud),
        };
    }
    pub(super) fn set_base(&mut self, path: &WorkspacePath, base: Base) {
        match base {
            Base::Nothing => self.known.remove(path),
            base => self.known.insert(path.clone(), base),
        };
    }

    /// Takes over a listing; the paths that are different in it.
    pub(super) fn take_listing(&mut self, manifest: Manifest, asked: Moment) -> Vec<WorkspacePath> {
        let mut new = listed(manifest.entries);
        let (mut changed, mut doubtful) = (Vec::new(), false);
        let paths: BTreeSet<_> = self.cloud.keys().chain(new.keys()).cloned().collect();
        for path in paths {
            let now = new.remove(&path).unwrap_or_default();
            if now == self.cloud(&path) {
                continue;
            }
            if self.touched_since(&path, asked) {
                doubtful = true;
                continue;
            }
            match now {
                InCloud::Absent => self.cloud.remove(&path),
                now => self.cloud.insert(path.clone(), now),
            };
            changed.push(path);
        }
        self.etag = (!doubtful).then_some(manifest.head.etag);
        changed
    }

    /// Compares everything with what is on the volume.
    pub(super) fn take_scan(&mut self, entries: Vec<Entry>, asked: Moment) -> ToDo {
        let volume: BTreeMap<_, _> = entries.into_iter().filter_map(scanned).collect();
        let paths: BTreeSet<_> = volume.keys().chain(self.known.keys()).chain(self.cloud.keys()).cloned().collect();
        let mut to_do = ToDo::default();
        for path in paths {
            if self.touched_since(&path, asked) {
                continue;
            }
            let side = volume.get(&path).cloned().unwrap_or_default();
            let base = self.base_for_scan(&path, &side);
            match decide(&base, &self.cloud(&path), &side) {
                Action::LeaveAlone => {}
                Action::Agree(agreed) => {
                    if let Base::File(known) = &agreed
                        && version(&base) != Some(known.version)
                    {
                        to_do.to_record.push(record(&path, known));
                    }
                    self.set_base(&path, agreed);
                }
                action => to_do.actions.push((path, action)),
            }
        }
        to_do
    }

    /// The cloud remembers no agreed folders. One that only the volume has was deleted in the cloud if files in it were
    /// agreed on, and is new otherwise.
    fn base_for_scan(&self, path: &WorkspacePath, side: &OnVolume) -> Base {
        match self.base(path) {
            Base::Nothing if *side == OnVolume::Folder && !self.cloud.contains_key(path) && self.knows_below(path) => {
                Base::Folder
            }
            base => base,
        }
    }
}

fn listed(entries: Vec<ManifestEntry>) -> BTreeMap<WorkspacePath, InCloud> {
    entries
        .into_iter()
        .filter(|entry| !ignored(&entry.path, entry.file.is_none()))
        .map(|entry| (entry.path, entry.file.map_or(InCloud::Folder, InCloud::File)))
        .collect()
}

/// `None` for what is never synchronised and for a file that vanished before it was hashed.
fn scanned(entry: Entry) -> Option<(WorkspacePath, OnVolume)> {
    let side = match entry.kind {
        EntryKind::File => OnVolume::File { sha256: entry.sha256?, executable: entry.executable },
        EntryKind::Folder => OnVolume::Folder,
        EntryKind::Other => OnVolume::Other,
    };
    (!ignored(&entry.path, side == OnVolume::Folder)).then_some((entry.path, side))
}

fn version(base: &Base) -> Option<VersionId> {
    match base {
        Base::File(known) => Some(known.version),
        Base::Nothing | Base::Folder => None,
    }
}

/// What the cloud is told of a file that both sides have.
pub(super) fn record(path: &WorkspacePath, known: &Known) -> internal::Base {
    internal::Base { path: path.clone(), version: known.version, sha256: known.sha256.clone() }
}
