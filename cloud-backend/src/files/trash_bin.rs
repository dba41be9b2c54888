//! The trash of a space: what lies in it, and deleting that for good.

use actix_web::{HttpResponse, web};
use carrel_ids::{NodeId, SpaceId};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use utoipa::{IntoParams, ToSchema};

use super::{Node, cursor, present::Person};
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{FileAccess, Purge, Read},
    keeping::retention,
    session::Session,
    store::{TrashCursor, TrashedRow},
};

const MAX_PAGE: i64 = 500;
const DEFAULT_PAGE: i64 = 100;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TrashQuery {
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 500; 100 when absent.
    limit: Option<i64>,
}

/// Something in the trash. Its abilities: `write` is bringing it back, `delete` is deleting it for good.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Trashed {
    node: Node,
    #[serde(with = "time::serde::rfc3339")]
    trashed_at: OffsetDateTime,
    trashed_by: Option<Person>,
    /// Path of its folder at that time, without the space's top; empty for the top itself.
    from: String,
    /// When it is deleted for good by itself; absent where nothing is.
    #[serde(with = "time::serde::rfc3339::option")]
    purge_at: Option<OffsetDateTime>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Trash {
    items: Vec<Trashed>,
    /// Where the next page starts; absent on the last.
    next: Option<String>,
}

/// How much is on its way out.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Purged {
    /// Things that lay in the trash; 0: there is nothing left.
    purged: u64,
}

/// What lies in the trash of a space, the newest first: what was put there, not what is inside it.
#[utoipa::path(get, path = "/api/v1/spaces/{space_id}/trash", tag = "files", params(("space_id" = SpaceId, Path), TrashQuery), responses(
    (status = 200, body = Trash), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn list_trash(
    session: Session,
    cloud: web::Data<Cloud>,
    path: web::Path<String>,
    query: web::Query<TrashQuery>,
) -> Result<HttpResponse, ApiError> {
    let space = path.parse().map_err(|_| ApiError::NotFound)?;
    let access = FileAccess::<Read>::require_in_space(&cloud.store, &session, space).await?;
    let limit = query.limit.unwrap_or(DEFAULT_PAGE).clamp(1, MAX_PAGE);
    let after = query.after.as_deref().map(cursor::parse).transpose()?;
    let after = after.map(|(trashed_at, id)| TrashCursor { trashed_at, id });
    // One more than asked for tells whether there is a next page.
    let mut rows = cloud.store.trash(&access, after, limit + 1).await?;
    let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if more {
        rows.pop();
    }
    let next = rows.last().filter(|_| more).map(TrashedRow::cursor).map(|last| cursor::write(last.trashed_at, last.id));
    let days = cloud.config.keep.trash_days;
    let present = |row: TrashedRow| Trashed {
        purge_at: (days > 0).then(|| row.trashed_at.plus(Duration::days(days.into())).time()),
        node: Node::in_trash(row.node, access.may_write(), access.may_purge()),
        trashed_at: row.trashed_at.time(),
        trashed_by: row.trashed_by.map(|(id, display_name)| Person { id, display_name }),
        from: row.from,
    };
    Ok(HttpResponse::Ok().json(Trash { items: rows.into_iter().map(present).collect(), next }))
}

/// Deletes something in the trash for good. It is out of everybody's sight at once; large folders take a while to free their bytes.
#[utoipa::path(delete, path = "/api/v1/spaces/{space_id}/trash/{node_id}", tag = "files",
    params(("space_id" = SpaceId, Path), ("node_id" = NodeId, Path)), responses(
    (status = 204), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn purge_node(
    session: Session,
    cloud: web::Data<Cloud>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (space, node) = path.into_inner();
    let (space, node): (SpaceId, NodeId) =
        (space.parse().map_err(|_| ApiError::NotFound)?, node.parse().map_err(|_| ApiError::NotFound)?);
    let access = FileAccess::<Purge>::require_in_trash(&cloud.store, &session, node).await?;
    if access.space_id() != space {
        return Err(ApiError::NotFound);
    }
    cloud.store.audited(&access, Action::FilePurge, async |w| w.purge_node().await).await?;
    retention::work_off(&cloud.store, Some(space), retention::STEPS_AT_ONCE).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Empties the trash of a space. Not all at once: whoever wants all gone calls again while `purged` is not 0.
#[utoipa::path(delete, path = "/api/v1/spaces/{space_id}/trash", tag = "files", params(("space_id" = SpaceId, Path)), responses(
    (status = 200, body = Purged), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn purge_trash(
    session: Session,
    cloud: web::Data<Cloud>,
    path: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let space: SpaceId = path.parse().map_err(|_| ApiError::NotFound)?;
    let access = FileAccess::<Purge>::require_in_space(&cloud.store, &session, space).await?;
    let purged = cloud.store.audited(&access, Action::TrashPurge, async |w| w.purge_trash().await).await?;
    retention::work_off(&cloud.store, Some(space), retention::STEPS_AT_ONCE).await?;
    Ok(HttpResponse::Ok().json(Purged { purged }))
}
