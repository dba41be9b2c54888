//! Who has locked a file or folder, and taking a lock away.

use actix_web::{HttpResponse, web};
use carrel_ids::{LockId, NodeId, UserId};
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::present::Person;
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{FileAccess, Read, Write},
    session::Session,
    store::LockRow,
};

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Locks {
    items: Vec<Lock>,
}

/// A lock that holds for a node, its own or one of a folder above it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Lock {
    id: LockId,
    /// What it stands on.
    node_id: NodeId,
    holder: Person,
    /// Nobody else can lock it meanwhile; of the others several can stand side by side.
    exclusive: bool,
    /// Also for all that is below `node_id`.
    deep: bool,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    /// It ends by itself then, unless its program renews it.
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
    abilities: LockAbilities,
}

#[derive(Debug, Serialize, ToSchema)]
struct LockAbilities {
    /// Take it away.
    delete: bool,
}

impl Lock {
    fn new(row: LockRow, asker: Option<UserId>, manages: bool) -> Self {
        let (id, display_name) = row.holder;
        Self {
            id: row.id,
            node_id: row.node,
            holder: Person { id, display_name },
            exclusive: row.exclusive,
            deep: row.deep,
            created_at: row.created_at.time(),
            expires_at: row.expires_at.time(),
            abilities: LockAbilities { delete: manages || asker == Some(id) },
        }
    }
}

/// The locks that hold for a file or folder.
#[utoipa::path(get, path = "/api/v1/nodes/{node_id}/locks", tag = "files", params(("node_id" = carrel_ids::NodeId, Path)), responses(
    (status = 200, body = Locks), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn list_locks(access: FileAccess<Read>, cloud: web::Data<Cloud>) -> Result<HttpResponse, ApiError> {
    let rows = cloud.store.locks_around(&access, false).await?;
    let (asker, manages) = (access.user(), access.manages_space() && access.may_write());
    let items = rows.into_iter().map(|row| Lock::new(row, asker, manages)).collect();
    Ok(HttpResponse::Ok().json(Locks { items }))
}

/// Takes a lock away: its holder may, and whoever manages the space. The program that held it is refused from then on.
#[utoipa::path(delete, path = "/api/v1/nodes/{node_id}/locks/{lock_id}", tag = "files", params(("node_id" = carrel_ids::NodeId, Path), ("lock_id" = carrel_ids::LockId, Path)), responses(
    (status = 204), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody), (status = 423, body = ErrorBody)))]
pub(crate) async fn break_lock(
    session: Session,
    cloud: web::Data<Cloud>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (node, lock) = path.into_inner();
    let (node, lock): (NodeId, LockId) =
        (node.parse().map_err(|_| ApiError::NotFound)?, lock.parse().map_err(|_| ApiError::NotFound)?);
    let access = FileAccess::<Write>::require(&cloud.store, &session, node).await?;
    cloud.store.audited(&access, Action::LockBreak, async |w| w.break_lock(lock).await).await?;
    Ok(HttpResponse::NoContent().finish())
}
