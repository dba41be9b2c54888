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
    /// Nothing that there could be.
    Nowhere,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DavPath {
    pub(super) tree: Tree,
    pub(super) names: Vec<FileName>,
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
        if segments.next() != Some("dav") {
            return Err(BadPath::Elsewhere);
        }
        let (mut names, mut bytes) = (Vec::new(), 0);
        let mut decoded = segments.map(|segment| percent_decode_str(segment).decode_utf8().map_err(|_| BadPath::Name));
        let tree = match decoded.next().transpose()?.as_deref() {
            None => Tree::Top,
            Some("home") => Tree::Space(None),
            Some("spaces") => match decoded.next().transpose()? {
                None => Tree::Spaces,
                Some(space) => space.parse().map_or(Tree::Nowhere, |space| Tree::Space(Some(space))),
            },
            Some(_) => Tree::Nowhere,
        };
        for name in decoded {
            let name = FileName::parse(&name?).map_err(|_| BadPath::Name)?;
            bytes += name.as_str().len() + 1;
            if names.len() >= MAX_NAMES || bytes > MAX_BYTES {
                return Err(BadPath::Name);
            }
            names.push(name);
        }
        Ok(Self { tree, names })
    }

    /// The address of the folder that is `above` levels above.
    pub(super) fn href_above(&self, above: usize, is_folder: bool) -> String {
        let mut href = match &self.tree {
            Tree::Top | Tree::Nowhere => return "/dav/".to_owned(),
            Tree::Spaces => return "/dav/spaces/".to_owned(),
            Tree::Space(None) => "/dav/home".to_owned(),
            Tree::Space(Some(space)) => format!("/dav/spaces/{space}"),
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
pub(super) fn push_segment(href: &mut String, name: &str) {
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
