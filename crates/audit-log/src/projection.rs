//! What the search table and the CSV show of an entry. Both are conveniences: a verifier makes them again from the leaf
//! and compares (T-90), so that a screen cannot show something else than what is sealed.

use crate::{hash::Hash, leaf::Leaf, timestamp};

/// The head line of `entries.csv`, with its line end.
pub const CSV_HEADER: &str = "seq,ts,act,out,actor_t,actor_id,session,tgt_t,tgt_id,space,req,node,id,leaf_sha256\r\n";

/// The members of a leaf that lists show and filters ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Projection {
    pub at: time::OffsetDateTime,
    pub action: String,
    pub outcome: String,
    pub space: Option<String>,
    pub actor: Option<String>,
    pub target_kind: Option<String>,
    pub target: Option<String>,
    pub request: Option<String>,
}

impl Projection {
    #[must_use]
    pub fn of(leaf: &Leaf) -> Self {
        Self {
            at: leaf.at,
            action: leaf.action.clone(),
            outcome: leaf.outcome.as_str().to_owned(),
            space: leaf.space.map(|space| space.hyphenated().to_string()),
            actor: leaf.actor.id.clone(),
            target_kind: leaf.target.as_ref().map(|target| target.kind.clone()),
            target: leaf.target.as_ref().map(|target| target.id.clone()),
            request: leaf.request.clone(),
        }
    }
}

/// One line of `entries.csv` (RFC 4180) with its line end.
#[must_use]
pub fn csv_line(index: u64, leaf: &Leaf, leaf_hash: &Hash) -> String {
    let space = leaf.space.map(|space| space.hyphenated().to_string());
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let fields = [
        index.to_string(),
        timestamp::format(leaf.at),
        leaf.action.clone(),
        leaf.outcome.as_str().to_owned(),
        leaf.actor.kind.as_str().to_owned(),
        text(&leaf.actor.id),
        text(&leaf.actor.session),
        leaf.target.as_ref().map(|target| target.kind.clone()).unwrap_or_default(),
        leaf.target.as_ref().map(|target| target.id.clone()).unwrap_or_default(),
        space.unwrap_or_default(),
        text(&leaf.request),
        leaf.node.clone(),
        leaf.id.hyphenated().to_string(),
        hex::encode(leaf_hash),
    ];
    let mut line = fields.iter().map(|field| csv_field(field)).collect::<Vec<_>>().join(",");
    line.push_str("\r\n");
    line
}

/// T-85: a spreadsheet must not run a field as a formula.
fn csv_field(field: &str) -> String {
    let guard = if field.starts_with(['=', '+', '-', '@', '\t', '\r', '\0']) { "'" } else { "" };
    if guard.is_empty() && !field.contains(['"', ',', '\r', '\n']) {
        return field.to_owned();
    }
    format!("\"{guard}{}\"", field.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::csv_field;

    #[test]
    fn fields_are_quoted_and_formulas_are_guarded() {
        let cases = [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("=1+1", "\"'=1+1\""),
            ("@x", "\"'@x\""),
            ("-5", "\"'-5\""),
        ];
        for (field, expected) in cases {
            assert_eq!(csv_field(field), expected);
        }
    }
}
