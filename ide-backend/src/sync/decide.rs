//! The three-way decision for one path, as a pure function: what the volume and the cloud last agreed on, what the cloud
//! has now, what the volume has now. No row of the table loses a content that only one side has.

use carrel_ids::VersionId;
use carrel_wire::{agent::Expect, internal::ManifestFile};

/// A file's content as both sides last had it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) version: VersionId,
    pub(crate) sha256: String,
    /// Unknown after a restart of this service.
    pub(crate) executable: Option<bool>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Base {
    #[default]
    Nothing,
    File(Known),
    Folder,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum InCloud {
    #[default]
    Absent,
    File(ManifestFile),
    Folder,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum OnVolume {
    #[default]
    Absent,
    File {
        sha256: String,
        executable: bool,
    },
    Folder,
    /// A link, a socket, a device: it stays where it is and nothing is put over it.
    Other,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Action {
    /// Both sides are as they should be; the new base says what they agree on.
    Agree(Base),
    /// The volume's content becomes a version. With a base that is no longer the cloud's, the cloud keeps both.
    Push {
        base: Option<VersionId>,
    },
    /// The cloud's content goes to the volume if the volume still is as expected.
    Pull {
        expect: Expect,
    },
    RemoveFromVolume {
        expect: Expect,
    },
    RemoveFromCloud {
        base: VersionId,
    },
    MakeFolderOnVolume,
    MakeFolderInCloud,
    /// Only if nothing is left in it.
    RemoveFolderFromVolume,
    RemoveFolderFromCloud,
    /// What is on the volume gets another name, because the cloud has something of another kind.
    SetAside,
    LeaveAlone,
}

pub(crate) fn decide(base: &Base, cloud: &InCloud, volume: &OnVolume) -> Action {
    match (cloud, volume) {
        (_, OnVolume::Other) => Action::LeaveAlone,
        (InCloud::Absent, OnVolume::Absent) => Action::Agree(Base::Nothing),
        (InCloud::Folder, OnVolume::Folder) => Action::Agree(Base::Folder),
        (InCloud::File(cloud), OnVolume::File { sha256, executable }) => both_files(base, cloud, sha256, *executable),
        (InCloud::File(cloud), OnVolume::Absent) => match base {
            Base::File(base) if same_in_cloud(base, cloud) => Action::RemoveFromCloud { base: cloud.version },
            _ => Action::Pull { expect: Expect::Absent },
        },
        (InCloud::Absent, OnVolume::File { sha256, executable }) => match base {
            Base::File(base) if same_on_volume(base, sha256, *executable) => {
                Action::RemoveFromVolume { expect: Expect::Sha256(sha256.clone()) }
            }
            _ => Action::Push { base: None },
        },
        (InCloud::Folder, OnVolume::Absent) => match base {
            Base::Folder => Action::RemoveFolderFromCloud,
            Base::Nothing | Base::File(_) => Action::MakeFolderOnVolume,
        },
        (InCloud::Absent, OnVolume::Folder) => match base {
            Base::Folder => Action::RemoveFolderFromVolume,
            Base::Nothing | Base::File(_) => Action::MakeFolderInCloud,
        },
        (InCloud::File(cloud), OnVolume::Folder) => match base {
            // The volume replaced a file by a folder; the cloud did nothing.
            Base::File(base) if same_in_cloud(base, cloud) => Action::RemoveFromCloud { base: cloud.version },
            _ => Action::SetAside,
        },
        (InCloud::Folder, OnVolume::File { sha256, executable }) => match base {
            // The cloud replaced a file by a folder; the volume did nothing.
            Base::File(base) if same_on_volume(base, sha256, *executable) => {
                Action::RemoveFromVolume { expect: Expect::Sha256(sha256.clone()) }
            }
            // The volume replaced a folder by a file; what the cloud still has in it decides.
            Base::Folder => Action::RemoveFolderFromCloud,
            _ => Action::SetAside,
        },
    }
}

fn both_files(base: &Base, cloud: &ManifestFile, sha256: &str, executable: bool) -> Action {
    if cloud.sha256 == sha256 && cloud.executable == executable {
        return Action::Agree(Base::File(Known {
            version: cloud.version,
            sha256: sha256.to_owned(),
            executable: Some(executable),
        }));
    }
    let pull = Action::Pull { expect: Expect::Sha256(sha256.to_owned()) };
    match base {
        Base::File(base) if same_on_volume(base, sha256, executable) => pull,
        Base::File(base) => Action::Push { base: Some(base.version) },
        // Only the mark of a program differs and nobody knows who changed it: the cloud's goes first.
        Base::Nothing | Base::Folder if cloud.sha256 == sha256 => pull,
        Base::Nothing | Base::Folder => Action::Push { base: None },
    }
}

fn same_on_volume(base: &Known, sha256: &str, executable: bool) -> bool {
    base.sha256 == sha256 && base.executable.is_none_or(|known| known == executable)
}

/// The version may be another one: with the same content it is what the volume had.
fn same_in_cloud(base: &Known, cloud: &ManifestFile) -> bool {
    base.sha256 == cloud.sha256 && base.executable.is_none_or(|known| known == cloud.executable)
}
