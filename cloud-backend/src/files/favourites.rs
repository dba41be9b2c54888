//! What one marked and what one opened last.

use actix_web::{HttpResponse, web};
use carrel_ids::NodeId;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};

use super::{Node, cursor};
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{FileAccess, OwnAccess, Read},
    session::Session,
    store::Favourite,
};

const MAX_PAGE: i64 = 100;
const DEFAULT_PAGE: i64 = 50;
const DEFAULT_RECENTS: i64 = 20;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct FavouritesQuery {
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 100; 50 when absent.
    limit: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Favourites {
    /// Fewer than asked for where something is in the trash or no longer shared.
    items: Vec<Node>,
    /// Where the next page starts; absent on the last.
    next: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RecentsQuery {
    /// 1 to 100; 20 when absent.
    limit: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecentNode {
    node: Node,
    /// When one opened or saved it last.
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Recents {
    items: Vec<RecentNode>,
}

/// Marks a file or folder for oneself.
#[utoipa::path(put, path = "/api/v1/nodes/{node_id}/favourite", tag = "files", params(("node_id" = NodeId, Path)), responses(
    (status = 204), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn add_favourite(access: FileAccess<Read>, cloud: web::Data<Cloud>) -> Result<HttpResponse, ApiError> {
    cloud.store.audited(&access, Action::FavouriteAdd, async |w| w.add_favourite().await).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Takes one's own mark away; also from what one may not see any more.
#[utoipa::path(delete, path = "/api/v1/nodes/{node_id}/favourite", tag = "files", params(("node_id" = NodeId, Path)), responses(
    (status = 204), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn remove_favourite(
    session: Session,
    cloud: web::Data<Cloud>,
    path: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let node = path.parse().map_err(|_| ApiError::NotFound)?;
    cloud
        .store
        .audited(&OwnAccess::of(&session), Action::FavouriteRemove, async |w| w.remove_favourite(node).await)
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What one marked, the newest mark first.
#[utoipa::path(get, path = "/api/v1/favourites", tag = "files", params(FavouritesQuery), responses(
    (status = 200, body = Favourites), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody)))]
pub(crate) async fn list_favourites(
    session: Session,
    cloud: web::Data<Cloud>,
    query: web::Query<FavouritesQuery>,
) -> Result<HttpResponse, ApiError> {
    let limit = query.limit.unwrap_or(DEFAULT_PAGE).clamp(1, MAX_PAGE);
    let after = query.after.as_deref().map(cursor::parse).transpose()?;
    let after = after.map(|(added_at, node)| Favourite { node, added_at });
    let rows = cloud.store.favourites(&OwnAccess::of(&session), after, limit).await?;
    let full = i64::try_from(rows.len()).unwrap_or(i64::MAX) == limit;
    let next = rows.last().filter(|_| full).map(|row| cursor::write(row.added_at, row.node));
    let mut items = Vec::new();
    for row in rows {
        items.extend(visible(&cloud, &session, row.node).await?.map(|node| node.marked(true)));
    }
    Ok(HttpResponse::Ok().json(Favourites { items, next }))
}

/// What one opened or saved last.
#[utoipa::path(get, path = "/api/v1/recents", tag = "files", params(RecentsQuery), responses(
    (status = 200, body = Recents), (status = 401, body = ErrorBody)))]
pub(crate) async fn list_recents(
    session: Session,
    cloud: web::Data<Cloud>,
    query: web::Query<RecentsQuery>,
) -> Result<HttpResponse, ApiError> {
    let limit = query.limit.unwrap_or(DEFAULT_RECENTS).clamp(1, MAX_PAGE);
    cloud.recents.write(&cloud.store).await?;
    let mut items = Vec::new();
    for row in cloud.store.recents(&OwnAccess::of(&session), limit).await? {
        let node = visible(&cloud, &session, row.node).await?;
        items.extend(node.map(|node| RecentNode { node, at: row.at.time() }));
    }
    Ok(HttpResponse::Ok().json(Recents { items }))
}

/// The node as the person sees it, if they do.
async fn visible(cloud: &Cloud, session: &Session, node: NodeId) -> Result<Option<Node>, ApiError> {
    let Some(access) = FileAccess::<Read>::if_any(&cloud.store, session, node).await? else { return Ok(None) };
    match cloud.store.node(&access).await {
        Ok(row) => Ok(Some(Node::new(row, access.may_write()))),
        // It went to the trash between the two looks.
        Err(crate::store::StoreError::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
