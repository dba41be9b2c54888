//! Content comes in: a new file in a folder, or a new version of a file. Lazy: no byte is read before the right is proved.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use carrel_ids::VersionId;
use serde::Deserialize;
use utoipa::IntoParams;

use super::Node;
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{FileAccess, FileName, Write},
    content::ReceiveLimits,
    session::Session,
    store::{NewContent, NodeRow, Origin},
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PutFileQuery {
    name: String,
    /// The file can be run.
    #[serde(default)]
    executable: bool,
}

/// What the sender says must be there.
enum Precondition {
    /// `If-None-Match: *`
    Absent,
    /// `If-Match: "<version>"`
    Version(VersionId),
    None,
}

/// Puts a file into a folder: a new one, or with `If-Match` a new version of the one that is there.
#[utoipa::path(put, path = "/api/v1/nodes/{node_id}/files", tag = "files", params(("node_id" = carrel_ids::NodeId, Path), PutFileQuery,
    ("If-None-Match" = Option<String>, Header, description = "`*`: refuse when the name exists"),
    ("If-Match" = Option<String>, Header, description = "the version that is replaced"),
    ("X-Content-SHA256" = Option<String>, Header, description = "refuse other content; lower-case hex")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"), responses(
    (status = 201, body = Node), (status = 200, body = Node, description = "A new version"), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody),
    (status = 412, body = ErrorBody), (status = 413, body = ErrorBody), (status = 422, body = ErrorBody), (status = 428, body = ErrorBody), (status = 507, body = ErrorBody)))]
pub(crate) async fn put_file(
    access: FileAccess<Write>,
    session: Session,
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    query: web::Query<PutFileQuery>,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let name = FileName::parse(&query.name)?;
    let precondition = precondition(&request)?;
    // Clashes are refused before the bytes travel; the database decides again when they have.
    let existing = cloud.store.child(&access, name.as_str()).await?;
    let replaced = match (&existing, &precondition) {
        (None, Precondition::Version(_)) => return Err(ApiError::VersionChanged),
        (None, _) => None,
        (Some(_), Precondition::Absent) => return Err(ApiError::NameTaken),
        (Some(_), Precondition::None) => return Err(ApiError::PreconditionRequired),
        (Some(row), Precondition::Version(_)) if row.is_folder => return Err(ApiError::NameTaken),
        (Some(row), Precondition::Version(expected)) => Some((row.id, *expected)),
    };
    let content = receive(&cloud, &request, payload).await?;
    match replaced {
        None => {
            let who = &session.user().display_name;
            let row = cloud
                .store
                .audited(&access, Action::FileCreate, async |w| {
                    w.create_file_shown(&name, content, query.executable, Origin::Upload, who).await
                })
                .await?;
            Ok(answer(row, StatusCode::CREATED))
        }
        Some((id, expected)) => {
            let file = FileAccess::<Write>::require(&cloud.store, &session, id).await?;
            cloud
                .store
                .audited(&file, Action::FileSave, async |w| {
                    w.save_version(expected, content, None, Origin::Upload).await
                })
                .await?;
            node(&cloud, &file, StatusCode::OK).await
        }
    }
}

/// Gives a file a new version.
#[utoipa::path(put, path = "/api/v1/nodes/{node_id}/content", tag = "files", params(("node_id" = carrel_ids::NodeId, Path),
    ("If-Match" = String, Header, description = "the version that is replaced"),
    ("X-Content-SHA256" = Option<String>, Header, description = "refuse other content; lower-case hex")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"), responses(
    (status = 200, body = Node), (status = 404, body = ErrorBody), (status = 412, body = ErrorBody), (status = 413, body = ErrorBody),
    (status = 428, body = ErrorBody), (status = 507, body = ErrorBody)))]
pub(crate) async fn replace_content(
    access: FileAccess<Write>,
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let Precondition::Version(expected) = precondition(&request)? else { return Err(ApiError::PreconditionRequired) };
    let row = cloud.store.node(&access).await?;
    match row.version {
        Some(current) if current.id == expected => {}
        Some(_) => return Err(ApiError::VersionChanged),
        None => return Err(ApiError::NotFound),
    }
    let content = receive(&cloud, &request, payload).await?;
    cloud
        .store
        .audited(&access, Action::FileSave, async |w| w.save_version(expected, content, None, Origin::Upload).await)
        .await?;
    node(&cloud, &access, StatusCode::OK).await
}

async fn node(cloud: &Cloud, access: &FileAccess<Write>, status: StatusCode) -> Result<HttpResponse, ApiError> {
    Ok(answer(cloud.store.node(access).await?, status))
}

fn answer(row: NodeRow, status: StatusCode) -> HttpResponse {
    let etag = row.version.as_ref().map(|version| format!("\"{}\"", version.id));
    let mut response = HttpResponse::build(status);
    if let Some(etag) = etag {
        response.insert_header((header::ETAG, etag));
    }
    response.json(Node::new(row, true))
}

async fn receive(cloud: &Cloud, request: &HttpRequest, payload: web::Payload) -> Result<NewContent, ApiError> {
    let text = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap_or("?"));
    let exact_size = text("content-length")
        .map(str::parse)
        .transpose()
        .map_err(|_| ApiError::BadRequest("content-length must be a number".to_owned()))?;
    let max_size = cloud.config.max_upload_bytes;
    if exact_size.is_some_and(|size| size > max_size) {
        return Err(crate::content::ContentError::TooLarge(max_size).into());
    }
    let sha256 = text("x-content-sha256")
        .map(|text| {
            hex::decode(text)
                .ok()
                .and_then(|bytes| bytes.try_into().ok())
                .ok_or(ApiError::BadRequest("x-content-sha256 must be 64 hex digits".to_owned()))
        })
        .transpose()?;
    Ok(cloud.content.receive(payload, ReceiveLimits { max_size, exact_size, sha256 }).await?)
}

fn precondition(request: &HttpRequest) -> Result<Precondition, ApiError> {
    let text = |name: header::HeaderName| request.headers().get(name).map(|value| value.to_str().unwrap_or("?"));
    match (text(header::IF_NONE_MATCH), text(header::IF_MATCH)) {
        (Some("*"), None) => Ok(Precondition::Absent),
        (None, Some(etag)) => {
            let id = etag.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).and_then(|id| id.parse().ok());
            id.map(Precondition::Version)
                .ok_or_else(|| ApiError::BadRequest("If-Match must be a version's identifier in quotes".to_owned()))
        }
        (None, None) => Ok(Precondition::None),
        _ => Err(ApiError::BadRequest("send either If-None-Match: * or If-Match".to_owned())),
    }
}
