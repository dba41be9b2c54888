//! `manifest.json` and `SHA256SUMS`: what the bundle claims to be. A verifier makes both again from what it has read and
//! compares; only the filter and the export's own entry cannot be derived, and the sums cover those.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{files, report::Finding, report::Kind, source::FileDigest};
use crate::json::{Json, Members};

/// The format's name in the manifest.
pub(super) const FORMAT: &str = "carrel-audit-export/1";

/// What the manifest says besides the files' digests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Claims<'a> {
    pub(super) origin: &'a str,
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) size: u64,
    /// `None` when every entry of the range is there.
    pub(super) filter: Option<Members>,
    /// The entry that records this export.
    pub(super) entry: Option<Uuid>,
}

pub(super) type Digests = BTreeMap<&'static str, FileDigest>;

/// The manifest's canonical text.
pub(super) fn render(claims: &Claims<'_>, digests: &Digests) -> Vec<u8> {
    let number = |value: u64| Json::Integer(i64::try_from(value).unwrap_or(i64::MAX));
    let listed = digests.iter().map(|(name, digest)| {
        let members =
            [("sha256".to_owned(), digest.sha256.as_str().into()), ("bytes".to_owned(), number(digest.bytes))];
        ((*name).to_owned(), Members::from(members).into())
    });
    let mut out = Members::from([
        ("format".to_owned(), FORMAT.into()),
        ("origin".to_owned(), claims.origin.into()),
        ("start".to_owned(), number(claims.start)),
        ("end".to_owned(), number(claims.end)),
        ("size".to_owned(), number(claims.size)),
        ("completeness".to_owned(), if claims.filter.is_some() { "filtered+withheld".into() } else { "range".into() }),
        ("files".to_owned(), listed.collect::<Members>().into()),
    ]);
    if let Some(filter) = &claims.filter {
        out.insert("filter".to_owned(), filter.clone().into());
    }
    if let Some(entry) = claims.entry {
        out.insert("entry".to_owned(), entry.hyphenated().to_string().into());
    }
    Json::Object(out).canonical()
}

/// The sums' text: the form of `sha256sum`, sorted by name.
pub(super) fn render_sums(digests: &Digests) -> String {
    digests.iter().map(|(name, digest)| format!("{}  {name}\n", digest.sha256)).collect()
}

/// Checks the manifest against what was read; `derived` carries everything but filter and entry.
pub(super) fn check(text: &[u8], mut derived: Claims<'_>, filtered: bool, digests: &Digests) -> Result<(), Finding> {
    let fault = |detail: String| Finding::whole(Kind::File, format!("{}: {detail}", files::MANIFEST));
    let Ok(Json::Object(claimed)) = Json::parse_canonical(text) else {
        return Err(fault("not a canonical JSON object".to_owned()));
    };
    derived.filter = match claimed.get("filter") {
        Some(Json::Object(filter)) if filtered => Some(filter.clone()),
        None if !filtered => None,
        _ => return Err(fault("the filter does not fit the files".to_owned())),
    };
    derived.entry = match claimed.get("entry").map(|id| id.as_text().and_then(|text| Uuid::try_parse(text).ok())) {
        Some(None) => return Err(fault("the export's entry is not an identifier".to_owned())),
        Some(id) => id,
        None => None,
    };
    let expected = render(&derived, digests);
    if expected == text {
        return Ok(());
    }
    let Ok(Json::Object(expected)) = Json::parse(&expected) else {
        return Err(fault("it cannot be derived".to_owned()));
    };
    let listed = |members: &Members, name: &str| {
        members.get("files").and_then(Json::as_object).and_then(|all| all.get(name)).cloned()
    };
    if let Some(name) = digests.keys().find(|name| listed(&claimed, name) != listed(&expected, name)) {
        return Err(Finding::whole(Kind::File, format!("{name} is not what the manifest says")));
    }
    let member =
        expected.iter().find(|(key, value)| claimed.get(*key) != Some(value)).map_or("a member", |(key, _)| key);
    Err(fault(format!("{member} is not what the files show")))
}
