//! Back from the trash.

use actix_web::{HttpResponse, web};

use super::Node;
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{Delete, FileAccess},
    session::Session,
};

/// Brings a node back to where it was before it was put into the trash.
#[utoipa::path(post, path = "/api/v1/nodes/{node_id}/restore", tag = "files", params(("node_id" = carrel_ids::NodeId, Path)), responses(
    (status = 200, body = Node), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(crate) async fn restore_node(
    session: Session,
    cloud: web::Data<Cloud>,
    path: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let node = path.parse().map_err(|_| ApiError::NotFound)?;
    let access = FileAccess::<Delete>::require_in_trash(&cloud.store, &session, node).await?;
    cloud.store.audited(&access, Action::FileRestore, async |w| w.restore_node().await).await?;
    Ok(HttpResponse::Ok().json(Node::new(cloud.store.node(&access).await?, access.may_write())))
}
