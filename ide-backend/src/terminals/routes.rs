//! Listing, opening and closing terminals.

use actix_web::{HttpResponse, http::StatusCode, web};
use carrel_ids::{TerminalId, WorkspaceId};
use carrel_wire::agent::Terminal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{api_error::ApiError, session::Admitted};

/// Columns and rows that a terminal can have.
const MAX_SIDE: u16 = 1000;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OpenBody {
    cols: u16,
    rows: u16,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Terminals {
    items: Vec<Terminal>,
}

pub(super) fn valid_size(cols: u16, rows: u16) -> bool {
    (1..=MAX_SIDE).contains(&cols) && (1..=MAX_SIDE).contains(&rows)
}

/// Terminals of the running sandbox.
#[utoipa::path(
    get, path = "/ide/v1/workspaces/{id}/terminals", tag = "terminals",
    params(("id" = Uuid, Path, description = "Workspace")),
    responses((status = 200, body = Terminals), (status = 409, description = "`workspace_not_ready`"))
)]
pub(crate) async fn list(admitted: Admitted) -> Result<web::Json<Terminals>, ApiError> {
    let items = admitted.agent()?.terminals().await?;
    Ok(web::Json(Terminals { items }))
}

/// Starts a shell.
#[utoipa::path(
    post, path = "/ide/v1/workspaces/{id}/terminals", tag = "terminals",
    params(("id" = Uuid, Path, description = "Workspace")),
    request_body = OpenBody,
    responses(
        (status = 201, body = Terminal),
        (status = 403, description = "`read_only`"),
        (status = 409, description = "`workspace_not_ready`"),
        (status = 422, description = "`size_invalid`"),
    )
)]
pub(crate) async fn open(admitted: Admitted, body: web::Json<OpenBody>) -> Result<HttpResponse, ApiError> {
    let agent = admitted.writing_agent()?;
    if !valid_size(body.cols, body.rows) {
        return Err(ApiError::for_field("cols", "size_invalid", "A terminal has 1 to 1000 columns and rows."));
    }
    let title = format!("Terminal {}", agent.terminals().await?.len() + 1);
    let terminal = agent.open_terminal(body.cols, body.rows, title).await?;
    let facts = admitted.session.current();
    tracing::info!(session = %facts.id, user = %facts.user, terminal = %terminal.id, "a terminal was opened");
    Ok(HttpResponse::build(StatusCode::CREATED).json(terminal))
}

/// Hangs a shell up.
#[utoipa::path(
    delete, path = "/ide/v1/workspaces/{id}/terminals/{tid}", tag = "terminals",
    params(("id" = Uuid, Path, description = "Workspace"), ("tid" = Uuid, Path, description = "Terminal")),
    responses((status = 204, description = "Closed"), (status = 404, description = "`not_found`"))
)]
pub(crate) async fn close(
    admitted: Admitted,
    path: web::Path<(WorkspaceId, TerminalId)>,
) -> Result<HttpResponse, ApiError> {
    let (_, terminal) = path.into_inner();
    admitted.writing_agent()?.close_terminal(terminal).await?;
    Ok(HttpResponse::NoContent().finish())
}
