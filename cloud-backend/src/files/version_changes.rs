//! What is done with one version of a file: bringing it back, naming it, taking it away.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use carrel_ids::{NodeId, VersionId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Node, versions::Version};
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{FileAccess, Level, Purge, Write},
    session::Session,
    store::MAX_LABEL,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateVersion {
    /// 1 to 100 characters; null takes it away. A version with a label is kept when others are thinned out.
    label: Option<String>,
}

/// Makes an earlier content the current one, as a new version.
#[utoipa::path(post, path = "/api/v1/nodes/{node_id}/versions/{version_id}/restore", tag = "files",
    params(("node_id" = NodeId, Path), ("version_id" = VersionId, Path),
    ("If-Match" = Option<String>, Header, description = "the current version; refuse when it is another")), responses(
    (status = 200, body = Node), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody), (status = 412, body = ErrorBody)))]
pub(crate) async fn restore_version(
    session: Session,
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (access, version) = of_path::<Write>(&session, &cloud, path.into_inner()).await?;
    let expected = match request.headers().get(header::IF_MATCH) {
        Some(etag) => Some(super::upload::parse_etag(etag.to_str().unwrap_or("?"))?),
        None => None,
    };
    cloud.store.audited(&access, Action::VersionRestore, async |w| w.restore_version(version, expected).await).await?;
    Ok(HttpResponse::Ok().json(Node::new(cloud.store.node(&access).await?, access.may_write())))
}

/// Gives a version a label, or takes it away.
#[utoipa::path(patch, path = "/api/v1/nodes/{node_id}/versions/{version_id}", tag = "files",
    params(("node_id" = NodeId, Path), ("version_id" = VersionId, Path)), request_body = UpdateVersion, responses(
    (status = 200, body = Version), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn update_version(
    session: Session,
    cloud: web::Data<Cloud>,
    path: web::Path<(String, String)>,
    body: web::Json<UpdateVersion>,
) -> Result<HttpResponse, ApiError> {
    let (access, version) = of_path::<Write>(&session, &cloud, path.into_inner()).await?;
    let label = body.label.as_deref().map(parse_label).transpose()?;
    cloud.store.audited(&access, Action::VersionLabel, async |w| w.label_version(version, label).await).await?;
    let row = cloud.store.version(&access.reading(), version).await?;
    Ok(HttpResponse::Ok().json(Version::new(row, access.may_write(), access.may_purge())))
}

/// Takes an earlier version away for good.
#[utoipa::path(delete, path = "/api/v1/nodes/{node_id}/versions/{version_id}", tag = "files",
    params(("node_id" = NodeId, Path), ("version_id" = VersionId, Path)), responses(
    (status = 204), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(crate) async fn delete_version(
    session: Session,
    cloud: web::Data<Cloud>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (access, version) = of_path::<Purge>(&session, &cloud, path.into_inner()).await?;
    cloud.store.audited(&access, Action::VersionDelete, async |w| w.delete_version(version).await).await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn of_path<L: Level>(
    session: &Session,
    cloud: &Cloud,
    (node, version): (String, String),
) -> Result<(FileAccess<L>, VersionId), ApiError> {
    let node: NodeId = node.parse().map_err(|_| ApiError::NotFound)?;
    let version: VersionId = version.parse().map_err(|_| ApiError::NotFound)?;
    Ok((FileAccess::require(&cloud.store, session, node).await?, version))
}

fn parse_label(text: &str) -> Result<&str, ApiError> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > MAX_LABEL || text.chars().any(char::is_control) {
        return Err(ApiError::field("label", "A label has 1 to 100 characters, all of which can be shown."));
    }
    Ok(text)
}
