//! Uploads begin: empty, with their first bytes, as part of another, or put together from such parts.

use actix_web::{HttpRequest, HttpResponse, http::header, rt, web};
use carrel_ids::UploadId;

use super::{
    UPLOADS,
    answer::progress,
    headers::{Concat, Metadata, check_version, checksum, concat, is_bytes, number, text},
};
use crate::{
    api_error::{ApiError, ErrorBody, ErrorCode},
    app::Cloud,
    authz::{FileAccess, FileName, Write},
    content::ContentError,
    session::{Session, browser_origin},
    store::{NewUpload, UploadRow},
    uploads::{self, Body, Progress},
};

/// Begins an upload (tus 1.0 with the extensions that `OPTIONS` names). `Upload-Metadata` names `filename` and `folder_id`; it can name
/// `if_match` (the version that is replaced) and `sha256` (of the whole, in hex). An upload of no bytes, and one whose bytes come with
/// this request, is a file when the answer comes.
#[utoipa::path(post, path = "/api/v1/uploads", tag = "uploads", params(
    ("Tus-Resumable" = String, Header, description = "`1.0.0`"),
    ("Upload-Length" = Option<u64>, Header, description = "bytes in all"),
    ("Upload-Defer-Length" = Option<u8>, Header, description = "`1`: said later"),
    ("Upload-Metadata" = Option<String>, Header, description = "pairs of a key and Base64"),
    ("Upload-Concat" = Option<String>, Header, description = "`partial`, or `final;` and the addresses of parts"),
    ("Upload-Checksum" = Option<String>, Header, description = "of this request's bytes")),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"), responses(
    (status = 201, description = "`Location` is where the bytes go", headers(("Location" = String), ("Upload-Offset" = u64), ("Carrel-Node-Id" = String), ("Carrel-Version-Id" = String))),
    (status = 400, body = ErrorBody), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody), (status = 412, body = ErrorBody), (status = 413, body = ErrorBody),
    (status = 415, body = ErrorBody), (status = 422, body = ErrorBody), (status = 423, body = ErrorBody), (status = 429, body = ErrorBody), (status = 460, body = ErrorBody)))]
pub(crate) async fn create_upload(
    session: Session,
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    check_version(&request)?;
    let metadata = Metadata::parse(text(&request, "upload-metadata").unwrap_or(""))?;
    create(session, cloud, request, metadata, payload).await
}

/// The same for a folder that the address names, as sync clients have it: what has the name there is replaced.
pub(crate) async fn create_in(
    folder: &FileAccess<Write>,
    session: Session,
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    check_version(&request)?;
    let metadata = Metadata::parse(text(&request, "upload-metadata").unwrap_or(""))?;
    let name = FileName::parse(metadata.filename().unwrap_or(""))?;
    let there = cloud.store.child(folder, name.as_str()).await?;
    let expected = there.and_then(|row| row.version).map(|version| version.id);
    create(session, cloud, request, metadata.in_folder(folder.node(), expected), payload).await
}

async fn create(
    session: Session,
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    metadata: Metadata,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let joined = text(&request, "upload-concat").map(concat).transpose()?;
    let length = length(&cloud, &request, joined.as_ref())?;
    let promised = number(&request, "content-length")?;
    let brings_bytes = promised.unwrap_or(0) > 0 || request.headers().contains_key(header::TRANSFER_ENCODING);
    if brings_bytes && !is_bytes(&request) {
        return Err(ApiError::MediaType("application/offset+octet-stream"));
    }
    let checksum = checksum(&request)?;
    let new = NewUpload {
        place: if joined == Some(Concat::Partial) { None } else { Some(metadata.place()?) },
        sha256: metadata.sha256,
        length,
        joined: text(&request, "upload-concat").map(str::to_owned),
        mtime: metadata.mtime,
        metadata: metadata.text,
    };
    let row = uploads::begin(&cloud, &session, new).await?;
    let location = format!("{}{UPLOADS}/{}", browser_origin(&cloud, &request), row.id);
    let mut now = Progress::of(&row);
    match joined {
        Some(Concat::Final(_)) if brings_bytes => {
            give_up(&cloud, &session, &row).await;
            return Err(ApiError::FinalUpload);
        }
        Some(Concat::Final(parts)) => now = join(&cloud, session, row, parts).await?,
        _ if brings_bytes || (length == Some(0) && row.place.is_some()) => {
            let left = length.unwrap_or(cloud.config.max_upload_bytes);
            let body = if brings_bytes { Body::new(payload, promised, left, checksum) } else { Body::empty() };
            now = first_bytes(&cloud, session, row, body).await?;
        }
        _ => {}
    }
    let mut response = HttpResponse::Created();
    response.insert_header((header::LOCATION, location));
    progress(&mut response, &now);
    Ok(response.finish())
}

/// How long the upload will be, if that is said already.
fn length(cloud: &Cloud, request: &HttpRequest, joined: Option<&Concat>) -> Result<Option<u64>, ApiError> {
    let most = cloud.config.max_upload_bytes;
    let deferred = match text(request, "upload-defer-length") {
        None => false,
        Some("1") => true,
        Some(_) => return Err(ApiError::BadRequest("upload-defer-length can be 1 and nothing else".to_owned())),
    };
    match (number(request, "upload-length")?, deferred, joined) {
        (None, false, Some(Concat::Final(_))) => Ok(None),
        (_, _, Some(Concat::Final(_))) => {
            Err(ApiError::BadRequest("a final upload is as long as its parts".to_owned()))
        }
        (Some(length), false, _) if length > most => Err(ContentError::TooLarge(most).into()),
        (Some(length), false, _) => Ok(Some(length)),
        (None, true, _) => Ok(None),
        _ => Err(ApiError::BadRequest("send either upload-length or upload-defer-length".to_owned())),
    }
}

/// In a task of its own: a client that goes away does not break off what has begun. An upload that cannot become what it is to be is
/// given up, as nobody has learnt its address.
async fn first_bytes(
    cloud: &web::Data<Cloud>,
    session: Session,
    row: UploadRow,
    body: Body,
) -> Result<Progress, ApiError> {
    let cloud = cloud.clone();
    let task = rt::spawn(async move {
        let done = uploads::add(&cloud, &session, row.clone(), None, body).await;
        // What came before a cut can be found in the list of one's uploads.
        if done.as_ref().is_err_and(|error| error.code() != ErrorCode::ContentCutOff) {
            give_up(&cloud, &session, &row).await;
        }
        done
    });
    task.await.map_err(ApiError::internal)?
}

async fn join(
    cloud: &web::Data<Cloud>,
    session: Session,
    row: UploadRow,
    parts: Vec<UploadId>,
) -> Result<Progress, ApiError> {
    let cloud = cloud.clone();
    let task = rt::spawn(async move {
        let done = uploads::join(&cloud, &session, &row, &parts).await;
        if done.is_err() {
            give_up(&cloud, &session, &row).await;
        }
        done
    });
    task.await.map_err(ApiError::internal)?
}

async fn give_up(cloud: &Cloud, session: &Session, row: &UploadRow) {
    if let Err(error) = uploads::end(cloud, session, row.id).await {
        tracing::debug!(upload = %row.id, %error, "an upload that failed at its start stays until it expires");
    }
}
