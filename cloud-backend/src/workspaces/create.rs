//! "Open as workspace" on a folder: the workspace that is bound to it, made at the first time.

use actix_web::{HttpResponse, web};
use carrel_ids::NodeId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::present::Workspace;
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{FileAccess, OwnAccess, Target, WorkspaceAccess, Write},
    session::Session,
    store::StoreError,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateWorkspace {
    folder_id: NodeId,
}

/// The workspace of a folder.
#[utoipa::path(post, path = "/api/v1/workspaces", tag = "workspaces", request_body = CreateWorkspace, responses(
    (status = 201, body = Workspace), (status = 200, body = Workspace, description = "It was there"), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn create_workspace(
    session: Session,
    cloud: web::Data<Cloud>,
    body: web::Json<CreateWorkspace>,
) -> Result<HttpResponse, ApiError> {
    let folder = FileAccess::<Write>::require(&cloud.store, &session, body.folder_id).await?;
    WorkspaceAccess::require_any(&cloud.store, &session, Target::Node(body.folder_id)).await?;
    let row = cloud.store.node(&folder).await?;
    // The folder at a space's top has no name of its own.
    let mut name = row.name;
    if name.is_empty() {
        let spaces = cloud.store.spaces(&OwnAccess::of(&session)).await?;
        name = spaces.into_iter().find(|space| space.id == row.space).ok_or(ApiError::NotFound)?.name;
    }
    let (id, made) = match cloud.store.workspace_of_folder(&folder).await? {
        Some(id) => (id, false),
        None => {
            match cloud.store.audited(&folder, Action::WorkspaceCreate, async |w| w.create_workspace(&name).await).await
            {
                Ok(id) => (id, true),
                // Somebody else was quicker.
                Err(StoreError::Exists) => {
                    (cloud.store.workspace_of_folder(&folder).await?.ok_or(ApiError::NotFound)?, false)
                }
                Err(error) => return Err(error.into()),
            }
        }
    };
    let access = WorkspaceAccess::require(&cloud.store, &session, id).await?;
    let workspace = Workspace::new(cloud.store.workspace(&access).await?, true);
    Ok(if made { HttpResponse::Created().json(workspace) } else { HttpResponse::Ok().json(workspace) })
}
