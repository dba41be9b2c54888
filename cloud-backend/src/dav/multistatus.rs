//! The answer that says something of many things (RFC 4918, 13), written piece by piece: nothing of it is kept.

use std::fmt::Write as _;

use time::{OffsetDateTime, format_description::BorrowedFormatItem, macros::format_description};

use super::{
    path::DavPath,
    request::folder_etag,
    sync::{self, View},
    xml::{DAV, escape},
};
use crate::store::{Beside, ListedNode, LockRow};

const RFC_1123: &[BorrowedFormatItem<'_>] =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");
const RFC_3339: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");

pub(crate) const BEGIN: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<D:multistatus xmlns:D=\"DAV:\" xmlns:oc=\"http://owncloud.org/ns\" xmlns:nc=\"http://nextcloud.org/ns\">";
pub(crate) const END: &str = "\n</D:multistatus>\n";

/// A property by its full name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PropertyName {
    pub(super) namespace: String,
    pub(super) name: String,
}

/// What a request wants to know.
#[derive(Debug)]
pub(super) enum Wanted {
    All,
    Names,
    These(Vec<PropertyName>),
}

impl Wanted {
    fn asks(&self, name: &str) -> bool {
        match self {
            Self::All | Self::Names => true,
            Self::These(names) => names.iter().any(|wanted| wanted.namespace == DAV && wanted.name == name),
        }
    }
    /// Something that only clients' own properties can answer.
    pub(super) fn asks_dead(&self) -> bool {
        match self {
            Self::All | Self::Names => true,
            Self::These(names) => names.iter().any(|name| !is_live(name)),
        }
    }
    /// What has to be looked up beside the nodes themselves.
    pub(super) fn beside(&self, user: carrel_ids::UserId) -> Beside {
        let asks = |name: &str| match self {
            Self::All | Self::Names => false,
            Self::These(names) => names.iter().any(|wanted| wanted.namespace == sync::OC && wanted.name == name),
        };
        Beside { properties: self.asks_dead(), sums: asks("checksums"), favourite_of: asks("favorite").then_some(user) }
    }
    pub(super) fn asks_locks(&self) -> bool {
        matches!(self, Self::All) || (matches!(self, Self::These(_)) && self.asks("lockdiscovery"))
    }
}

/// Properties that the server itself knows; nobody else sets them.
const LIVE: [&str; 11] = [
    "creationdate",
    "displayname",
    "getcontentlength",
    "getcontenttype",
    "getetag",
    "getlastmodified",
    "lockdiscovery",
    "quota-available-bytes",
    "quota-used-bytes",
    "resourcetype",
    "supportedlock",
];

pub(super) fn is_live(name: &PropertyName) -> bool {
    sync::is_ours(&name.namespace) || (name.namespace == DAV && LIVE.contains(&name.name.as_str()))
}

/// A time as HTTP writes it (RFC 9110, 5.6.7).
pub(crate) fn http_date(time: OffsetDateTime) -> String {
    time.to_offset(time::UtcOffset::UTC).format(RFC_1123).unwrap_or_default()
}

/// One thing that is shown.
pub(super) struct Shown<'a> {
    pub(super) href: &'a str,
    pub(super) node: &'a ListedNode,
    /// With the address of what each is on.
    pub(super) locks: &'a [(String, LockRow)],
    pub(super) view: &'a View<'a>,
}

