//! Every combination of what was agreed, what the cloud has and what the volume has, played to its end.

use std::collections::BTreeSet;

use carrel_ids::VersionId;
use carrel_wire::{agent::Expect, internal::ManifestFile};

use super::decide::{Action, Base, InCloud, Known, OnVolume, decide};

/// Contents by their names: `a` is what was agreed, `b` and `c` are new.
fn in_cloud(version: VersionId, content: &str, executable: bool) -> InCloud {
    InCloud::File(ManifestFile { version, size: 1, sha256: content.to_owned(), executable })
}
fn on_volume(content: &str, executable: bool) -> OnVolume {
    OnVolume::File { sha256: content.to_owned(), executable }
}
fn agreed(version: VersionId, executable: Option<bool>) -> Base {
    Base::File(Known { version, sha256: "a".to_owned(), executable })
}

fn every_case() -> Vec<(Base, InCloud, OnVolume)> {
    let (old, new) = (VersionId::new(), VersionId::new());
    let bases = [Base::Nothing, agreed(old, None), agreed(old, Some(false)), Base::Folder];
    let clouds = [
        InCloud::Absent,
        in_cloud(old, "a", false),
        in_cloud(new, "a", false),
        in_cloud(new, "a", true),
        in_cloud(new, "b", false),
        InCloud::Folder,
    ];
    let volumes = [
        OnVolume::Absent,
        on_volume("a", false),
        on_volume("a", true),
        on_volume("b", false),
        on_volume("c", false),
        OnVolume::Folder,
        OnVolume::Other,
    ];
    let mut cases = Vec::new();
    for base in &bases {
        for cloud in &clouds {
            for volume in &volumes {
                cases.push((base.clone(), cloud.clone(), volume.clone()));
            }
        }
    }
    cases
}

/// Both sides as the action leaves them, and whatever was put beside.
#[derive(Clone)]
struct World {
    base: Base,
    cloud: InCloud,
    volume: OnVolume,
    beside: BTreeSet<String>,
}

impl World {
    fn contents(&self) -> BTreeSet<String> {
        let mut all = self.beside.clone();
        if let InCloud::File(file) = &self.cloud {
            all.insert(file.sha256.clone());
        }
        if let OnVolume::File { sha256, .. } = &self.volume {
            all.insert(sha256.clone());
        }
        all
    }

    /// Does what the sync does with an action, as the cloud and the agent answer it.
    fn apply(&mut self, action: &Action) {
        match action {
            Action::Agree(base) => self.base = base.clone(),
            Action::LeaveAlone => {}
            Action::Push { base } => self.push(*base),
            Action::Pull { expect } => {
                self.check(expect);
                let InCloud::File(file) = self.cloud.clone() else {
                    panic!("nothing to pull");
                };
                self.volume = on_volume(&file.sha256, file.executable);
                self.base =
                    Base::File(Known { version: file.version, sha256: file.sha256, executable: Some(file.executable) });
            }
            Action::RemoveFromVolume { expect } => {
                self.check(expect);
                self.volume = OnVolume::Absent;
                self.base = Base::Nothing;
            }
            Action::RemoveFromCloud { base } => {
                let InCloud::File(file) = &self.cloud else {
                    panic!("nothing to remove");
                };
                // Refused for another version: only a new listing could change anything.
                if file.version == *base {
                    self.cloud = InCloud::Absent;
                    self.base = Base::Nothing;
                }
            }
            Action::MakeFolderOnVolume => {
                assert_eq!(self.volume, OnVolume::Absent);
                self.volume = OnVolume::Folder;
                self.base = Base::Folder;
            }
            Action::MakeFolderInCloud => {
                assert_eq!(self.cloud, InCloud::Absent);
                self.cloud = InCloud::Folder;
                self.base = Base::Folder;
            }
            Action::RemoveFolderFromVolume => {
                assert_eq!(self.volume, OnVolume::Folder);
                self.volume = OnVolume::Absent;
                self.base = Base::Nothing;
            }
            Action::RemoveFolderFromCloud => {
                assert_eq!(self.cloud, InCloud::Folder);
                self.cloud = InCloud::Absent;
                self.base = Base::Nothing;
            }
            Action::SetAside => {
                if let OnVolume::File { sha256, .. } = &self.volume {
                    self.beside.insert(sha256.clone());
                }
                self.volume = OnVolume::Absent;
                self.base = Base::Nothing;
            }
        }
    }

    fn push(&mut self, base: Option<VersionId>) {
        let OnVolume::File { sha256, executable } = self.volume.clone() else {
            panic!("nothing to push");
        };
        let (version, beside) = match &self.cloud {
            InCloud::File(file) if file.sha256 == sha256 && file.executable == executable => (file.version, false),
            InCloud::File(file) => (VersionId::new(), file.sha256 != sha256 && base != Some(file.version)),
            InCloud::Absent => (VersionId::new(), false),
            InCloud::Folder => panic!("a file over a folder"),
        };
        self.base = Base::File(Known { version, sha256: sha256.clone(), executable: Some(executable) });
        if beside {
            self.beside.insert(sha256);
        } else {
            self.cloud = in_cloud(version, &sha256, executable);
        }
    }

