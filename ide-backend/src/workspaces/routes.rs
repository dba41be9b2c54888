//! `POST …/start` and `POST …/stop`: wishes. What comes of them is told on the events socket.

use actix_web::HttpResponse;

use crate::{api_error::ApiError, session::Admitted};

/// Starts the sandbox if none runs.
#[utoipa::path(
    post, path = "/ide/v1/workspaces/{id}/start", tag = "workspaces",
    params(("id" = Uuid, Path, description = "Workspace")),
    responses((status = 202, description = "Asked for; the events tell how it goes"), (status = 403, description = "`read_only`"))
)]
pub(crate) async fn start(admitted: Admitted) -> Result<HttpResponse, ApiError> {
    admitted.may_write()?;
    admitted.workspace.ask_to_open(&admitted.session.current()).await;
    Ok(HttpResponse::Accepted().finish())
}

/// Brings what is not yet saved to the cloud and ends the sandbox. The volume stays.
#[utoipa::path(
    post, path = "/ide/v1/workspaces/{id}/stop", tag = "workspaces",
    params(("id" = Uuid, Path, description = "Workspace")),
    responses((status = 202, description = "Asked for; the events tell how it goes"), (status = 403, description = "`read_only`"))
)]
pub(crate) async fn stop(admitted: Admitted) -> Result<HttpResponse, ApiError> {
    admitted.may_write()?;
    let session = admitted.session.current().id;
    admitted.workspace.ask_to_stop(session).await?;
    Ok(HttpResponse::Accepted().finish())
}