impl Shown<'_> {
    /// One live property's content; none where the thing has no such property.
    fn live(&self, out: &mut String, name: &str) -> Option<()> {
        let node = self.node;
        let text = match name {
            "resourcetype" if node.is_folder => "<D:collection/>".to_owned(),
            "resourcetype" => String::new(),
            "displayname" => {
                escape(out, &node.name);
                return Some(());
            }
            "creationdate" => node.created_at.time().format(RFC_3339).ok()?,
            "getlastmodified" => http_date(node.modified()),
            "getetag" => match node.version {
                Some(version) => format!("\"{version}\""),
                None => self.view.etag.clone().unwrap_or_else(|| folder_etag(node.number, node.etag)),
            },
            "getcontentlength" if !node.is_folder => node.size.to_string(),
            "getcontenttype" if !node.is_folder => {
                mime_guess::from_path(&node.name).first_or_octet_stream().to_string()
            }
            "quota-available-bytes" if node.is_folder => self.view.available()?,
            "quota-used-bytes" if node.is_folder => node.size.to_string(),
            "supportedlock" => {
                let entry = |scope| {
                    format!(
                        "<D:lockentry><D:lockscope><D:{scope}/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockentry>"
                    )
                };
                entry("exclusive") + &entry("shared")
            }
            "lockdiscovery" => {
                self.locks.iter().for_each(|(root, lock)| active_lock(out, lock, root));
                return Some(());
            }
            _ => return None,
        };
        out.push_str(&text);
        Some(())
    }

    /// Adds what is wanted of this thing.
    pub(super) fn write(&self, out: &mut String, wanted: &Wanted) {
        let (mut found, mut missing) = (String::new(), String::new());
        for name in LIVE {
            let mut content = String::new();
            // Not among all: who wants them asks for them (RFC 4331, 4).
            let by_name = matches!(wanted, Wanted::All) && name.starts_with("quota-");
            if !wanted.asks(name) || by_name || self.live(&mut content, name).is_none() {
                continue;
            }
            if matches!(wanted, Wanted::Names) || content.is_empty() {
                write!(found, "<D:{name}/>").ok();
            } else {
                write!(found, "<D:{name}>{content}</D:{name}>").ok();
            }
        }
        match wanted {
            Wanted::All => self.node.properties.iter().for_each(|property| found.push_str(&property.value)),
            Wanted::Names => {
                for property in &self.node.properties {
                    empty(&mut found, &property.namespace, &property.name);
                }
            }
            Wanted::These(names) => {
                for name in names {
                    let property =
                        self.node.properties.iter().find(|p| p.namespace == name.namespace && p.name == name.name);
                    match property {
                        Some(property) => found.push_str(&property.value),
                        None if sync::is_ours(&name.namespace) => {
                            if !sync::write(&mut found, self.node, self.view, &name.namespace, &name.name) {
                                empty(&mut missing, &name.namespace, &name.name);
                            }
                        }
                        None if is_live(name) && self.live(&mut String::new(), &name.name).is_some() => {}
                        None => empty(&mut missing, &name.namespace, &name.name),
                    }
                }
            }
        }
        begin(out, self.href);
        if !found.is_empty() || missing.is_empty() {
            group(out, &found, "200 OK");
        }
        if !missing.is_empty() {
            group(out, &missing, "404 Not Found");
        }
        out.push_str("</D:response>");
    }
}

/// Begins what is said of one address.
pub(super) fn begin(out: &mut String, href: &str) {
    out.push_str("\n<D:response><D:href>");
    escape(out, href);
    out.push_str("</D:href>");
}

/// Properties with one status. HTTP/1.1 whatever was spoken: clients look for these letters.
pub(super) fn group(out: &mut String, properties: &str, status: &str) {
    write!(out, "<D:propstat><D:prop>{properties}</D:prop><D:status>HTTP/1.1 {status}</D:status></D:propstat>").ok();
}

/// A property without content.
pub(super) fn empty(out: &mut String, namespace: &str, name: &str) {
    write!(out, "<{name} xmlns=\"").ok();
    escape(out, namespace);
    out.push_str("\"/>");
}

/// A lock as `lockdiscovery` shows it. `root`: the address of what it is on.
pub(super) fn active_lock(out: &mut String, lock: &LockRow, root: &str) {
    let scope = if lock.exclusive { "exclusive" } else { "shared" };
    let depth = if lock.deep { "infinity" } else { "0" };
    let left = (lock.expires_at.time() - OffsetDateTime::now_utc()).whole_seconds().max(0);
    write!(
        out,
        "<D:activelock><D:locktype><D:write/></D:locktype><D:lockscope><D:{scope}/></D:lockscope><D:depth>{depth}</D:depth>{owner}\
         <D:timeout>Second-{left}</D:timeout><D:locktoken><D:href>urn:uuid:{id}</D:href></D:locktoken><D:lockroot><D:href>",
        owner = lock.owner,
        id = lock.id
    )
    .ok();
    escape(out, root);
    out.push_str("</D:href></D:lockroot></D:activelock>");
}

/// Locks that were found around the thing at `path`, with the addresses of what they are on.
pub(super) fn rooted(path: &DavPath, is_folder: bool, locks: Vec<LockRow>) -> Vec<(String, LockRow)> {
    locks.into_iter().map(|lock| (path.href_above(lock.above.unwrap_or(0), is_folder), lock)).collect()
}
