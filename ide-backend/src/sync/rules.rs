//! What is never synchronised, and the names that are given to what must step aside.

use carrel_wire::{
    WorkspacePath,
    agent::{IGNORED_FOLDERS, TEMPORARY_PREFIX},
};
use time::OffsetDateTime;

/// Does this path stay where it is? `folder`: the path itself is one.
pub(crate) fn ignored(path: &WorkspacePath, folder: bool) -> bool {
    let names = path.names().count();
    path.names().enumerate().any(|(index, name)| {
        let is_folder = folder || index + 1 < names;
        name.starts_with(TEMPORARY_PREFIX) || (is_folder && IGNORED_FOLDERS.contains(&name))
    })
}

/// `dir/name (conflict of 2026-01-31 14-05-09).ext`, with a number from the second attempt on.
pub(crate) fn conflict_name(path: &WorkspacePath, now: OffsetDateTime, attempt: u32) -> Option<WorkspacePath> {
    let name = path.name()?;
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => (stem, format!(".{extension}")),
        _ => (name, String::new()),
    };
    let (date, hour, minute, second) = (now.date(), now.hour(), now.minute(), now.second());
    let number = if attempt == 0 { String::new() } else { format!(" {}", attempt + 1) };
    let mark = format!(" (conflict of {date} {hour:02}-{minute:02}-{second:02}{number})");
    let room = carrel_wire::workspace_path::MAX_NAME_BYTES.saturating_sub(mark.len() + extension.len());
    let stem = &stem[..stem.floor_char_boundary(room)];
    path.parent()?.join(&format!("{stem}{mark}{extension}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> WorkspacePath {
        text.parse().expect("a path")
    }

    #[test]
    fn heavy_folders_stay_on_the_volume_at_any_depth() {
        for text in ["node_modules/a.js", "web/node_modules/x/y", "target/debug/a"] {
            assert!(ignored(&path(text), false), "{text}");
        }
        assert!(ignored(&path("a/node_modules"), true));
        assert!(ignored(&path("a/.carrel-tmp-1"), false));
        for text in ["target", "a/node_modules", "targets/a", "src/target.rs"] {
            assert!(!ignored(&path(text), false), "{text}: a file of that name is a file");
        }
    }

    #[test]
    fn what_steps_aside_keeps_its_folder_and_its_ending() {
        let at = time::macros::datetime!(2026-01-31 14:05:09 UTC);
        let name = |text, attempt| conflict_name(&path(text), at, attempt).map(String::from);
        assert_eq!(name("a/b.txt", 0).as_deref(), Some("a/b (conflict of 2026-01-31 14-05-09).txt"));
        assert_eq!(name(".env", 1).as_deref(), Some(".env (conflict of 2026-01-31 14-05-09 2)"));
        let long = name(&"ä".repeat(127), 0).expect("a name");
        assert!(long.len() <= 255 && long.starts_with('ä'));
        assert_eq!(conflict_name(&WorkspacePath::root(), at, 0), None);
    }
}
