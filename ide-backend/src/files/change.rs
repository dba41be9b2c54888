//! Removing, making folders, renaming.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use carrel_wire::{WorkspacePath, agent::Expect};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{PathQuery, below_root, not_root, write::expectation};
use crate::{api_error::ApiError, session::Admitted};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FolderBody {
    path: WorkspacePath,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RenameBody {
    from: WorkspacePath,
    to: WorkspacePath,
}

/// Removes a file, or a folder with all that is in it.
#[utoipa::path(
    delete, path = "/ide/v1/workspaces/{id}/file", tag = "files",
    params(
        ("id" = Uuid, Path, description = "Workspace"),
        ("path" = String, Query, description = "File or folder"),
        ("If-Match" = Option<String>, Header, description = "SHA-256, in quotes, of the file that is removed"),
    ),
    responses(
        (status = 204, description = "Removed"),
        (status = 404, description = "`not_found`"),
        (status = 412, description = "`file_changed`"),
    )
)]
pub(crate) async fn remove(
    admitted: Admitted,
    query: web::Query<PathQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let agent = admitted.writing_agent()?;
    let path = below_root(query)?;
    let expect = if request.headers().contains_key(header::IF_MATCH) {
        expectation(request.headers())?
    } else {
        Expect::Anything
    };
    agent.remove(path, expect).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Makes a folder and the folders above it.
#[utoipa::path(
    post, path = "/ide/v1/workspaces/{id}/folders", tag = "files",
    params(("id" = Uuid, Path, description = "Workspace")),
    request_body = FolderBody,
    responses((status = 204, description = "It is there"), (status = 409, description = "`name_taken`, `wrong_kind`"))
)]
pub(crate) async fn make_folder(admitted: Admitted, body: web::Json<FolderBody>) -> Result<HttpResponse, ApiError> {
    let agent = admitted.writing_agent()?;
    agent.make_folder(not_root(body.into_inner().path)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Renames or moves; never over something that is there.
#[utoipa::path(
    post, path = "/ide/v1/workspaces/{id}/rename", tag = "files",
    params(("id" = Uuid, Path, description = "Workspace")),
    request_body = RenameBody,
    responses(
        (status = 204, description = "Renamed"),
        (status = 404, description = "`not_found`"),
        (status = 409, description = "`name_taken`"),
    )
)]
pub(crate) async fn rename(admitted: Admitted, body: web::Json<RenameBody>) -> Result<HttpResponse, ApiError> {
    let agent = admitted.writing_agent()?;
    let RenameBody { from, to } = body.into_inner();
    agent.rename(not_root(from)?, not_root(to)?).await?;
    Ok(HttpResponse::NoContent().finish())
}
