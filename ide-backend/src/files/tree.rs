//! `GET …/tree`: the names in one folder.

use actix_web::web;
use carrel_wire::agent::Entry;
use serde::Serialize;
use utoipa::ToSchema;

use super::PathQuery;
use crate::{api_error::ApiError, session::Admitted};

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Tree {
    entries: Vec<Entry>,
}

/// Names in one folder of the workspace, folders first.
#[utoipa::path(
    get, path = "/ide/v1/workspaces/{id}/tree", tag = "files",
    params(("id" = Uuid, Path, description = "Workspace"), ("path" = Option<String>, Query, description = "Folder; the workspace's own without it")),
    responses(
        (status = 200, body = Tree),
        (status = 404, description = "`not_found`"),
        (status = 409, description = "`workspace_not_ready`, `wrong_kind`"),
    )
)]
pub(crate) async fn tree(admitted: Admitted, query: web::Query<PathQuery>) -> Result<web::Json<Tree>, ApiError> {
    let mut entries = admitted.agent()?.list(query.into_inner().path).await?;
    entries.sort_by(|a, b| {
        let file = |entry: &Entry| entry.kind != carrel_wire::agent::EntryKind::Folder;
        (file(a), &a.path).cmp(&(file(b), &b.path))
    });
    Ok(web::Json(Tree { entries }))
}
