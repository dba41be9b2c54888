//! A browser's admission to a workspace, as the IDE backend holds it.

use actix_web::{HttpRequest, HttpResponse, web};
use carrel_ids::{IdeSessionId, SandboxId};
use carrel_service_auth::server::SignedJson;
use carrel_wire::internal::{IdeSession, RedeemTicket};
use serde::Deserialize;

use super::service_context;
use crate::{
    api_error::ApiError,
    app::Cloud,
    authz::WorkspaceAccess,
    session::{Session, secrets},
    workspaces::{grant_start, grant_stop},
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stop {
    sandbox: SandboxId,
}

/// Redeems a ticket.
pub(super) async fn redeem(
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    body: SignedJson<RedeemTicket>,
) -> Result<HttpResponse, ApiError> {
    let session = cloud.store.take_ticket(&secrets::hash_secret(&body.0.ticket), body.0.workspace).await?;
    let session = Session::behind(&cloud.store, session, service_context(&request)).await?.ok_or(ApiError::NotFound)?;
    let access = WorkspaceAccess::require(&cloud.store, &session, body.0.workspace).await?;
    let id = cloud.store.create_ide_session(&access).await?;
    Ok(HttpResponse::Created().json(present(&cloud, &access, id).await?))
}

/// Says whether the admission still holds, and to what.
pub(super) async fn renew(cloud: web::Data<Cloud>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let (id, access) = admitted(&cloud, &request).await?;
    Ok(HttpResponse::Ok().json(present(&cloud, &access, id).await?))
}

/// A granted command that starts the workspace.
pub(super) async fn start(cloud: web::Data<Cloud>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let (_, access) = admitted(&cloud, &request).await?;
    Ok(HttpResponse::Ok().json(grant_start(&cloud, &access).await?))
}

/// A granted command that stops it.
pub(super) async fn stop(
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    body: SignedJson<Stop>,
) -> Result<HttpResponse, ApiError> {
    let (_, access) = admitted(&cloud, &request).await?;
    Ok(HttpResponse::Ok().json(grant_stop(&cloud, &access, body.0.sandbox).await?))
}

async fn admitted(cloud: &Cloud, request: &HttpRequest) -> Result<(IdeSessionId, WorkspaceAccess), ApiError> {
    let id: IdeSessionId = request.match_info().get("id").and_then(|id| id.parse().ok()).ok_or(ApiError::NotFound)?;
    let row = cloud.store.ide_session(id).await?.ok_or(ApiError::NotFound)?;
    Ok((id, WorkspaceAccess::of_ide_session(&cloud.store, &row, service_context(request)).await?))
}

async fn present(cloud: &Cloud, access: &WorkspaceAccess, id: IdeSessionId) -> Result<IdeSession, ApiError> {
    let row = cloud.store.workspace(access).await?;
    let user = cloud.store.active_user(access.user()).await?.ok_or(ApiError::NotFound)?;
    let sandbox = cloud.store.wanted_sandbox(access).await?;
    Ok(IdeSession {
        id,
        user: user.id,
        user_name: user.display_name,
        workspace: row.id,
        workspace_name: row.name,
        folder: row.folder,
        can_write: true,
        sandbox: sandbox.map(|sandbox| sandbox.id()),
    })
}
