//! The list of a folder, a page at a time.

use std::collections::HashSet;

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;
use utoipa::{IntoParams, ToSchema};

use super::{Node, children_cursor};
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    authz::{FileAccess, Read},
    store::{ChildrenCursor, ChildrenOrder, NodeRow, SortBy},
};

const MAX_PAGE: i64 = 1000;
const DEFAULT_PAGE: i64 = 200;
/// Bytes of the longest part of a name that is searched for: no name is longer.
const MAX_PART: usize = 255;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ChildrenQuery {
    /// `next` of the page before, in the same order.
    after: Option<String>,
    /// 1 to 1000; 200 when absent.
    limit: Option<i64>,
    /// `folder`: leave files out. Not together with `q`.
    #[param(inline)]
    kind: Option<OnlyKind>,
    /// `name` when absent; folders come before files in any case.
    #[param(inline)]
    sort: Option<Sort>,
    /// `asc` when absent.
    #[param(inline)]
    direction: Option<Direction>,
    /// Only what has this in its name, without regard to case; at most 255 bytes. A page may then hold fewer items than asked for, or
    /// none, although there is a `next`.
    q: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Sort {
    Name,
    Size,
    Changed,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Direction {
    Asc,
    Desc,
}

impl ChildrenQuery {
    fn order(&self) -> ChildrenOrder {
        let by = match self.sort {
            None | Some(Sort::Name) => SortBy::Name,
            Some(Sort::Size) => SortBy::Size,
            Some(Sort::Changed) => SortBy::Changed,
        };
        ChildrenOrder { by, descending: matches!(self.direction, Some(Direction::Desc)) }
    }
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

/// What a folder holds: folders first, then files, each sorted as asked for.
#[utoipa::path(get, path = "/api/v1/nodes/{node_id}/children", tag = "files", params(("node_id" = carrel_ids::NodeId, Path), ChildrenQuery), responses(
    (status = 200, body = Children), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn list_children(
    access: FileAccess<Read>,
    cloud: web::Data<Cloud>,
    query: web::Query<ChildrenQuery>,
) -> Result<HttpResponse, ApiError> {
    let limit = query.limit.unwrap_or(DEFAULT_PAGE).clamp(1, MAX_PAGE);
    let order = query.order();
    let after = query.after.as_deref().map(|text| children_cursor::parse(text, order)).transpose()?;
    let (rows, next) = match query.q.as_deref().filter(|part| !part.trim().is_empty()) {
        None => page(&access, &cloud, order, after.as_ref(), query.kind.is_some(), limit).await?,
        Some(_) if query.kind.is_some() => {
            return Err(ApiError::BadRequest("`kind` and `q` do not go together".to_owned()));
        }
        Some(part) if part.len() > MAX_PART => {
            return Err(ApiError::BadRequest("`q` is longer than any name".to_owned()));
        }
        Some(part) => {
            let part: String = part.trim().nfc().collect();
            let limit = usize::try_from(limit).unwrap_or(1);
            cloud.store.children_named(&access, order, after, &part, limit).await?
        }
    };
    let next = next.as_ref().map(children_cursor::write);
    let marked: HashSet<_> = cloud.store.favourites_in(&access).await?.into_iter().collect();
    let present = |row: NodeRow| {
        let favourite = marked.contains(&row.id);
        Node::new(row, access.may_write()).marked(favourite)
    };
    let items = rows.into_iter().map(present).collect();
    Ok(HttpResponse::Ok().json(Children { items, next }))
}

async fn page(
    access: &FileAccess<Read>,
    cloud: &Cloud,
    order: ChildrenOrder,
    after: Option<&ChildrenCursor>,
    only_folders: bool,
    limit: i64,
) -> Result<(Vec<NodeRow>, Option<ChildrenCursor>), ApiError> {
    // One more than asked for tells whether there is a next page.
    let mut rows = cloud.store.children(access, order, after, only_folders, limit + 1).await?;
    let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if more {
        rows.pop();
    }
    let next = rows.last().filter(|_| more).map(|row| ChildrenCursor::of(row, order));
    Ok((rows, next))
}
