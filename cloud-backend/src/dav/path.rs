//! The path of a request: which tree, and which names in it. Split before it is decoded, so that an encoded slash splits no name.

use carrel_ids::SpaceId;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::authz::FileName;

/// Names of one path.
const MAX_NAMES: usize = 64;
/// Bytes of one path, decoded.
const MAX_BYTES: usize = 4000;
/// What stands in an address as it is (RFC 3986, unreserved).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Where a path leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tree {
    /// `/dav/`: nothing of anybody, only the ways on.
    Top,
    /// `/dav/spaces/`
    Spaces,
    /// `/dav/home/…`, or with an identifier `/dav/spaces/{space}/…`
    Space(Option<SpaceId>),
    /// `/remote.php/dav/files/{user}/…` of this person, or `/remote.php/webdav/…`: one's own space with the team spaces in it. Which of
    /// them a path is in says [`DavPath::mounted`] or [`DavPath::at_home`].
    Synced(Option<String>),
    /// Nothing that there could be.
    Nowhere,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DavPath {
    pub(super) tree: Tree,
    pub(super) names: Vec<FileName>,
    /// The address of the tree's top as the client wrote it, encoded, without a slash at the end.
    base: String,
    /// The client is one of Nextcloud's.
    pub(super) synced: bool,
}

/// The path cannot be one of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BadPath {
    /// Not below `/dav`.
    Elsewhere,
    /// A name that nothing can have, or too many of them.
    Name,
}

impl DavPath {
    /// `path` as it stands in the request, encoded.
    pub(super) fn parse(path: &str) -> Result<Self, BadPath> {
        let mut segments = path.split('/').filter(|segment| !segment.is_empty());
        let first = segments.next();
        let (mut names, mut bytes) = (Vec::new(), 0);
        let mut decoded = segments.map(|segment| percent_decode_str(segment).decode_utf8().map_err(|_| BadPath::Name));
        let second = decoded.next().transpose()?;
        let mut base = String::new();
        let tree = match (first, second.as_deref()) {
            (Some("dav"), None) => Tree::Top,
            (Some("dav"), Some("home")) => {
                base.push_str("/dav/home");
                Tree::Space(None)
            }
            (Some("dav"), Some("spaces")) => match decoded.next().transpose()? {
                None => Tree::Spaces,
                Some(space) => space.parse().map_or(Tree::Nowhere, |space: SpaceId| {
                    base = format!("/dav/spaces/{space}");
                    Tree::Space(Some(space))
                }),
            },
            (Some("dav"), Some(_)) => Tree::Nowhere,
            (Some("remote.php"), Some("webdav")) => {
                base.push_str("/remote.php/webdav");
                Tree::Synced(None)
            }
            (Some("remote.php"), Some("dav")) => {
                let (kind, user) = (decoded.next().transpose()?, decoded.next().transpose()?);
                match (kind.as_deref(), user) {
                    (Some("files"), Some(user)) => {
                        base.push_str("/remote.php/dav/files");
                        push_segment(&mut base, &user);
                        Tree::Synced(Some(user.into_owned()))
                    }
                    _ => Tree::Nowhere,
                }
            }
            _ => return Err(BadPath::Elsewhere),
        };
        let synced = first == Some("remote.php");
        for name in decoded {
            let name = FileName::parse(&name?).map_err(|_| BadPath::Name)?;
            bytes += name.as_str().len() + 1;
            if names.len() >= MAX_NAMES || bytes > MAX_BYTES {
                return Err(BadPath::Name);
            }
            names.push(name);
        }
        Ok(Self { tree, names, base, synced })
    }

    /// The first name, where it may be that of a team space.
    pub(super) fn maybe_mount(&self) -> Option<&FileName> {
        self.names.first()
    }

    /// The path leads into a team space, which is in the tree's top as a folder of the first name.
    pub(super) fn mounted(mut self, space: SpaceId) -> Self {
        if !self.names.is_empty() {
            let name = self.names.remove(0);
            push_segment(&mut self.base, name.as_str());
        }
        Self { tree: Tree::Space(Some(space)), ..self }
    }

    /// The path leads into the person's own space.
    pub(super) fn at_home(self) -> Self {
        Self { tree: Tree::Space(None), ..self }
    }

