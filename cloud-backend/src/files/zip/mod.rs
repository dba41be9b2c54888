//! Folders and selections as one archive, made while it is sent: no part of it is ever whole in memory or on the disk. What is in it is
//! decided once, at the start; a folder that changes meanwhile gives the archive of that moment.

mod format;
mod permits;
mod plan;
mod send;

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use carrel_audit_log::json::Json;
use carrel_ids::NodeId;

pub(crate) use permits::Permits;

use super::download::attachment;
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{FileAccess, Read},
    session::Session,
    store::StoreError,
};

/// Nodes that one archive can be made of.
const MOST: usize = 500;
/// Of these, so many fit into one entry of the log.
const NAMED: usize = 250;

/// A folder with all that is in it, or a file, as a ZIP archive.
#[utoipa::path(get, path = "/api/v1/nodes/{node_id}/zip", tag = "files", params(("node_id" = carrel_ids::NodeId, Path)), responses(
    (status = 200, body = Vec<u8>, content_type = "application/zip"), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody),
    (status = 503, body = ErrorBody)))]
pub(crate) async fn zip_node(
    access: FileAccess<Read>,
    session: Session,
    cloud: web::Data<Cloud>,
) -> Result<HttpResponse, ApiError> {
    let name = cloud.store.node(&access).await?.name;
    let name = if name.is_empty() { "files" } else { &name };
    archive(&cloud, &session, &[access], name).await
}

/// Files and folders together as a ZIP archive: `node` once for each, up to 500.
#[utoipa::path(get, path = "/api/v1/zips", tag = "files", params(("node" = Vec<NodeId>, Query, description = "once for each node")), responses(
    (status = 200, body = Vec<u8>, content_type = "application/zip"), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody),
    (status = 422, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn zip_nodes(
    session: Session,
    cloud: web::Data<Cloud>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let mut nodes: Vec<NodeId> = Vec::new();
    for (key, value) in url::form_urlencoded::parse(request.query_string().as_bytes()) {
        if key != "node" {
            return Err(ApiError::BadRequest("a parameter in the address is not as expected".to_owned()));
        }
        let node = value.parse().map_err(|_| ApiError::NotFound)?;
        if !nodes.contains(&node) {
            nodes.push(node);
        }
        if nodes.len() > MOST {
            return Err(ApiError::field("node", format!("An archive can be made of {MOST} files and folders.")));
        }
    }
    if nodes.is_empty() {
        return Err(ApiError::field("node", "Name what is to be in the archive."));
    }
    let mut chosen = Vec::with_capacity(nodes.len());
    for node in nodes {
        chosen.push(FileAccess::<Read>::require(&cloud.store, &session, node).await?);
    }
    archive(&cloud, &session, &chosen, "files").await
}

async fn archive(
    cloud: &web::Data<Cloud>,
    session: &Session,
    chosen: &[FileAccess<Read>],
    name: &str,
) -> Result<HttpResponse, ApiError> {
    // T-61: an archive keeps disk and network busy for long.
    let permit = cloud.archives.take(session.user_id()).ok_or(ApiError::Busy)?;
    let plan = plan::make(cloud, chosen).await?;
    let (entries, bytes) = (plan.length.entries, plan.length.total());
    record(cloud, chosen, entries, bytes).await?;
    let stream = send::stream(cloud.content.clone(), plan, permit);
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/zip"))
        .insert_header((header::CONTENT_DISPOSITION, attachment(&format!("{name}.zip"))))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .no_chunking(bytes)
        .streaming(stream))
}

/// One entry for an archive, and one for each further space that it reaches into. Before the first byte leaves.
async fn record(cloud: &Cloud, chosen: &[FileAccess<Read>], entries: u64, bytes: u64) -> Result<(), StoreError> {
    let mut spaces: Vec<_> = chosen.iter().map(FileAccess::space_id).collect();
    spaces.sort_unstable();
    spaces.dedup();
    let number = |count: u64| Json::Integer(i64::try_from(count).unwrap_or(i64::MAX));
    for space in spaces {
        let of_space: Vec<_> = chosen.iter().filter(|access| access.space_id() == space).collect();
        for some in of_space.chunks(NAMED) {
            let Some(first) = some.first() else { continue };
            cloud
                .store
                .audited(*first, Action::FileArchive, async |w| {
                    w.detail("entries", number(entries));
                    w.detail("bytes", number(bytes));
                    if some.len() > 1 {
                        let nodes = some.iter().map(|access| access.node().to_string().into()).collect();
                        w.detail("nodes", Json::List(nodes));
                    }
                    Ok::<_, StoreError>(())
                })
                .await?;
        }
    }
    Ok(())
}
