//! The paths that changed since the last time the caller was told; bounded.

use std::collections::BTreeSet;

use carrel_wire::WorkspacePath;
use carrel_wire::agent::Reply;

/// With more paths than this the receiver had better scan.
const MAX_PATHS: usize = 10_000;
/// Most bytes of paths in one reply: as JSON they may take six times as many.
const REPLY_BYTES: usize = 32 * 1024;

#[derive(Debug, Default)]
pub(crate) struct Changes {
    paths: BTreeSet<WorkspacePath>,
    overflow: bool,
}

impl Changes {
    pub(crate) fn add(&mut self, path: WorkspacePath) {
        if self.overflow {
            return;
        }
        self.paths.insert(path);
        if self.paths.len() > MAX_PATHS {
            self.overflow();
        }
    }

    /// Something may have been missed: the receiver scans, which makes single paths needless.
    pub(crate) fn overflow(&mut self) {
        self.overflow = true;
        self.paths.clear();
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.paths.is_empty() && !self.overflow
    }

    pub(crate) fn into_replies(self) -> Vec<Reply> {
        if self.overflow {
            return vec![Reply::Changed { paths: Vec::new(), overflow: true }];
        }
        let (mut replies, mut paths, mut bytes) = (Vec::new(), Vec::new(), 0);
        for path in self.paths {
            bytes += path.as_str().len() + 4;
            paths.push(path);
            if bytes >= REPLY_BYTES {
                replies.push(changed(std::mem::take(&mut paths)));
                bytes = 0;
            }
        }
        if !paths.is_empty() {
            replies.push(changed(paths));
        }
        replies
    }
}

fn changed(paths: Vec<WorkspacePath>) -> Reply {
    Reply::Changed { paths, overflow: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> WorkspacePath {
        text.parse().expect("a valid path")
    }

    #[test]
    fn each_path_is_told_once_and_replies_stay_small() {
        let mut changes = Changes::default();
        let long = "\u{1}".repeat(250);
        for number in 0..500 {
            changes.add(path(&format!("{long}/{number}")));
            changes.add(path(&format!("{long}/{number}")));
        }
        let replies = changes.into_replies();
        let mut told = 0;
        for reply in &replies {
            let json = serde_json::to_vec(reply).expect("json");
            assert!(json.len() <= carrel_wire::frame::MAX_PAYLOAD_BYTES);
            match reply {
                Reply::Changed { paths, overflow: false } => told += paths.len(),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(told, 500);
    }

    #[test]
    fn too_many_paths_become_one_overflow() {
        let mut changes = Changes::default();
        for number in 0..=MAX_PATHS {
            changes.add(path(&number.to_string()));
        }
        changes.add(path("later"));
        assert_eq!(changes.into_replies(), vec![Reply::Changed { paths: Vec::new(), overflow: true }]);
    }
}
