//! The watched folders: one inotify watch each, none in ignored folders, kept up to date as folders come and go.
//! A new folder is watched first and read after, so that nothing made in it is missed.

use std::collections::{BTreeMap, HashMap};
use std::ffi::CStr;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use carrel_wire::WorkspacePath;
use carrel_wire::agent::EntryKind;
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};

use super::changes::Changes;
use crate::files::beneath::{Folder, ignored_folder, kind, visible_name};

const EVENT_BYTES: usize = 16 * 1024;
/// After this many events the caller may be told something, even if they never end.
const EVENTS_AT_ONCE: usize = 4096;

#[derive(Debug)]
pub(crate) struct Tree {
    root: Folder,
    inotify: Option<Arc<OwnedFd>>,
    paths: HashMap<i32, WorkspacePath>,
    watches: BTreeMap<WorkspacePath, i32>,
    incomplete: bool,
}

impl Tree {
    /// Watches everything that is there. Where the kernel's limits do not allow it the tree is `incomplete`.
    pub(crate) fn watch(root: Folder) -> Self {
        let inotify = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).ok().map(Arc::new);
        let mut tree =
            Self { root, incomplete: inotify.is_none(), inotify, paths: HashMap::new(), watches: BTreeMap::new() };
        tree.add(WorkspacePath::root(), &mut |_| {});
        tree
    }

    pub(crate) fn inotify(&self) -> Option<Arc<OwnedFd>> {
        self.inotify.clone()
    }

    /// Whether some folder is not watched although it should be.
    pub(crate) fn incomplete(&self) -> bool {
        self.incomplete
    }

    /// Reads events that wait; true when there may be more.
    pub(crate) fn read_events(&mut self, changes: &mut Changes) -> bool {
        let Some(inotify) = self.inotify.clone() else {
            return false;
        };
        let mut buffer = [MaybeUninit::uninit(); EVENT_BYTES];
        let mut events = inotify::Reader::new(&*inotify, &mut buffer);
        for _ in 0..EVENTS_AT_ONCE {
            // The end of the events is an error: nothing more to read for now.
            let Ok(event) = events.next() else {
                return false;
            };
            let flags = event.events();
            if flags.contains(ReadFlags::QUEUE_OVERFLOW) {
                changes.overflow();
                self.watch_again();
            } else if flags.contains(ReadFlags::IGNORED) {
                self.forget(event.wd());
            } else if let Some(name) = event.file_name() {
                let (wd, name) = (event.wd(), name.to_owned());
                self.apply(wd, &name, flags, changes);
            }
        }
        true
    }

    fn apply(&mut self, wd: i32, name: &CStr, flags: ReadFlags, changes: &mut Changes) {
        let Some(name) = visible_name(name) else {
            return;
        };
        let Some(path) = self.paths.get(&wd).and_then(|path| path.join(name).ok()) else {
            return;
        };
        if flags.contains(ReadFlags::ISDIR) {
            if ignored_folder(name) {
                return;
            }
            if flags.intersects(ReadFlags::MOVED_FROM | ReadFlags::DELETE) {
                self.remove(&path);
            }
            if flags.intersects(ReadFlags::CREATE | ReadFlags::MOVED_TO) {
                self.add(path.clone(), &mut |found| changes.add(found));
            }
        }
        changes.add(path);
    }

    /// Watches a folder and all below it; `found` is told what is in them.
    fn add(&mut self, top: WorkspacePath, found: &mut dyn FnMut(WorkspacePath)) {
        let mut waiting = vec![top];
        while let Some(path) = waiting.pop() {
            // Gone again, or replaced by a link: then its events say so.
            let Ok(folder) = self.root.folder(&path) else {
                continue;
            };
            self.add_one(&folder, &path);
            let Ok(mut names) = folder.names() else {
                continue;
            };
            while let Some(Ok(entry)) = names.read() {
                let Some(name) = visible_name(entry.file_name()) else {
                    continue;
                };
                let (Ok(stat), Ok(child)) = (folder.stat(name), path.join(name)) else {
                    continue;
                };
                if kind(&stat) == EntryKind::Folder {
                    if ignored_folder(name) {
                        continue;
                    }
                    waiting.push(child.clone());
                }
                found(child);
            }
        }
    }

    fn add_one(&mut self, folder: &Folder, path: &WorkspacePath) {
        let Some(inotify) = &self.inotify else {
            return;
        };
        let flags = WatchFlags::CREATE
            | WatchFlags::MODIFY
            | WatchFlags::CLOSE_WRITE
            | WatchFlags::ATTRIB
            | WatchFlags::MOVED_FROM
            | WatchFlags::MOVED_TO
            | WatchFlags::DELETE
            | WatchFlags::EXCL_UNLINK
            | WatchFlags::ONLYDIR;
        match inotify::add_watch(&**inotify, folder.handle_path(), flags) {
            Ok(wd) => {
                // The same folder under another path: it was moved.
                self.forget(wd);
                self.paths.insert(wd, path.clone());
                self.watches.insert(path.clone(), wd);
            }
            Err(_) => self.incomplete = true,
        }
    }

    /// Ends the watches of a folder that is no longer at `top`, and of those below it.
    fn remove(&mut self, top: &WorkspacePath) {
        let below = format!("{top}/");
        let gone: Vec<(WorkspacePath, i32)> = self
            .watches
            .range(top.clone()..)
            // Between a folder and what is below it others may sort ("a", "a.b", "a/c").
            .take_while(|(path, _)| path.as_str().starts_with(top.as_str()))
            .filter(|(path, _)| top.is_root() || *path == top || path.as_str().starts_with(&below))
            .map(|(path, wd)| (path.clone(), *wd))
            .collect();
        for (path, wd) in gone {
            self.watches.remove(&path);
            self.paths.remove(&wd);
            if let Some(inotify) = &self.inotify {
                // Fails when the kernel has ended the watch itself, with the folder.
                inotify::remove_watch(&**inotify, wd).ok();
            }
        }
    }

    fn forget(&mut self, wd: i32) {
        if let Some(path) = self.paths.remove(&wd)
            // Another folder may have its path by now.
            && self.watches.get(&path) == Some(&wd)
        {
            self.watches.remove(&path);
        }
    }

    /// After lost events nothing is certain: the watches are made anew.
    fn watch_again(&mut self) {
        self.incomplete = self.inotify.is_none();
        self.remove(&WorkspacePath::root());
        self.add(WorkspacePath::root(), &mut |_| {});
    }
}
