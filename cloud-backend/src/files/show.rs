//! One node.

use actix_web::{HttpResponse, web};

use super::{Node, present::NodeWithAncestors};
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    authz::{FileAccess, Read},
};

/// A file or folder, and the folders above it.
#[utoipa::path(get, path = "/api/v1/nodes/{node_id}", tag = "files", params(("node_id" = carrel_ids::NodeId, Path)), responses(
    (status = 200, body = NodeWithAncestors), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn show_node(access: FileAccess<Read>, cloud: web::Data<Cloud>) -> Result<HttpResponse, ApiError> {
    let row = cloud.store.node(&access).await?;
    let ancestors = cloud.store.ancestors(&access).await?;
    Ok(HttpResponse::Ok().json(NodeWithAncestors::new(Node::new(row, access.may_write()), ancestors)))
}
