//! Into the trash.

use actix_web::{HttpResponse, web};

use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{Delete, FileAccess},
    store::TrashIf,
};

/// Puts a file, or a folder with all that is in it, into the trash.
#[utoipa::path(delete, path = "/api/v1/nodes/{node_id}", tag = "files", params(("node_id" = carrel_ids::NodeId, Path)), responses(
    (status = 204), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn trash_node(access: FileAccess<Delete>, cloud: web::Data<Cloud>) -> Result<HttpResponse, ApiError> {
    cloud.store.audited(&access, Action::FileTrash, async |w| w.trash_node(TrashIf::Always).await).await?;
    Ok(HttpResponse::NoContent().finish())
}
