//! Renaming and moving.

use actix_web::{HttpResponse, web};
use carrel_ids::NodeId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Node;
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{FileAccess, FileName, Write},
    session::Session,
};

/// Absent members stay as they are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateNode {
    name: Option<String>,
    /// The folder to move into.
    parent_id: Option<NodeId>,
}

/// Renames or moves a file or folder.
#[utoipa::path(patch, path = "/api/v1/nodes/{node_id}", tag = "files", params(("node_id" = carrel_ids::NodeId, Path)), request_body = UpdateNode, responses(
    (status = 200, body = Node), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn update_node(
    access: FileAccess<Write>,
    session: Session,
    cloud: web::Data<Cloud>,
    body: web::Json<UpdateNode>,
) -> Result<HttpResponse, ApiError> {
    let name = body.name.as_deref().map(FileName::parse).transpose()?;
    match (body.parent_id, &name) {
        (Some(parent), name) => {
            let target = FileAccess::<Write>::require(&cloud.store, &session, parent).await?;
            cloud.store.audited(&access, Action::FileMove, async |w| w.move_node(&target, name.as_ref()).await).await?;
        }
        (None, Some(name)) => {
            cloud.store.audited(&access, Action::FileRename, async |w| w.rename_node(name).await).await?;
        }
        (None, None) => {}
    }
    Ok(HttpResponse::Ok().json(Node::new(cloud.store.node(&access).await?, true)))
}
