//! New folders.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::Node;
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{FileAccess, FileName, Write},
    session::Session,
    store::StoreError,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateFolder {
    name: String,
    #[serde(default)]
    existing: Existing,
}

/// What to do when a folder of this name is there.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Existing {
    #[default]
    Refuse,
    /// Answer with it.
    Use,
}

/// Makes a folder.
#[utoipa::path(post, path = "/api/v1/nodes/{node_id}/folders", tag = "files", params(("node_id" = carrel_ids::NodeId, Path)), request_body = CreateFolder, responses(
    (status = 201, body = Node), (status = 200, body = Node, description = "It was there"), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn create_folder(
    access: FileAccess<Write>,
    session: Session,
    cloud: web::Data<Cloud>,
    body: web::Json<CreateFolder>,
) -> Result<HttpResponse, ApiError> {
    let name = FileName::parse(&body.name)?;
    match cloud.store.audited(&access, Action::FolderCreate, async |w| w.create_folder(&name).await).await {
        Ok(id) => {
            let made = FileAccess::<Write>::require(&cloud.store, &session, id).await?;
            Ok(HttpResponse::Created().json(Node::new(cloud.store.node(&made).await?, true)))
        }
        Err(StoreError::NameTaken) if body.existing == Existing::Use => {
            let row = cloud
                .store
                .child(&access, name.as_str())
                .await?
                .filter(|row| row.is_folder)
                .ok_or(ApiError::NameTaken)?;
            Ok(HttpResponse::Ok().json(Node::new(row, true)))
        }
        Err(error) => Err(error.into()),
    }
}
