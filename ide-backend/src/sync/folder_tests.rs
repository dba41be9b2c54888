//! Listings, scans and jobs that overtake each other.

use carrel_ids::{NodeId, VersionId};
use carrel_wire::{
    WorkspacePath,
    agent::{Entry, EntryKind},
    internal::{self, ManifestEntry, ManifestFile, ManifestHead},
};

use super::{
    decide::{Action, Base, InCloud, Known},
    folder::Folder,
};
use crate::cloud::Manifest;

fn path(text: &str) -> WorkspacePath {
    text.parse().expect("a path")
}

fn file(version: VersionId, content: &str) -> ManifestFile {
    ManifestFile { version, size: 1, sha256: content.to_owned(), executable: false }
}

fn manifest(etag: &str, entries: &[(&str, Option<ManifestFile>)]) -> Manifest {
    Manifest {
        head: ManifestHead { etag: etag.to_owned(), count: entries.len() as u64, bytes: 0 },
        entries: entries
            .iter()
            .map(|(name, file)| ManifestEntry { path: path(name), node: NodeId::new(), file: file.clone() })
            .collect(),
    }
}

fn base(name: &str, version: VersionId, content: &str) -> internal::Base {
    internal::Base { path: path(name), version, sha256: content.to_owned() }
}

fn on_volume(name: &str, content: Option<&str>) -> Entry {
    Entry {
        path: path(name),
        kind: content.map_or(EntryKind::Folder, |_| EntryKind::File),
        size: 1,
        modified_ms: 0,
        executable: false,
        sha256: content.map(str::to_owned),
    }
}

#[test]
fn a_listing_older_than_a_save_does_not_undo_it() {
    let (old, new, other) = (VersionId::new(), VersionId::new(), VersionId::new());
    let before = manifest("1", &[("a", Some(file(old, "a"))), ("b", Some(file(old, "b")))]);
    let mut folder = Folder::new(vec![base("a", old, "a"), base("b", old, "b")], before);
    let asked = folder.moment();
    let saved = Known { version: new, sha256: "new".to_owned(), executable: Some(false) };
    folder.touch(&path("a"));
    folder.set(&path("a"), Base::File(saved.clone()), InCloud::File(file(new, "new")));
    // The listing was made before the save and tells of a change to the other file.
    let late = manifest("2", &[("a", Some(file(old, "a"))), ("b", Some(file(other, "c")))]);
    assert_eq!(folder.take_listing(late, asked), [path("b")]);
    assert_eq!(folder.cloud(&path("a")), InCloud::File(file(new, "new")));
    assert_eq!(folder.etag(), None, "a listing that is newer is needed");
    let asked = folder.moment();
    let newer = manifest("3", &[("a", Some(file(new, "new"))), ("b", Some(file(other, "c")))]);
    assert!(folder.take_listing(newer, asked).is_empty());
    assert_eq!(folder.etag(), Some("3"));
}

#[test]
fn a_scan_older_than_a_job_says_nothing_about_its_path() {
    let old = VersionId::new();
    let mut folder = Folder::new(Vec::new(), manifest("1", &[("a", Some(file(old, "a")))]));
    let asked = folder.moment();
    folder.touch(&path("a"));
    assert!(folder.take_scan(Vec::new(), asked).actions.is_empty());
    let to_do = folder.take_scan(Vec::new(), folder.moment());
    assert!(matches!(to_do.actions[..], [(_, Action::Pull { .. })]));
}

#[test]
fn opening_again_compares_three_ways() {
    let (old, new) = (VersionId::new(), VersionId::new());
    let bases = ["same", "cloud", "volume", "both", "gone-cloud", "gone-volume"];
    let bases = bases.map(|name| base(name, old, "old")).to_vec();
    let listing = manifest(
        "1",
        &[
            ("same", Some(file(old, "old"))),
            ("cloud", Some(file(new, "new"))),
            ("volume", Some(file(old, "old"))),
            ("both", Some(file(new, "new"))),
            ("gone-volume", Some(file(old, "old"))),
            ("same-new", Some(file(new, "equal"))),
        ],
    );
    let mut folder = Folder::new(bases, listing);
    let scan = [
        ("same", "old"),
        ("cloud", "old"),
        ("volume", "mine"),
        ("both", "mine"),
        ("gone-cloud", "old"),
        ("same-new", "equal"),
    ];
    let scan = scan.map(|(name, content)| on_volume(name, Some(content))).to_vec();
    let to_do = folder.take_scan(scan, folder.moment());
    let names: Vec<_> = to_do.actions.iter().map(|(path, action)| (path.as_str(), action.clone())).collect();
    use carrel_wire::agent::Expect;
    let unchanged = || Expect::Sha256("old".to_owned());
    assert_eq!(
        names,
        [
            ("both", Action::Push { base: Some(old) }),
            ("cloud", Action::Pull { expect: unchanged() }),
            ("gone-cloud", Action::RemoveFromVolume { expect: unchanged() }),
            ("gone-volume", Action::RemoveFromCloud { base: old }),
            ("volume", Action::Push { base: Some(old) }),
        ]
    );
    assert_eq!(to_do.to_record, [base("same-new", new, "equal")]);
}

#[test]
fn a_folder_only_on_the_volume_is_new_unless_agreed_files_lay_in_it() {
    let old = VersionId::new();
    let mut folder = Folder::new(vec![base("deleted/a", old, "a")], manifest("1", &[]));
    let scan = vec![on_volume("deleted", None), on_volume("deleted/a", Some("a")), on_volume("new", None)];
    let to_do = folder.take_scan(scan, folder.moment());
    let actions: Vec<_> = to_do.actions.iter().map(|(_, action)| action.clone()).collect();
    assert_eq!(actions[0], Action::RemoveFolderFromVolume);
    assert!(matches!(actions[1], Action::RemoveFromVolume { .. }));
    assert_eq!(actions[2], Action::MakeFolderInCloud);
}

#[test]
fn heavy_folders_are_seen_on_neither_side() {
    let old = VersionId::new();
    let listing = manifest("1", &[("node_modules", None), ("node_modules/a", Some(file(old, "a")))]);
    let mut folder = Folder::new(vec![base("node_modules/a", old, "a")], listing);
    assert!(folder.take_scan(Vec::new(), folder.moment()).actions.is_empty());
}
