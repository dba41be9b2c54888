//! Where the list of a folder goes on, as text: the order, and what the last row is sorted by.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    api_error::ApiError,
    store::{ChildrenCursor, ChildrenOrder, SortKey},
};

/// Characters of an identifier.
const ID: usize = 36;

pub(super) fn write(cursor: &ChildrenCursor) -> String {
    let (by, key) = match &cursor.key {
        SortKey::Name(key) => ('n', key.clone()),
        SortKey::Size(bytes) => ('s', bytes.to_string()),
        SortKey::Changed(at) => ('c', at.to_string()),
    };
    let direction = if cursor.descending { 'd' } else { 'a' };
    let kind = if cursor.is_folder { 'd' } else { 'f' };
    URL_SAFE_NO_PAD.encode(format!("{by}{direction}{kind}{}{key}", cursor.id))
}

/// A cursor of a listing in this order.
pub(super) fn parse(text: &str, order: ChildrenOrder) -> Result<ChildrenCursor, ApiError> {
    let refused = || ApiError::BadRequest("`after` must be the `next` of an earlier page in the same order".to_owned());
    read(text).filter(|cursor| cursor.order() == order).ok_or_else(refused)
}

fn read(text: &str) -> Option<ChildrenCursor> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let (head, rest) = text.split_at_checked(3)?;
    let (id, key) = rest.split_at_checked(ID)?;
    let (by, direction, kind) = match head.as_bytes() {
        [by, direction, kind] => (*by, *direction, *kind),
        _ => return None,
    };
    let flag = |byte, no, yes| (byte == no || byte == yes).then_some(byte == yes);
    let key = match by {
        // No name has a control character, and PostgreSQL's texts cannot hold a NUL.
        b'n' if !key.chars().any(char::is_control) => SortKey::Name(key.to_owned()),
        b's' => SortKey::Size(key.parse().ok()?),
        b'c' => SortKey::Changed(OffsetDateTime::parse(key, &Rfc3339).ok()?.into()),
        _ => return None,
    };
    Some(ChildrenCursor {
        descending: flag(direction, b'a', b'd')?,
        is_folder: flag(kind, b'f', b'd')?,
        key,
        id: id.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{SortBy, Timestamp};

    fn cursor(key: SortKey) -> ChildrenCursor {
        ChildrenCursor { descending: false, is_folder: true, key, id: carrel_ids::NodeId::new() }
    }

    #[test]
    fn a_cursor_of_each_order_round_trips() {
        let keys =
            [SortKey::Name("äpfel 0029".to_owned()), SortKey::Size(i64::MAX), SortKey::Changed(Timestamp::now())];
        for key in keys {
            for (descending, is_folder) in [(false, false), (false, true), (true, false), (true, true)] {
                let cursor = ChildrenCursor { descending, is_folder, ..cursor(key.clone()) };
                assert_eq!(parse(&write(&cursor), cursor.order()).expect("valid"), cursor);
            }
        }
    }

    #[test]
    fn other_text_and_cursors_of_another_order_are_refused() {
        let names = ChildrenOrder { by: SortBy::Name, descending: false };
        let with_nul = write(&cursor(SortKey::Name("a\0".to_owned())));
        let of_sizes = write(&cursor(SortKey::Size(1)));
        let backwards = write(&ChildrenCursor { descending: true, ..cursor(SortKey::Name("a".to_owned())) });
        for text in ["", "x", "!!", &URL_SAFE_NO_PAD.encode("nad short"), &with_nul, &of_sizes, &backwards] {
            assert!(parse(text, names).is_err(), "{text:?}");
        }
    }
}
