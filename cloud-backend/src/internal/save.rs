//! A file of a workspace becomes a version in the cloud. When both sides changed, both stay.

use actix_web::{HttpRequest, HttpResponse, web};
use carrel_ids::{NodeId, VersionId};
use carrel_service_auth::server::{Caller, HashedPayload};
use carrel_wire::{
    WorkspacePath,
    internal::{SaveQuery, Saved},
};

use super::{changes::folder_at, sandbox_access};
use crate::{
    api_error::ApiError,
    app::Cloud,
    audit::Action,
    authz::{FileAccess, FileName, SandboxAccess, Write},
    content::ReceiveLimits,
    store::{NewContent, Origin, StoreError, Writer},
};

/// How often a save that lost a race looks again before it gives up.
const TRIES: usize = 5;

/// Saves a file.
pub(super) async fn save_file(
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    caller: Caller,
    query: web::Query<SaveQuery>,
    payload: HashedPayload,
) -> Result<HttpResponse, ApiError> {
    let access = sandbox_access(&cloud, &request).await?;
    let name = query.path.name().ok_or(ApiError::NotFound)?;
    let name = FileName::parse(name)?;
    let limits =
        ReceiveLimits { max_size: cloud.config.max_upload_bytes, exact_size: None, sha256: Some(caller.body_sha256) };
    let content = cloud.content.receive(payload, limits).await?;
    let parent = query.path.parent().unwrap_or_else(WorkspacePath::root);
    let folder = folder_at(&cloud, &access, &parent).await?;
    let placed = place(&cloud, &access, &folder, &name, query.base, content, query.executable).await?;
    let saved_as = parent.join(placed.name.as_str()).map_err(|_| ApiError::NotFound)?;
    let sha256 = content.sha256.to_vec();
    cloud.store.put_bases(&access, &[(saved_as.to_string(), placed.version, sha256)]).await?;
    let top = FileAccess::<Write>::require_in_sandbox(&cloud.store, &access, access.folder()).await?;
    let etag = cloud.store.node(&top).await?.etag.to_string();
    Ok(HttpResponse::Ok().json(Saved {
        node: placed.node,
        version: placed.version,
        saved_as,
        conflict: placed.conflict,
        etag,
    }))
}

struct Placed {
    node: NodeId,
    version: VersionId,
    name: FileName,
    conflict: bool,
}

/// Finds where the content belongs: a new version of the file that the change was made from, a new file, or, when somebody
/// else changed it too, a file beside it that says whose it is.
async fn place(
    cloud: &Cloud,
    access: &SandboxAccess,
    folder: &FileAccess<Write>,
    name: &FileName,
    base: Option<VersionId>,
    content: NewContent,
    executable: bool,
) -> Result<Placed, ApiError> {
    for _ in 0..TRIES {
        let existing = cloud.store.child(folder, name.as_str()).await?;
        let current = existing.as_ref().and_then(|row| row.version.as_ref().map(|version| (row.id, version)));
        match (&existing, current) {
            // The same content is there: nothing to save, whoever put it there.
            (Some(row), Some((node, version))) if version.sha256 == content.sha256 && row.executable == executable => {
                return Ok(Placed { node, version: version.id, name: name.clone(), conflict: false });
            }
            // With the same content there is nothing to keep beside: the mark of a program alone is taken from whatever base.
            (Some(_), Some((node, version))) if base == Some(version.id) || version.sha256 == content.sha256 => {
                let file = FileAccess::<Write>::require_in_sandbox(&cloud.store, access, node).await?;
                let expected = version.id;
                let save = async |w: &mut Writer<'_, _>| {
                    w.detail("sandbox", access.sandbox().to_string());
                    w.save_version(expected, content, Some(executable), Origin::Workspace).await
                };
                match cloud.store.audited(&file, Action::FileSave, save).await {
                    Ok(version) => return Ok(Placed { node, version, name: name.clone(), conflict: false }),
                    // Somebody was quicker: look again.
                    Err(StoreError::VersionChanged | StoreError::NotFound) => {}
                    // Somebody keeps others from changing it: what was written is kept beside it, as where two changed it.
                    Err(StoreError::Locked) => return beside(cloud, access, folder, name, content, executable).await,
                    Err(error) => return Err(error.into()),
                }
            }
            // Not there. If the cloud had it and deleted it, the change brings it back: an edit outweighs a deletion.
            (None, _) => match create(cloud, access, folder, name, content, executable).await {
                Ok((node, version)) => return Ok(Placed { node, version, name: name.clone(), conflict: false }),
                Err(StoreError::NameTaken) => {}
                Err(error) => return Err(error.into()),
            },
            (Some(_), _) => return beside(cloud, access, folder, name, content, executable).await,
        }
    }
    Err(ApiError::VersionChanged)
}

/// Puts the content next to what is there, under a name that says whose it is.
async fn beside(
    cloud: &Cloud,
    access: &SandboxAccess,
    folder: &FileAccess<Write>,
    name: &FileName,
    content: NewContent,
    executable: bool,
) -> Result<Placed, ApiError> {
    let user = crate::authz::Proof::actor(access).user();
    let whose = match user {
        Some(user) => cloud.store.display_names(&[user]).await?.remove(&user).unwrap_or_default(),
        None => String::new(),
    };
    let whose: String = whose.chars().filter(|c| *c != '/' && !c.is_control()).take(40).collect();
    for number in 1..100 {
        let remark = if number == 1 { format!("conflict of {whose}") } else { format!("conflict of {whose} {number}") };
        let name = name.with_remark(&remark);
        match create(cloud, access, folder, &name, content, executable).await {
            Ok((node, version)) => return Ok(Placed { node, version, name, conflict: true }),
            Err(StoreError::NameTaken) => {
                // A save whose answer was lost is sent again: what it put here the first time is not put here twice.
                let there = cloud.store.child(folder, name.as_str()).await?;
                let same =
                    there.and_then(|row| row.version.filter(|v| v.sha256 == content.sha256).map(|v| (row.id, v.id)));
                if let Some((node, version)) = same {
                    return Ok(Placed { node, version, name, conflict: true });
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(ApiError::NameTaken)
}

async fn create(
    cloud: &Cloud,
    access: &SandboxAccess,
    folder: &FileAccess<Write>,
    name: &FileName,
    content: NewContent,
    executable: bool,
) -> Result<(NodeId, VersionId), StoreError> {
    let create = async |w: &mut Writer<'_, _>| {
        w.detail("sandbox", access.sandbox().to_string());
        w.create_file(name, content, executable, Origin::Workspace).await
    };
    cloud.store.audited(folder, Action::FileCreate, create).await
}
