//! Content comes in: a new file in a folder, or a new version of a file. Lazy: no byte is read before the right is proved, and none of what
//! the space has no room for.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use carrel_ids::VersionId;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{Node, present::Received};
use crate::{
    api_error::{ApiError, ErrorBody, Shortage},
    app::Cloud,
    audit::Action,
    authz::{Add, FileAccess, FileName, Level, Write},
    content::ReceiveLimits,
    keeping::collector::naming,
    session::Session,
    store::{Kept, NewContent, NodeRow, Origin, StoreError, Writer},
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

/// Puts a file into a folder: a new one, or with `If-Match` a new version of the one that is there. Whoever may only add gets one and the
/// same answer whatever the folder holds: a name that is taken gets a number.
#[utoipa::path(put, path = "/api/v1/nodes/{node_id}/files", tag = "files", params(("node_id" = carrel_ids::NodeId, Path), PutFileQuery,
    ("If-None-Match" = Option<String>, Header, description = "`*`: refuse when the name exists"),
    ("If-Match" = Option<String>, Header, description = "the version that is replaced"),
    ("X-Content-SHA256" = Option<String>, Header, description = "refuse other content; lower-case hex")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"), responses(
    (status = 201, body = Node), (status = 200, body = Node, description = "A new version"), (status = 202, body = Received, description = "From an uploader"), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody),
    (status = 412, body = ErrorBody, description = "Another version is current. What was sent is kept: `carrel-version-id` names it"), (status = 413, body = ErrorBody), (status = 422, body = ErrorBody), (status = 428, body = ErrorBody), (status = 507, body = ErrorBody)))]
pub(crate) async fn put_file(
    access: FileAccess<Add>,
    session: Session,
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    query: web::Query<PutFileQuery>,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let name = FileName::parse(&query.name)?;
    let precondition = precondition(&request)?;
    let Some(access) = access.writing() else {
        return add(&access, &cloud, &request, &query, (name, precondition), payload).await;
    };
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
    let content = receive(&access, &cloud, &request, payload).await?;
    match replaced {
        None => {
            let who = &session.user().display_name;
            let row = naming(&cloud, async || {
                let create = async |w: &mut Writer<'_, _>| {
                    w.create_file_shown(&name, content, query.executable, Origin::Upload, who).await
                };
                cloud.store.audited(&access, Action::FileCreate, create).await
            })
            .await?;
            cloud.recents.note(session.user_id(), row.id).await;
            Ok(answer(row, StatusCode::CREATED))
        }
        Some((id, expected)) => {
            let file = FileAccess::<Write>::require(&cloud.store, &session, id).await?;
            save(&cloud, &file, expected, content).await
        }
    }
}

/// A file from somebody who sees nothing of the folder.
async fn add(
    access: &FileAccess<Add>,
    cloud: &Cloud,
    request: &HttpRequest,
    query: &PutFileQuery,
    (name, precondition): (FileName, Precondition),
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    // They have seen no version, whichever they name.
    if let Precondition::Version(_) = precondition {
        return Err(ApiError::VersionChanged);
    }
    let content = receive(access, cloud, request, payload).await.map_err(ApiError::without_numbers)?;
    let added = cloud.store.audited(access, Action::FileCreate, async |w| {
        let free = w.free_name(&name).await?;
        w.create_file(&free, content, query.executable, Origin::Upload).await
    });
    let (id, _) = added.await.map_err(|error: StoreError| ApiError::from(error).without_numbers())?;
    Ok(HttpResponse::Accepted().json(Received::new(id, &name, content.size)))
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
    if cloud.store.node(&access).await?.is_folder {
        return Err(ApiError::NotFound);
    }
    let content = receive(&access, &cloud, &request, payload).await?;
    save(&cloud, &access, expected, content).await
}

/// Makes the content the file's next version, if the current one is `expected`. Otherwise the sender has not seen what they would
/// replace (T-52): both stay, and the answer names the version that holds what they sent. Sending once more what the file holds
/// already is no conflict (RFC 9110, 13.1.1): the answer to the first time was lost.
async fn save(
    cloud: &Cloud,
    file: &FileAccess<Write>,
    expected: VersionId,
    content: NewContent,
) -> Result<HttpResponse, ApiError> {
    if let Some(user) = file.user() {
        cloud.recents.note(user, file.node()).await;
    }
    let saved = naming(cloud, async || {
        let save = async |w: &mut Writer<'_, _>| w.save_version(expected, content, None, Origin::Upload).await;
        cloud.store.audited(file, Action::FileSave, save).await
    })
    .await;
    match saved {
        Ok(_) => return node(cloud, file, StatusCode::OK).await,
        Err(StoreError::VersionChanged) => {}
        Err(error) => return Err(error.into()),
    }
    if cloud.store.node(file).await?.version.is_some_and(|current| current.sha256 == content.sha256) {
        return node(cloud, file, StatusCode::OK).await;
    }
    let kept = naming(cloud, async || {
        let keep = async |w: &mut Writer<'_, _>| w.keep_beside(content).await;
        cloud.store.audited(file, Action::VersionConflict, keep).await
    })
    .await?;
    match kept {
        Kept::Current => node(cloud, file, StatusCode::OK).await,
        Kept::Beside(version) => Err(ApiError::KeptBeside(version)),
    }
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

async fn receive<L: Level>(
    access: &FileAccess<L>,
    cloud: &Cloud,
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<NewContent, ApiError> {
    let text = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap_or("?"));
    let exact_size = text("content-length")
        .map(str::parse)
        .transpose()
        .map_err(|_| ApiError::BadRequest("content-length must be a number".to_owned()))?;
    let max_size = cloud.config.max_upload_bytes;
    if exact_size.is_some_and(|size| size > max_size) {
        return Err(crate::content::ContentError::TooLarge(max_size).into());
    }
    let needed = exact_size.map_or(0, |size| i64::try_from(size).unwrap_or(i64::MAX));
    if let Some(free) = access.room().filter(|free| *free < needed) {
        return Err(ApiError::QuotaExceeded(Some(Shortage { free, needed })));
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
        (None, Some(etag)) => parse_etag(etag).map(Precondition::Version),
        (None, None) => Ok(Precondition::None),
        _ => Err(ApiError::BadRequest("send either If-None-Match: * or If-Match".to_owned())),
    }
}

pub(super) fn parse_etag(etag: &str) -> Result<VersionId, ApiError> {
    let id = etag.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).and_then(|id| id.parse().ok());
    id.ok_or_else(|| ApiError::BadRequest("If-Match must be a version's identifier in quotes".to_owned()))
}
