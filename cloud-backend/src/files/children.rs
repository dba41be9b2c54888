//! The list of a folder, a page at a time.

use std::collections::HashSet;

use actix_web::{HttpResponse, web};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Node;
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    authz::{FileAccess, Read},
    store::{ChildrenCursor, NodeRow},
};

const MAX_PAGE: i64 = 1000;
const DEFAULT_PAGE: i64 = 200;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ChildrenQuery {
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 1000; 200 when absent.
    limit: Option<i64>,
    /// `folder`: leave files out.
    #[param(inline)]
    kind: Option<OnlyKind>,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum OnlyKind {
    Folder,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Children {
    items: Vec<Node>,
    /// Where the next page starts; absent on the last.
    next: Option<String>,
}

/// What a folder holds: folders first, then by name.
#[utoipa::path(get, path = "/api/v1/nodes/{node_id}/children", tag = "files", params(("node_id" = carrel_ids::NodeId, Path), ChildrenQuery), responses(
    (status = 200, body = Children), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn list_children(
    access: FileAccess<Read>,
    cloud: web::Data<Cloud>,
    query: web::Query<ChildrenQuery>,
) -> Result<HttpResponse, ApiError> {
    let limit = query.limit.unwrap_or(DEFAULT_PAGE).clamp(1, MAX_PAGE);
    let after = query.after.as_deref().map(parse_cursor).transpose()?;
    // One more than asked for tells whether there is a next page.
    let mut rows = cloud.store.children(&access, after.as_ref(), query.kind.is_some(), limit + 1).await?;
    let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if more {
        rows.pop();
    }
    let next = rows.last().filter(|_| more).map(|row| write_cursor(&row.cursor()));
    let marked: HashSet<_> = cloud.store.favourites_in(&access).await?.into_iter().collect();
    let present = |row: NodeRow| {
        let favourite = marked.contains(&row.id);
        Node::new(row, access.may_write()).marked(favourite)
    };
    let items = rows.into_iter().map(present).collect();
    Ok(HttpResponse::Ok().json(Children { items, next }))
}

fn write_cursor(cursor: &ChildrenCursor) -> String {
    let kind = if cursor.is_folder { 'd' } else { 'f' };
    URL_SAFE_NO_PAD.encode(format!("{kind}{}{}", cursor.id, cursor.sort_key))
}

fn parse_cursor(text: &str) -> Result<ChildrenCursor, ApiError> {
    let parse = || {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let is_folder = match text.as_bytes().first()? {
            b'd' => true,
            b'f' => false,
            _ => return None,
        };
        let sort_key = text.get(37..)?.to_owned();
        // No name has a control character, and PostgreSQL's texts cannot hold a NUL.
        let valid = !sort_key.chars().any(char::is_control);
        valid.then_some(ChildrenCursor { is_folder, id: text.get(1..37)?.parse().ok()?, sort_key })
    };
    parse().ok_or_else(|| ApiError::BadRequest("`after` must be the `next` of an earlier page".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursor_round_trips_and_other_text_is_refused() {
        let cursor =
            ChildrenCursor { is_folder: false, sort_key: "äpfel 0029".to_owned(), id: carrel_ids::NodeId::new() };
        let back = parse_cursor(&write_cursor(&cursor)).expect("valid");
        assert_eq!((back.is_folder, back.sort_key, back.id), (cursor.is_folder, cursor.sort_key, cursor.id));
        let with_nul = write_cursor(&ChildrenCursor { sort_key: "a\0".to_owned(), ..cursor });
        for text in ["", "x", "!!", &URL_SAFE_NO_PAD.encode("dshort"), &with_nul] {
            assert!(parse_cursor(text).is_err(), "{text:?}");
        }
    }
}
