//! New folders.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Node, present::Received};
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{Add, FileAccess, FileName, Write},
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

/// Makes a folder. Whoever may only add always gets a new one: a name that is taken gets a number.
#[utoipa::path(post, path = "/api/v1/nodes/{node_id}/folders", tag = "files", params(("node_id" = carrel_ids::NodeId, Path)), request_body = CreateFolder, responses(
    (status = 201, body = Node), (status = 200, body = Node, description = "It was there"), (status = 202, body = Received, description = "From an uploader"), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn create_folder(
    access: FileAccess<Add>,
    session: Session,
    cloud: web::Data<Cloud>,
    body: web::Json<CreateFolder>,
) -> Result<HttpResponse, ApiError> {
    let name = FileName::parse(&body.name)?;
    let Some(access) = access.writing() else {
        let added = cloud.store.audited(&access, Action::FolderCreate, async |w| {
            let free = w.free_name(&name).await?;
            w.create_folder(&free).await
        });
        let id = added.await.map_err(|error: StoreError| ApiError::from(error))?;
        return Ok(HttpResponse::Accepted().json(Received::new(id, &name, 0)));
    };
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