    fn check(&self, expect: &Expect) {
        match (expect, &self.volume) {
            (Expect::Absent, OnVolume::Absent) => {}
            (Expect::Sha256(expected), OnVolume::File { sha256, .. }) => {
                assert_eq!(expected, sha256);
            }
            (expect, volume) => panic!("expected {expect:?}, found {volume:?}"),
        }
    }
}

#[test]
fn every_case_ends_in_agreement_and_keeps_what_only_one_side_had() {
    let cases = every_case();
    assert_eq!(cases.len(), 4 * 6 * 7);
    for (base, cloud, volume) in cases {
        let case = format!("{base:?} | {cloud:?} | {volume:?}");
        let mut world = World { base, cloud, volume, beside: BTreeSet::new() };
        // What was agreed lies in the cloud as a version; anything else exists only where it is.
        let new: BTreeSet<_> = world.contents().into_iter().filter(|c| c != "a").collect();
        let mut steps = Vec::new();
        while steps.len() < 6 {
            let action = decide(&world.base, &world.cloud, &world.volume);
            let settled = matches!(action, Action::Agree(_) | Action::LeaveAlone);
            world.apply(&action);
            steps.push(action);
            if settled {
                break;
            }
        }
        let last = steps.last().expect("a step");
        assert!(matches!(last, Action::Agree(_) | Action::LeaveAlone), "{case}: no end in {steps:?}");
        assert!(world.contents().is_superset(&new), "{case}: lost by {steps:?}");
        match (&world.cloud, &world.volume) {
            (InCloud::Absent, OnVolume::Absent) | (InCloud::Folder, OnVolume::Folder) => {}
            (InCloud::File(file), OnVolume::File { sha256, executable }) => {
                assert_eq!((&file.sha256, file.executable), (sha256, *executable), "{case}");
            }
            (_, OnVolume::Other) => {}
            sides => panic!("{case}: {sides:?} after {steps:?}"),
        }
    }
}

#[test]
fn one_side_changed_goes_to_the_other_and_nothing_else_happens() {
    let (old, new) = (VersionId::new(), VersionId::new());
    let base = agreed(old, Some(false));
    let cases = [
        (in_cloud(old, "a", false), on_volume("b", false), Action::Push { base: Some(old) }),
        (in_cloud(old, "a", false), on_volume("a", true), Action::Push { base: Some(old) }),
        (in_cloud(new, "b", false), on_volume("a", false), Action::Pull { expect: Expect::Sha256("a".to_owned()) }),
        (in_cloud(new, "a", true), on_volume("a", false), Action::Pull { expect: Expect::Sha256("a".to_owned()) }),
        (in_cloud(old, "a", false), OnVolume::Absent, Action::RemoveFromCloud { base: old }),
        (in_cloud(new, "a", false), OnVolume::Absent, Action::RemoveFromCloud { base: new }),
        (InCloud::Absent, on_volume("a", false), Action::RemoveFromVolume { expect: Expect::Sha256("a".to_owned()) }),
    ];
    for (cloud, volume, expected) in cases {
        assert_eq!(decide(&base, &cloud, &volume), expected, "{cloud:?} {volume:?}");
    }
}

#[test]
fn both_sides_changed_keeps_both() {
    let (old, new) = (VersionId::new(), VersionId::new());
    let base = agreed(old, Some(false));
    let cases = [
        // The cloud sees that the base is not its own any more and saves beside.
        (in_cloud(new, "b", false), on_volume("c", false), Action::Push { base: Some(old) }),
        // A deletion never wins over a change.
        (in_cloud(new, "b", false), OnVolume::Absent, Action::Pull { expect: Expect::Absent }),
        (InCloud::Absent, on_volume("c", false), Action::Push { base: None }),
        (InCloud::Folder, on_volume("c", false), Action::SetAside),
        (in_cloud(new, "b", false), OnVolume::Folder, Action::SetAside),
    ];
    for (cloud, volume, expected) in cases {
        assert_eq!(decide(&base, &cloud, &volume), expected, "{cloud:?} {volume:?}");
    }
}

#[test]
fn without_a_base_nothing_is_removed() {
    for (base, cloud, volume) in every_case() {
        let action = decide(&base, &cloud, &volume);
        let removes = matches!(
            action,
            Action::RemoveFromCloud { .. }
                | Action::RemoveFromVolume { .. }
                | Action::RemoveFolderFromCloud
                | Action::RemoveFolderFromVolume
        );
        assert!(!(removes && base == Base::Nothing), "{cloud:?} {volume:?}: {action:?}");
    }
}

#[test]
fn a_link_or_a_device_is_left_alone() {
    for (base, cloud, _) in every_case() {
        assert_eq!(decide(&base, &cloud, &OnVolume::Other), Action::LeaveAlone);
    }
}
