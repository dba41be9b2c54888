//! Deleting a workspace: the folder stays. A running sandbox loses its right at once; it ends, and the volume goes, by a command
//! that the IDE backend asks for in its next round.

use actix_web::{HttpResponse, web};

use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::WorkspaceAccess,
};

/// Deletes a workspace. Its folder is left as it is.
#[utoipa::path(delete, path = "/api/v1/workspaces/{workspace_id}", tag = "workspaces", params(("workspace_id" = carrel_ids::WorkspaceId, Path)), responses(
    (status = 204), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn delete_workspace(
    access: WorkspaceAccess,
    cloud: web::Data<Cloud>,
) -> Result<HttpResponse, ApiError> {
    cloud.store.audited(&access, Action::WorkspaceDelete, async |w| w.delete_workspace().await).await?;
    Ok(HttpResponse::NoContent().finish())
}
