//! Which path's turn it is: each path in one job at a time, few jobs at once, and never two of which one could pull the
//! folder away from under the other.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::Duration,
};

use carrel_wire::WorkspacePath;
use tokio::time::Instant;

use super::{
    debounce::{Cause, Debouncer, first_below},
    folder::Folder,
};

/// Jobs at once.
const AT_ONCE: usize = 4;
const FIRST_RETRY: Duration = Duration::from_millis(100);
const LONGEST_RETRY: Duration = Duration::from_secs(20);

#[derive(Debug)]
pub(super) struct Queue {
    pub(super) waiting: Debouncer,
    busy: BTreeMap<WorkspacePath, Cause>,
    /// How often a path was tried without an end.
    attempts: HashMap<WorkspacePath, u32>,
    /// Paths that wait for a newer listing of the cloud's side.
    stale: BTreeSet<WorkspacePath>,
}

impl Queue {
    pub(super) fn new(waiting: Debouncer) -> Self {
        Self { waiting, busy: BTreeMap::new(), attempts: HashMap::new(), stale: BTreeSet::new() }
    }
    /// Paths that are not in agreement yet.
    pub(super) fn len(&self) -> usize {
        self.waiting.len() + self.busy.len() + self.stale.len()
    }

    pub(super) fn holds(&self, path: &WorkspacePath) -> bool {
        self.waiting.holds(path) || self.busy.contains_key(path) || self.stale.contains(path)
    }

    /// Takes the next path whose turn it is.
    pub(super) fn start(&mut self, folder: &Folder, now: Instant) -> Option<(WorkspacePath, Cause)> {
        if self.busy.len() >= AT_ONCE {
            return None;
        }
        let path = self.waiting.due(now).find(|path| self.may_start(path, folder))?.clone();
        let cause = self.waiting.take(&path)?;
        self.busy.insert(path.clone(), cause);
        Some((path, cause))
    }

    fn may_start(&self, path: &WorkspacePath, folder: &Folder) -> bool {
        if self.stale.contains(path) || self.busy.contains_key(path) || first_below(&self.busy, path).is_some() {
            return false;
        }
        // A folder goes after what is in it, unless it is a file's place that must be cleared first.
        if !folder.is_file(path) && self.waiting.waits_below(path) {
            return false;
        }
        let mut above = path.parent();
        while let Some(ancestor) = above {
            let in_the_way = self.waiting.holds(&ancestor) && folder.is_file(&ancestor);
            if in_the_way || self.busy.contains_key(&ancestor) {
                return false;
            }
            above = ancestor.parent();
        }
        true
    }

    /// The path's job is over and there is nothing more to do for it.
    pub(super) fn end(&mut self, path: &WorkspacePath) {
        self.busy.remove(path);
        self.attempts.remove(path);
    }

    /// The path's job is over; the path waits for another attempt, longer each time.
    pub(super) fn again(&mut self, path: &WorkspacePath, now: Instant) {
        self.busy.remove(path);
        let wait = self.next_wait(path);
        self.waiting.retry(path.clone(), Cause::Volume, now, wait);
    }

    /// The path's job is over; another attempt makes sense once the cloud was listed anew.
    pub(super) fn after_listing(&mut self, path: &WorkspacePath) {
        self.busy.remove(path);
        self.stale.insert(path.clone());
    }

    /// The cloud was listed anew; `told` says whether the listing is new enough for a path.
    pub(super) fn listing_came(&mut self, now: Instant, told: impl Fn(&WorkspacePath) -> bool) {
        let ready: Vec<_> = self.stale.iter().filter(|path| told(path)).cloned().collect();
        for path in ready {
            self.stale.remove(&path);
            let wait = self.next_wait(&path);
            self.waiting.retry(path, Cause::Volume, now, wait);
        }
    }

    fn next_wait(&mut self, path: &WorkspacePath) -> Duration {
        let attempts = self.attempts.entry(path.clone()).or_default();
        let wait = FIRST_RETRY.saturating_mul(1 << (*attempts).min(10)).min(LONGEST_RETRY);
        *attempts += 1;
        wait
    }

