//! The workspaces that a person can open.

use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::present::Workspace;
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    authz::{OwnAccess, Target, WorkspaceAccess},
    session::Session,
};

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Workspaces {
    items: Vec<Workspace>,
}

/// All workspaces of folders that one may write to, newest first.
#[utoipa::path(get, path = "/api/v1/workspaces", tag = "workspaces", responses((status = 200, body = Workspaces), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody, description = "Asked for with a token")))]
pub(crate) async fn list_workspaces(session: Session, cloud: web::Data<Cloud>) -> Result<HttpResponse, ApiError> {
    if !session.is_interactive() {
        WorkspaceAccess::require_any(&cloud.store, &session, Target::User(session.user_id())).await?;
    }
    let open = session.permissions().contain(crate::authz::Permission::IdeUse);
    let rows = cloud.store.workspaces(&OwnAccess::of(&session)).await?;
    Ok(HttpResponse::Ok().json(Workspaces { items: rows.into_iter().map(|row| Workspace::new(row, open)).collect() }))
}

/// One workspace.
#[utoipa::path(get, path = "/api/v1/workspaces/{workspace_id}", tag = "workspaces", params(("workspace_id" = carrel_ids::WorkspaceId, Path)), responses(
    (status = 200, body = Workspace), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn show_workspace(access: WorkspaceAccess, cloud: web::Data<Cloud>) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(Workspace::new(cloud.store.workspace(&access).await?, true)))
}
