//! The `If` header (RFC 4918, 10.4): lists of states of which one has to hold, and the tokens that the request shows with it.

use carrel_ids::LockId;

/// Conditions of one header: each list can name another resource, which has to be looked up.
const MAX_CONDITIONS: usize = 64;
const MAX_LISTS: usize = 16;

/// The whole header; empty when there is none.
#[derive(Debug, Default)]
pub(crate) struct IfHeader {
    lists: Vec<List>,
    shown: Vec<LockId>,
}

/// Conditions that have to hold together.
#[derive(Debug)]
pub(super) struct List {
    /// The address that they are about; none for the request's own.
    pub(super) resource: Option<String>,
    /// `false` beside a condition: it must not hold.
    pub(super) conditions: Vec<(bool, Condition)>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Condition {
    /// A lock's token; none for one that no lock here can have, like `DAV:no-lock`.
    Lock(Option<LockId>),
    /// With its quotes.
    Etag(String),
}

/// The lock that a token names.
pub(super) fn lock_of(token: &str) -> Option<LockId> {
    token.strip_prefix("urn:uuid:").and_then(|id| id.parse().ok())
}

impl IfHeader {
    pub(super) fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }
    pub(super) fn lists(&self) -> &[List] {
        &self.lists
    }
    /// Every lock whose token stands anywhere in the header (RFC 4918, 10.4.1).
    pub(super) fn shown(&self) -> &[LockId] {
        &self.shown
    }

    /// None when the text is no such header.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (mut header, mut resource, mut rest, mut count) = (Self::default(), None, text.trim(), 0);
        let mut tagged = None;
        while !rest.is_empty() {
            if let Some(behind) = rest.strip_prefix('<') {
                let (address, behind) = behind.split_once('>')?;
                // Tagged and untagged lists do not mix.
                if tagged == Some(false) {
                    return None;
                }
                (resource, tagged, rest) = (Some(address.to_owned()), Some(true), behind.trim_start());
                if !rest.starts_with('(') {
                    return None;
                }
                continue;
            }
            tagged = tagged.or(Some(false));
            rest = rest.strip_prefix('(')?.trim_start();
            let mut conditions = Vec::new();
            loop {
                if let Some(behind) = rest.strip_prefix(')') {
                    rest = behind.trim_start();
                    break;
                }
                let wanted = match rest.get(..3) {
                    Some(word) if word.eq_ignore_ascii_case("not") => {
                        rest = rest[3..].trim_start();
                        false
                    }
                    _ => true,
                };
                let condition = if let Some(behind) = rest.strip_prefix('<') {
                    let (token, behind) = behind.split_once('>')?;
                    rest = behind;
                    let lock = lock_of(token);
                    header.shown.extend(lock);
                    Condition::Lock(lock)
                } else {
                    let (etag, behind) = rest.strip_prefix('[')?.split_once(']')?;
                    rest = behind;
                    Condition::Etag(etag.trim().to_owned())
                };
                rest = rest.trim_start();
                conditions.push((wanted, condition));
                count += 1;
                if count > MAX_CONDITIONS {
                    return None;
                }
            }
            if conditions.is_empty() || header.lists.len() >= MAX_LISTS {
                return None;
            }
            header.lists.push(List { resource: resource.clone(), conditions });
        }
        (!header.lists.is_empty()).then_some(header)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01890000-0000-7000-8000-000000000001";

    #[test]
    fn lists_tags_and_negations_are_read() {
        let lock: LockId = ID.parse().unwrap();
        let header = IfHeader::parse(&format!("(<urn:uuid:{ID}> [\"e\"]) (Not <DAV:no-lock>)")).unwrap();
        assert_eq!(header.shown(), [lock]);
        let [first, second] = header.lists() else { panic!("{header:?}") };
        assert_eq!(
            first.conditions,
            [(true, Condition::Lock(Some(lock))), (true, Condition::Etag("\"e\"".to_owned()))]
        );
        assert_eq!(second.conditions, [(false, Condition::Lock(None))]);
        let header = IfHeader::parse(&format!("</dav/a> (<urn:uuid:{ID}>) <http://h/dav/b>([\"x\"])")).unwrap();
        assert_eq!(header.lists()[1].resource.as_deref(), Some("http://h/dav/b"));
    }

    #[test]
    fn t_026_what_is_no_such_header_or_too_much_of_it_is_refused() {
        let many = "([\"a\"])".repeat(MAX_LISTS + 1);
        let long = format!("({})", "[\"a\"]".repeat(MAX_CONDITIONS + 1));
        for bad in [
            "",
            "()",
            "(",
            "(<a)",
            "(x)",
            "<a>",
            "<a> x",
            "([\"a\"]) <b> ([\"a\"])",
            "([a]",
            many.as_str(),
            long.as_str(),
        ] {
            assert!(IfHeader::parse(bad).is_none(), "{bad}");
        }
    }
}
