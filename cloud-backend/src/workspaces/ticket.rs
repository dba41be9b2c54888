//! The ticket with which a browser presents itself at the IDE backend: one use, 30 s, in a request's body and never in an address.

use actix_web::{HttpResponse, web};
use serde::Serialize;
use time::Duration;
use utoipa::ToSchema;

use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::WorkspaceAccess,
    session::secrets,
};

const VALID: Duration = Duration::seconds(30);

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Ticket {
    ticket: String,
    /// Where the IDE backend is.
    ide_base: String,
    /// Seconds.
    expires_in: i64,
}

/// Admission to a workspace.
#[utoipa::path(post, path = "/api/v1/workspaces/{workspace_id}/ticket", tag = "workspaces", params(("workspace_id" = carrel_ids::WorkspaceId, Path)), responses(
    (status = 200, body = Ticket), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn create_ticket(access: WorkspaceAccess, cloud: web::Data<Cloud>) -> Result<HttpResponse, ApiError> {
    let ticket = secrets::random_secret().map_err(|e| ApiError::Internal(Box::new(e)))?;
    let hash = secrets::hash_secret(&ticket);
    cloud.store.audited(&access, Action::WorkspaceOpen, async |w| w.create_ticket(&hash, VALID).await).await?;
    Ok(HttpResponse::Ok().json(Ticket {
        ticket,
        ide_base: cloud.config.ide_base.clone(),
        expires_in: VALID.whole_seconds(),
    }))
}
