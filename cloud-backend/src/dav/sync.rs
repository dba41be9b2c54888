//! Properties that sync clients of ownCloud and Nextcloud ask for, beside WebDAV's own.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::{Dav, path::Tree, xml::escape};
use crate::{
    app::Cloud,
    authz::{FileAccess, Read},
    store::ListedNode,
};

pub(super) const OC: &str = "http://owncloud.org/ns";
pub(super) const NC: &str = "http://nextcloud.org/ns";

/// Nobody sets properties of these two names but by what they mean.
pub(super) fn is_ours(namespace: &str) -> bool {
    namespace == OC || namespace == NC
}

/// How whoever asks sees what is shown.
#[derive(Debug, Clone)]
pub(super) struct View<'a> {
    /// It is shown to a sync client.
    pub(super) synced: bool,
    pub(super) writes: bool,
    /// It lies in a team space that the person's tree has as a folder.
    pub(super) mounted: bool,
    /// It is that folder.
    pub(super) mount_root: bool,
    /// It is the top of a space: not to be moved, renamed or deleted.
    pub(super) top: bool,
    /// Bytes that the space has left; none without a quota.
    pub(super) room: Option<i64>,
    /// Instead of its own.
    pub(super) etag: Option<String>,
    pub(super) instance: &'a str,
    /// Name and displayed name of the person who asks.
    pub(super) user: (&'a str, &'a str),
}

impl View<'_> {
    /// What is left under the quota (RFC 4331, 3). Sync clients want to hear that there is none.
    pub(super) fn available(&self) -> Option<String> {
        match self.room {
            Some(room) => Some(room.to_string()),
            None => self.synced.then(|| "-3".to_owned()),
        }
    }

    /// One letter for each right: M mounted, G read, D delete, N rename, V move, W write, C and K create.
    fn permissions(&self, is_folder: bool) -> String {
        let mut letters = String::new();
        if self.mounted {
            letters.push('M');
        }
        letters.push('G');
        if self.writes {
            if !self.top {
                letters.push_str("DNV");
            }
            letters.push_str(if is_folder { "CK" } else { "W" });
        }
        letters
    }
}

/// The name that this instance adds to its numbers: the same as long as its log has its name.
pub(crate) fn instance(cloud: &Cloud) -> String {
    let digest: [u8; 32] = Sha256::digest(cloud.config.log_origin.as_bytes()).into();
    format!("oc{}", hex::encode(&digest[..5]))
}

/// A node's number as clients keep it: eight digits or more, and the instance.
pub(crate) fn file_id(number: i64, instance: &str) -> String {
    format!("{number:08}{instance}")
}

impl Dav {
    pub(super) fn file_id(&self, number: i64) -> String {
        file_id(number, &instance(&self.cloud))
    }

    /// How the request's person sees what its path leads to.
    pub(super) fn view<'a>(&'a self, access: &FileAccess<Read>, instance: &'a str) -> View<'a> {
        let synced = self.path.synced;
        let mounted = synced && matches!(self.path.tree, Tree::Space(Some(_)));
        let top = self.path.names.is_empty();
        let user = self.session.user();
        View {
            synced,
            writes: access.may_write(),
            mounted,
            mount_root: mounted && top,
            top,
            room: access.room(),
            etag: None,
            instance,
            user: (&user.name, &user.display_name),
        }
    }
}

/// Adds one property, if the thing has it.
pub(super) fn write(out: &mut String, node: &ListedNode, view: &View<'_>, namespace: &str, name: &str) -> bool {
    let prefix = if namespace == OC { "oc" } else { "nc" };
    let mut content = String::new();
    match (prefix, name) {
        ("oc", "id") => content = file_id(node.number, view.instance),
        ("oc", "fileid") => content = node.number.to_string(),
        ("oc", "permissions") => content = view.permissions(node.is_folder),
        ("oc", "size") => content = node.size.to_string(),
        ("oc", "favorite") => content.push(if node.is_favourite { '1' } else { '0' }),
        ("oc", "owner-id") if !view.mounted => escape(&mut content, view.user.0),
        ("oc", "owner-display-name") if !view.mounted => escape(&mut content, view.user.1),
        ("oc", "checksums") => match &node.sums {
            Some(sums) => {
                let (sha1, md5) = (hex::encode(sums.sha1), hex::encode(sums.md5));
                content = format!("<oc:checksum>SHA1:{sha1} MD5:{md5}</oc:checksum>");
            }
            None => return false,
        },
        ("nc", "is-mount-root") => content = view.mount_root.to_string(),
        ("nc", "mount-type") => content.push_str(if view.mounted { "group" } else { "" }),
        ("nc", "has-preview") => content.push_str("false"),
        ("nc", "creation_time" | "upload_time") => content = node.created_at.time().unix_timestamp().to_string(),
        _ => return false,
    }
    write!(out, "<{prefix}:{name}>{content}</{prefix}:{name}>").ok();
    true
}