    /// It is the top of the tree in which the team spaces are.
    pub(super) fn holds_mounts(&self) -> bool {
        self.synced && self.tree == Tree::Space(None) && self.names.is_empty()
    }

    /// The address of the folder that is `above` levels above.
    pub(super) fn href_above(&self, above: usize, is_folder: bool) -> String {
        let mut href = match &self.tree {
            Tree::Top | Tree::Nowhere => return "/dav/".to_owned(),
            Tree::Spaces => return "/dav/spaces/".to_owned(),
            Tree::Space(_) | Tree::Synced(_) => self.base.clone(),
        };
        let names = &self.names[..self.names.len().saturating_sub(above)];
        for name in names {
            push_segment(&mut href, name.as_str());
        }
        if is_folder || above > 0 || names.is_empty() {
            href.push('/');
        }
        href
    }

    /// Its own address.
    pub(super) fn href(&self, is_folder: bool) -> String {
        self.href_above(0, is_folder)
    }
}

/// Adds a slash and the name, encoded.
pub(crate) fn push_segment(href: &mut String, name: &str) {
    href.push('/');
    href.extend(utf8_percent_encode(name, SEGMENT));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(path: &str) -> Vec<String> {
        DavPath::parse(path).unwrap().names.iter().map(|name| name.as_str().to_owned()).collect()
    }

    #[test]
    fn a_path_is_split_before_it_is_decoded() {
        assert_eq!(names("/dav/home/a%20b//c%C3%BC/"), ["a b", "c\u{fc}"]);
        assert_eq!(names("/dav/home/u%CC%88"), ["\u{fc}"], "normal form C");
        assert_eq!(DavPath::parse("/dav/").unwrap().tree, Tree::Top);
        assert_eq!(DavPath::parse("/dav/spaces").unwrap().tree, Tree::Spaces);
        assert_eq!(DavPath::parse("/dav/spaces/x/a").unwrap().tree, Tree::Nowhere);
        assert_eq!(DavPath::parse("/dav/homes/a").unwrap().tree, Tree::Nowhere);
        assert_eq!(DavPath::parse("/api/home"), Err(BadPath::Elsewhere));
        let synced = DavPath::parse("/remote.php/dav/files/al%20ice/Team/b").unwrap();
        assert_eq!(synced.tree, Tree::Synced(Some("al ice".to_owned())));
        assert_eq!(synced.clone().at_home().href(false), "/remote.php/dav/files/al%20ice/Team/b");
        let mounted = synced.mounted(SpaceId::new());
        assert_eq!((mounted.names.len(), mounted.href(true)), (1, "/remote.php/dav/files/al%20ice/Team/b/".to_owned()));
        assert_eq!(mounted.href_above(1, true), "/remote.php/dav/files/al%20ice/Team/");
        assert_eq!(DavPath::parse("/remote.php/webdav/a").unwrap().tree, Tree::Synced(None));
        assert_eq!(DavPath::parse("/remote.php/dav/uploads/a/b").unwrap().tree, Tree::Nowhere);
    }

    #[test]
    fn t_050_no_path_leads_out_of_its_tree() {
        for bad in [
            "/dav/home/a%2Fb",
            "/dav/home/../x",
            "/dav/home/%2e%2e",
            "/dav/home/%00",
            "/dav/home/%ff",
            "/dav/home/a%0ab",
            "/remote.php/dav/files/alice/%2e%2e/x",
            "/remote.php/webdav/a%2Fb",
        ] {
            assert_eq!(DavPath::parse(bad), Err(BadPath::Name), "{bad}");
        }
        assert_eq!(DavPath::parse(&format!("/dav/home{}", "/a".repeat(65))), Err(BadPath::Name));
        assert_eq!(
            DavPath::parse(&format!("/dav/home{}", format!("/{}", "a".repeat(250)).repeat(17))),
            Err(BadPath::Name)
        );
    }

    #[test]
    fn addresses_are_those_that_lead_here() {
        let path = DavPath::parse("/dav/home/a%20b/c%26d").unwrap();
        assert_eq!(path.href(false), "/dav/home/a%20b/c%26d");
        assert_eq!(path.href_above(1, false), "/dav/home/a%20b/");
        assert_eq!(path.href_above(2, false), "/dav/home/");
    }
}
