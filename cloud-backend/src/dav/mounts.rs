//! Team spaces as folders in the top of a person's tree, for clients that know one tree alone.
//!
//! A space has its own name there. Where the person's own space has something of that name, or an older space has it, it yields: its name
//! gets the end of its identifier. Nothing of the person's own is ever hidden, and no name depends on the order of events.

use sha2::{Digest as _, Sha256};

use crate::{authz::FileName, store::MountRow};

/// Signs of the identifier that tell spaces of one name apart.
const TAIL: usize = 8;

/// The spaces with the names of their folders.
pub(crate) fn named(rows: Vec<MountRow>) -> Vec<(FileName, MountRow)> {
    let mut mounts: Vec<(FileName, MountRow)> = Vec::with_capacity(rows.len());
    for row in rows {
        let name = folder_name(&row);
        let clashes = row.name_taken || mounts.iter().any(|(other, _)| same(other, &name));
        let id = row.space.uuid().simple().to_string();
        let name = if clashes { name.with_remark(id.get(id.len() - TAIL..).unwrap_or(&id)) } else { name };
        mounts.push((name, row));
    }
    mounts
}

/// Also for clients on systems that do not tell case apart.
fn same(a: &FileName, b: &FileName) -> bool {
    a.as_str().to_lowercase() == b.as_str().to_lowercase()
}

/// The space's name as one that a folder can have.
fn folder_name(row: &MountRow) -> FileName {
    FileName::parse(&row.name).unwrap_or_else(|_| {
        let plain: String = row.name.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).take(60).collect();
        FileName::parse(&plain).unwrap_or_else(|_| FileName::fallback())
    })
}

/// Changes with whatever changes anywhere in the tree: also when a space comes, goes or is renamed.
pub(super) fn top_etag(number: i64, change: i64, mounts: &[(FileName, MountRow)]) -> String {
    let mut hash = Sha256::new();
    for (name, mount) in mounts {
        hash.update(mount.space.uuid().as_bytes());
        hash.update(mount.etag.to_be_bytes());
        hash.update([u8::from(mount.archived), u8::try_from(mount.role.rank()).unwrap_or(0)]);
        hash.update(name.as_str().len().to_be_bytes());
        hash.update(name.as_str());
    }
    let digest: [u8; 32] = hash.finalize().into();
    format!("\"{number}-{change}-{}\"", hex::encode(&digest[..8]))
}

#[cfg(test)]
mod tests {
    use carrel_ids::{NodeId, SpaceId};

    use super::*;
    use crate::authz::SpaceRole;

    fn mount(name: &str, name_taken: bool) -> MountRow {
        MountRow {
            space: SpaceId::new(),
            root: NodeId::new(),
            name: name.to_owned(),
            name_taken,
            role: SpaceRole::Editor,
            archived: false,
            number: 1,
            etag: 1,
            size: 0,
        }
    }

    #[test]
    fn spaces_yield_to_the_person_s_own_names_and_to_older_spaces() {
        let mounts = named(vec![mount("Team", false), mount("team", false), mount("Mine", true), mount("a/b", false)]);
        let names: Vec<_> = mounts.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!((names[0], names[3]), ("Team", "a_b"));
        assert!(names[1].starts_with("team (") && names[2].starts_with("Mine ("), "{names:?}");
    }

    #[test]
    fn the_top_changes_with_every_space_in_it() {
        let mut mounts = named(vec![mount("A", false), mount("B", false)]);
        let before = top_etag(1, 1, &mounts);
        mounts[1].1.etag += 1;
        let changed = top_etag(1, 1, &mounts);
        mounts.pop();
        let left = top_etag(1, 1, &mounts);
        assert!(before != changed && changed != left && left != top_etag(1, 1, &[]));
    }
}
