//! Folders and deletions that a workspace brings to the cloud.

use actix_web::{HttpRequest, HttpResponse, web};
use carrel_service_auth::server::SignedJson;
use carrel_wire::{
    WorkspacePath,
    internal::{FolderEtag, MakeFolder, Removed, SaveQuery},
};

use super::sandbox_access;
use crate::{
    api_error::ApiError,
    app::Cloud,
    audit::Action,
    authz::{Delete, FileAccess, FileName, SandboxAccess, Write},
    store::{NodeRow, StoreError, TrashIf},
};

/// The folder at `path`, made with its parents where it is not there.
pub(super) async fn folder_at(
    cloud: &Cloud,
    access: &SandboxAccess,
    path: &WorkspacePath,
) -> Result<FileAccess<Write>, ApiError> {
    let mut folder = FileAccess::<Write>::require_in_sandbox(&cloud.store, access, access.folder()).await?;
    for name in path.names() {
        let name = FileName::parse(name)?;
        let id = match cloud.store.child(&folder, name.as_str()).await? {
            Some(row) if row.is_folder => row.id,
            Some(_) => return Err(ApiError::NameTaken),
            None => {
                match cloud.store.audited(&folder, Action::FolderCreate, async |w| w.create_folder(&name).await).await {
                    Ok(id) => id,
                    // Another save of the same workspace made it.
                    Err(StoreError::NameTaken) => {
                        cloud
                            .store
                            .child(&folder, name.as_str())
                            .await?
                            .filter(|row| row.is_folder)
                            .ok_or(ApiError::NameTaken)?
                            .id
                    }
                    Err(error) => return Err(error.into()),
                }
            }
        };
        folder = FileAccess::<Write>::require_in_sandbox(&cloud.store, access, id).await?;
    }
    Ok(folder)
}

/// The path with its names in the form in which the cloud keeps them; none when one of them cannot be a name in the cloud.
fn normal_form(path: &WorkspacePath) -> Option<WorkspacePath> {
    path.names().try_fold(WorkspacePath::root(), |at, name| at.join(FileName::parse(name).ok()?.as_str()).ok())
}

/// What is at `path`; none when anything on the way is missing.
async fn find(cloud: &Cloud, access: &SandboxAccess, path: &WorkspacePath) -> Result<Option<NodeRow>, ApiError> {
    let mut at = FileAccess::<Write>::require_in_sandbox(&cloud.store, access, access.folder()).await?;
    let mut found = None;
    for name in path.names() {
        let Some(row) = cloud.store.child(&at, name).await? else { return Ok(None) };
        at = FileAccess::<Write>::require_in_sandbox(&cloud.store, access, row.id).await?;
        found = Some(row);
    }
    Ok(found)
}

/// Makes a folder.
pub(super) async fn make_folder(
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    body: SignedJson<MakeFolder>,
) -> Result<HttpResponse, ApiError> {
    let access = sandbox_access(&cloud, &request).await?;
    folder_at(&cloud, &access, &body.0.path).await?;
    Ok(HttpResponse::Ok().json(FolderEtag { etag: etag(&cloud, &access).await? }))
}

/// Puts a file into the trash if it is what the workspace last saw, or a folder if nothing of it is left.
pub(super) async fn remove_file(
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    query: web::Query<SaveQuery>,
) -> Result<HttpResponse, ApiError> {
    let access = sandbox_access(&cloud, &request).await?;
    if query.path.is_root() {
        return Err(ApiError::NotFound);
    }
    let path = normal_form(&query.path);
    let found = match &path {
        Some(path) => find(&cloud, &access, path).await?,
        None => None,
    };
    let removed = match found {
        None => true,
        Some(row) => {
            let node = FileAccess::<Delete>::require_in_sandbox(&cloud.store, &access, row.id).await?;
            // Nobody's newer version goes, and no file that the workspace never saw goes with its folder.
            let condition = query.base.map_or(TrashIf::Empty, TrashIf::Version);
            let sandbox = access.sandbox().to_string();
            let trashed = cloud
                .store
                .audited(&node, Action::FileTrash, async |w| {
                    w.detail("sandbox", sandbox.as_str());
                    w.trash_node(condition).await
                })
                .await;
            match trashed {
                Ok(()) => true,
                // Changed by others, or kept by a lock: it stays.
                Err(StoreError::VersionChanged | StoreError::Locked) => false,
                Err(error) => return Err(error.into()),
            }
        }
    };
    if removed {
        cloud.store.remove_bases(&access, query.path.as_str()).await?;
        if let Some(path) = path.filter(|path| *path != query.path) {
            cloud.store.remove_bases(&access, path.as_str()).await?;
        }
    }
    Ok(HttpResponse::Ok().json(Removed { removed, etag: etag(&cloud, &access).await? }))
}

async fn etag(cloud: &Cloud, access: &SandboxAccess) -> Result<String, ApiError> {
    let top = FileAccess::<Write>::require_in_sandbox(&cloud.store, access, access.folder()).await?;
    Ok(cloud.store.node(&top).await?.etag.to_string())
}
