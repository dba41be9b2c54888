//! What the cloud holds of a sandbox's folder, and what its volume is known to hold.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, web};
use carrel_ids::{NodeId, VersionId};
use carrel_service_auth::server::SignedJson;
use carrel_wire::{
    WorkspacePath,
    internal::{Base, ManifestEntry, ManifestFile, ManifestHead, SandboxEtag},
};

use super::{json_lines, sandbox_access};
use crate::{
    api_error::ApiError,
    app::Cloud,
    authz::{FileAccess, Read},
    store::NodeRow,
};

/// Rows of the bases that are read at once.
const PAGE: i64 = 2000;

/// Whether anything in the folder changed. Also the sign of life of a sandbox.
pub(super) async fn etag(cloud: web::Data<Cloud>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let access = sandbox_access(&cloud, &request).await?;
    let folder = FileAccess::<Read>::require_in_sandbox(&cloud.store, &access, access.folder()).await?;
    let row = cloud.store.node(&folder).await?;
    cloud.heard_of(&access).await?;
    Ok(HttpResponse::Ok().json(SandboxEtag { etag: row.etag.to_string(), abandoned: access.is_abandoned() }))
}

/// The whole tree: a head, then an entry per line, parents first.
pub(super) async fn manifest(cloud: web::Data<Cloud>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let access = sandbox_access(&cloud, &request).await?;
    let folder = FileAccess::<Read>::require_in_sandbox(&cloud.store, &access, access.folder()).await?;
    // Read before the tree: a change in between shows as a newer etag at the next look.
    let etag = cloud.store.node(&folder).await?.etag;
    let mut entries = Vec::new();
    let (mut count, mut bytes) = (0_u64, 0_u64);
    let mut paths: HashMap<NodeId, WorkspacePath> = HashMap::from([(access.folder(), WorkspacePath::root())]);
    for row in cloud.store.tree(&access).await? {
        // A path that a sandbox could not hold is left out, with all below it; names are checked when they are given, lengths
        // add up.
        let Some(parent) = row.parent.and_then(|parent| paths.get(&parent)) else { continue };
        let Ok(path) = parent.join(&row.name) else { continue };
        count += 1;
        if row.is_folder {
            paths.insert(row.id, path.clone());
        }
        let entry = manifest_entry(path, row);
        bytes += entry.file.as_ref().map_or(0, |file| file.size);
        write_line(&mut entries, &entry)?;
    }
    let mut lines = Vec::with_capacity(entries.len() + 128);
    write_line(&mut lines, &ManifestHead { etag: etag.to_string(), count, bytes })?;
    lines.extend_from_slice(&entries);
    Ok(json_lines(lines))
}

fn manifest_entry(path: WorkspacePath, row: NodeRow) -> ManifestEntry {
    let executable = row.executable;
    let size = u64::try_from(row.size).unwrap_or(0);
    let file = row.version.map(|version| ManifestFile {
        version: version.id,
        size,
        sha256: hex::encode(version.sha256),
        executable,
    });
    ManifestEntry { path, node: row.id, file }
}

/// The content of a version of a file below the folder.
pub(super) async fn version_content(cloud: web::Data<Cloud>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let access = sandbox_access(&cloud, &request).await?;
    let version: VersionId =
        request.match_info().get("version").and_then(|text| text.parse().ok()).ok_or(ApiError::NotFound)?;
    let node = cloud.store.node_of_version(&access, version).await?;
    let file = FileAccess::<Read>::require_in_sandbox(&cloud.store, &access, node).await?;
    let row = cloud.store.version(&file, version).await?;
    let size = u64::try_from(row.size).unwrap_or(0);
    if size == 0 {
        return Ok(HttpResponse::Ok().body(Vec::new()));
    }
    let stream = cloud.content.read(row.blob, None).await?;
    Ok(HttpResponse::Ok().no_chunking(size).streaming(stream))
}

/// Files as the volume last agreed with the cloud.
pub(super) async fn bases(cloud: web::Data<Cloud>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let access = sandbox_access(&cloud, &request).await?;
    let mut lines = Vec::new();
    let mut after = String::new();
    loop {
        let page = cloud.store.bases(&access, &after, PAGE).await?;
        let last = page.last().map(|(path, ..)| path.clone());
        for (path, version, sha256) in page {
            let Ok(path) = path.parse() else { continue };
            write_line(&mut lines, &Base { path, version, sha256: hex::encode(sha256) })?;
        }
        match last {
            Some(path) => after = path,
            None => return Ok(json_lines(lines)),
        }
    }
}

/// Records what was brought to the volume.
pub(super) async fn put_bases(
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    body: SignedJson<Vec<Base>>,
) -> Result<HttpResponse, ApiError> {
    let access = sandbox_access(&cloud, &request).await?;
    let rows: Option<Vec<_>> = body
        .0
        .into_iter()
        .map(|base| Some((base.path.to_string(), base.version, hex::decode(base.sha256).ok()?)))
        .collect();
    let rows = rows.ok_or_else(|| ApiError::BadRequest("a SHA-256 is 64 hex digits".to_owned()))?;
    cloud.store.put_bases(&access, &rows).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Forgets what was agreed with a volume that is no more.
pub(super) async fn forget_bases(cloud: web::Data<Cloud>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let access = sandbox_access(&cloud, &request).await?;
    cloud.store.forget_bases(&access).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn write_line(lines: &mut Vec<u8>, value: &impl serde::Serialize) -> Result<(), ApiError> {
    serde_json::to_writer(&mut *lines, value).map_err(|e| ApiError::Internal(Box::new(e)))?;
    lines.push(b'\n');
    Ok(())
}