    /// The path's job is over, through no fault of its own; it waits as before.
    pub(super) fn put_back(&mut self, path: &WorkspacePath, now: Instant) {
        if let Some(cause) = self.busy.remove(path) {
            self.waiting.retry(path.clone(), cause, now, Duration::ZERO);
        }
    }
}

#[cfg(test)]
mod tests {
    use carrel_wire::internal::ManifestFile;

    use super::*;
    use crate::sync::decide::{Base, InCloud};

    fn path(text: &str) -> WorkspacePath {
        text.parse().expect("a path")
    }

    fn queue(names: &[&str], now: Instant) -> Queue {
        let second = Duration::from_secs(1);
        let mut queue = Queue::new(Debouncer::new(second, second));
        for name in names {
            queue.waiting.add(path(name), Cause::Volume, now);
        }
        queue
    }

    fn start(queue: &mut Queue, folder: &Folder, now: Instant) -> Option<String> {
        queue.start(folder, now).map(|(path, _)| path.to_string())
    }

    #[test]
    fn few_at_once_and_each_path_only_once() {
        let now = Instant::now();
        let folder = Folder::default();
        let mut queue = queue(&["a", "b", "c", "d", "e"], now);
        let started: Vec<_> = std::iter::from_fn(|| start(&mut queue, &folder, now)).collect();
        assert_eq!(started, ["e", "d", "c", "b"]);
        queue.end(&path("e"));
        queue.waiting.add(path("d"), Cause::Volume, now);
        assert_eq!(start(&mut queue, &folder, now).as_deref(), Some("a"));
        queue.end(&path("c"));
        assert_eq!(start(&mut queue, &folder, now), None, "d is busy already");
        queue.end(&path("d"));
        assert_eq!(start(&mut queue, &folder, now).as_deref(), Some("d"));
        assert_eq!(queue.len(), 3);
    }

    #[test]
    fn a_folder_waits_for_what_is_in_it() {
        let now = Instant::now();
        let folder = Folder::default();
        let mut queue = queue(&["a", "a/b"], now);
        assert_eq!(start(&mut queue, &folder, now).as_deref(), Some("a/b"));
        assert_eq!(start(&mut queue, &folder, now), None);
        queue.again(&path("a/b"), now);
        assert_eq!(start(&mut queue, &folder, now), None, "it will be tried again");
        let later = now + FIRST_RETRY;
        assert_eq!(start(&mut queue, &folder, later).as_deref(), Some("a/b"));
        queue.end(&path("a/b"));
        assert_eq!(start(&mut queue, &folder, later).as_deref(), Some("a"));
    }

    #[test]
    fn a_file_that_became_a_folder_is_cleared_away_first() {
        let now = Instant::now();
        let mut folder = Folder::default();
        let file =
            ManifestFile { version: carrel_ids::VersionId::new(), size: 1, sha256: "a".to_owned(), executable: false };
        folder.set(&path("a"), Base::Nothing, InCloud::File(file));
        let mut queue = queue(&["a", "a/b"], now);
        assert_eq!(start(&mut queue, &folder, now).as_deref(), Some("a"));
        assert_eq!(start(&mut queue, &folder, now), None);
        queue.end(&path("a"));
        assert_eq!(start(&mut queue, &folder, now).as_deref(), Some("a/b"));
    }

    #[test]
    fn attempts_wait_longer_each_time_and_an_end_forgets_them() {
        let mut now = Instant::now();
        let folder = Folder::default();
        let mut queue = queue(&["a"], now);
        let mut waits = Vec::new();
        for _ in 0..3 {
            queue.start(&folder, now).expect("due");
            queue.again(&path("a"), now);
            let due = queue.waiting.next_due(now).expect("waiting");
            waits.push((due - now).as_millis());
            now = due;
        }
        assert_eq!(waits, [100, 200, 400]);
        queue.start(&folder, now).expect("due");
        queue.put_back(&path("a"), now);
        queue.start(&folder, now).expect("due at once");
        queue.end(&path("a"));
        assert_eq!(queue.len(), 0);
    }
}
