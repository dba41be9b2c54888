//! Copies: no byte moves, so a folder of any size of content is copied at once.

use actix_web::{HttpResponse, web};
use carrel_ids::NodeId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Node;
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{FileAccess, FileName, Read, Write},
    session::Session,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CopyNode {
    /// The folder that the copy is put into; it may be in another space.
    folder_id: NodeId,
    /// The copy's name; without it the source's.
    name: Option<String>,
}

/// Copies a file, or a folder with all that is in it: with what they hold now, without earlier versions.
#[utoipa::path(post, path = "/api/v1/nodes/{node_id}/copies", tag = "files", params(("node_id" = carrel_ids::NodeId, Path)), request_body = CopyNode, responses(
    (status = 201, body = Node), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody), (status = 422, body = ErrorBody), (status = 423, body = ErrorBody)))]
pub(crate) async fn copy_node(
    source: FileAccess<Read>,
    session: Session,
    cloud: web::Data<Cloud>,
    body: web::Json<CopyNode>,
) -> Result<HttpResponse, ApiError> {
    let name = match &body.name {
        Some(name) => FileName::parse(name)?,
        // The folder at a space's top has none: its copy needs one.
        None => FileName::parse(&cloud.store.node(&source).await?.name)?,
    };
    let folder = FileAccess::<Write>::require(&cloud.store, &session, body.folder_id).await?;
    let copy =
        cloud.store.audited(&folder, Action::FileCopy, async |w| w.copy_node(&source, &name, true, None).await).await?;
    let made = FileAccess::<Write>::require(&cloud.store, &session, copy).await?;
    Ok(HttpResponse::Created().json(Node::new(cloud.store.node(&made).await?, true)))
}
