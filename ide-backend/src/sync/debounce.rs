//! When a changed path is due: once it was left alone for a moment, but never much later than its first change.

use std::{collections::BTreeMap, ops::Bound, time::Duration};

use carrel_wire::WorkspacePath;
use tokio::time::Instant;

/// What is known about why a path is waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The volume may have changed: it must be read.
    Volume,
    /// Only the cloud changed: the volume is believed to be as it was, and checked when it is written.
    Cloud,
}

#[derive(Debug)]
struct Waiting {
    first: Instant,
    due: Instant,
    cause: Cause,
}

/// Paths that wait, in the order of their names.
#[derive(Debug)]
pub(crate) struct Debouncer {
    quiet: Duration,
    max_wait: Duration,
    waiting: BTreeMap<WorkspacePath, Waiting>,
}

impl Debouncer {
    pub(crate) fn new(quiet: Duration, max_wait: Duration) -> Self {
        Self { quiet, max_wait, waiting: BTreeMap::new() }
    }
    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// The path changed on the volume, and may change again in a moment.
    pub(crate) fn touch(&mut self, path: WorkspacePath, now: Instant) {
        let first = self.waiting.get(&path).map_or(now, |known| known.first);
        let due = (now + self.quiet).min(first + self.max_wait);
        self.put(path, first, due, Cause::Volume);
    }

    /// The path is due at once.
    pub(crate) fn add(&mut self, path: WorkspacePath, cause: Cause, now: Instant) {
        let known = self.waiting.get(&path);
        let first = known.map_or(now, |known| known.first);
        // A change on the volume that is still going on keeps its moment of quiet.
        match known {
            Some(known) if known.cause == Cause::Volume => {}
            _ => self.put(path, first, now, cause),
        }
    }

    /// The path is due later, for another attempt.
    pub(crate) fn retry(&mut self, path: WorkspacePath, cause: Cause, now: Instant, wait: Duration) {
        if !self.waiting.contains_key(&path) {
            self.put(path, now, now + wait, cause);
        }
    }

    fn put(&mut self, path: WorkspacePath, first: Instant, due: Instant, cause: Cause) {
        self.waiting.insert(path, Waiting { first, due, cause });
    }

    /// Everything is due at once.
    pub(crate) fn hurry(&mut self, now: Instant) {
        for waiting in self.waiting.values_mut() {
            waiting.due = waiting.due.min(now);
        }
    }

    pub(crate) fn take(&mut self, path: &WorkspacePath) -> Option<Cause> {
        self.waiting.remove(path).map(|waiting| waiting.cause)
    }
    pub(crate) fn holds(&self, path: &WorkspacePath) -> bool {
        self.waiting.contains_key(path)
    }

    /// Paths that are due, in the reverse order of their names: what is in a folder comes before the folder.
    pub(crate) fn due(&self, now: Instant) -> impl Iterator<Item = &WorkspacePath> {
        self.waiting.iter().rev().filter(move |(_, waiting)| waiting.due <= now).map(|(path, _)| path)
    }

    /// When the next path after `now` is due; those that are due already are not counted.
    pub(crate) fn next_due(&self, now: Instant) -> Option<Instant> {
        self.waiting.values().map(|waiting| waiting.due).filter(|due| *due > now).min()
    }

    /// Does anything below this path wait?
    pub(crate) fn waits_below(&self, folder: &WorkspacePath) -> bool {
        first_below(&self.waiting, folder).is_some()
    }
}

/// The first key below a folder, in any map that is ordered by path.
pub(crate) fn first_below<'a, V>(
    map: &'a BTreeMap<WorkspacePath, V>,
    folder: &WorkspacePath,
) -> Option<&'a WorkspacePath> {
    below(map, folder).next()
}

/// All keys below a folder.
pub(crate) fn below<'a, V>(
    map: &'a BTreeMap<WorkspacePath, V>,
    folder: &WorkspacePath,
) -> impl Iterator<Item = &'a WorkspacePath> + use<'a, V> {
    // Names that sort between "folder" and "folder/" exist ("folder.txt"): the range starts at the folder itself.
    let prefix = if folder.is_root() { String::new() } else { format!("{folder}/") };
    let start = folder.clone();
    map.range((Bound::Excluded(start), Bound::Unbounded))
        .map(|(path, _)| path)
        .skip_while({
            let prefix = prefix.clone();
            move |path| path.as_str() < prefix.as_str()
        })
        .take_while(move |path| path.as_str().starts_with(&prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUIET: Duration = Duration::from_millis(250);
    const MAX: Duration = Duration::from_millis(1000);

    fn path(text: &str) -> WorkspacePath {
        text.parse().expect("a path")
    }
    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    #[test]
    fn a_path_is_due_when_it_was_left_alone() {
        let mut waiting = Debouncer::new(QUIET, MAX);
        let start = Instant::now();
        waiting.touch(path("a"), start);
        assert_eq!(waiting.due(start + ms(249)).count(), 0);
        assert_eq!(waiting.next_due(start), Some(start + QUIET));
        waiting.touch(path("a"), start + ms(200));
        assert_eq!(waiting.due(start + ms(300)).count(), 0, "it changed again");
        assert!(waiting.due(start + ms(450)).eq([&path("a")]));
        assert_eq!(waiting.take(&path("a")), Some(Cause::Volume));
        assert_eq!(waiting.len(), 0);
    }

    #[test]
    fn a_path_that_never_rests_is_due_all_the_same() {
        let mut waiting = Debouncer::new(QUIET, MAX);
        let start = Instant::now();
        for n in 0..=10 {
            waiting.touch(path("log"), start + ms(n * 100));
        }
        assert_eq!(waiting.due(start + ms(999)).count(), 0);
        assert!(waiting.due(start + ms(1000)).eq([&path("log")]));
    }

    #[test]
    fn a_change_on_the_volume_outweighs_one_in_the_cloud() {
        let mut waiting = Debouncer::new(QUIET, MAX);
        let start = Instant::now();
        waiting.add(path("a"), Cause::Cloud, start);
        assert!(waiting.due(start).eq([&path("a")]));
        waiting.touch(path("a"), start);
        assert_eq!(waiting.due(start).count(), 0, "it is being written");
        waiting.add(path("a"), Cause::Cloud, start);
        assert_eq!(waiting.due(start).count(), 0, "still");
        assert_eq!(waiting.take(&path("a")), Some(Cause::Volume));
        waiting.retry(path("b"), Cause::Volume, start, ms(500));
        assert_eq!(waiting.next_due(start), Some(start + ms(500)));
        waiting.hurry(start);
        assert!(waiting.due(start).eq([&path("b")]));
    }

    #[test]
    fn what_lies_in_a_folder_goes_first() {
        let mut waiting = Debouncer::new(QUIET, MAX);
        let now = Instant::now();
        for name in ["a", "a.txt", "a/b", "a/b/c", "ab/c"] {
            waiting.add(path(name), Cause::Cloud, now);
        }
        let due: Vec<_> = waiting.due(now).map(ToString::to_string).collect();
        assert_eq!(due, ["ab/c", "a/b/c", "a/b", "a.txt", "a"]);
        assert!(waiting.waits_below(&path("a")));
        assert!(waiting.waits_below(&path("ab")));
        assert!(waiting.waits_below(&WorkspacePath::root()));
        assert!(!waiting.waits_below(&path("a.txt")));
        assert!(!waiting.waits_below(&path("a/b/c")));
        let below: Vec<_> = below(&waiting.waiting, &path("a")).cloned().collect();
        assert_eq!(below, [path("a/b"), path("a/b/c")]);
    }
}
