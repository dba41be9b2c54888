//! Where a list goes on that is in the order of time: the last row's moment and node.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use carrel_ids::NodeId;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{api_error::ApiError, store::Timestamp};

/// Characters of an identifier.
const ID: usize = 36;

pub(super) fn write(at: Timestamp, node: NodeId) -> String {
    URL_SAFE_NO_PAD.encode(format!("{node}{at}"))
}

pub(super) fn parse(text: &str) -> Result<(Timestamp, NodeId), ApiError> {
    let parse = || {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let (node, at) = text.split_at_checked(ID)?;
        let at = OffsetDateTime::parse(at, &Rfc3339).ok()?;
        Some((Timestamp::from(at), node.parse().ok()?))
    };
    parse().ok_or_else(|| ApiError::BadRequest("`after` must be the `next` of an earlier page".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_and_other_text_is_refused() {
        let (at, node) = (Timestamp::now(), NodeId::new());
        assert_eq!(parse(&write(at, node)).expect("valid"), (at, node));
        let bare = URL_SAFE_NO_PAD.encode(node.to_string());
        for text in ["", "x", "!!", &bare, &URL_SAFE_NO_PAD.encode("ä".repeat(40))] {
            assert!(parse(text).is_err(), "{text:?}");
        }
    }
}
