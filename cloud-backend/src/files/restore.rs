//! Back from the trash.

use actix_web::{HttpResponse, web};
use bytes::Bytes;
use carrel_ids::NodeId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Node;
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{Delete, FileAccess, FileName, Write},
    session::Session,
};

/// Where it goes. Without anything: back to where it was.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RestoreNode {
    /// Another folder of the same space.
    folder_id: Option<NodeId>,
    /// Another name.
    name: Option<String>,
}

/// Brings a node back to where it was before it was put into the trash, or to another folder of its space. The body may be left out.
#[utoipa::path(post, path = "/api/v1/nodes/{node_id}/restore", tag = "files", params(("node_id" = carrel_ids::NodeId, Path)), request_body = Option<RestoreNode>, responses(
    (status = 200, body = Node), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody),
    (status = 422, body = ErrorBody)))]
pub(crate) async fn restore_node(
    session: Session,
    cloud: web::Data<Cloud>,
    path: web::Path<String>,
    body: Bytes,
) -> Result<HttpResponse, ApiError> {
    let node = path.parse().map_err(|_| ApiError::NotFound)?;
    let access = FileAccess::<Delete>::require_in_trash(&cloud.store, &session, node).await?;
    let wanted: RestoreNode = match body.is_empty() {
        true => RestoreNode::default(),
        false => serde_json::from_slice(&body).map_err(|error| {
            ApiError::BadRequest(format!("the body is not the JSON that is expected here: {error}"))
        })?,
    };
    let name = wanted.name.as_deref().map(FileName::parse).transpose()?;
    let target = match wanted.folder_id {
        Some(folder) => Some(FileAccess::<Write>::require(&cloud.store, &session, folder).await?),
        None => None,
    };
    cloud
        .store
        .audited(&access, Action::FileRestore, async |w| w.restore_node(target.as_ref(), name.as_ref()).await)
        .await?;
    Ok(HttpResponse::Ok().json(Node::new(cloud.store.node(&access).await?, access.may_write())))
}
