//! PUT: a new file, or a new version of one. Without a condition it overwrites, as WebDAV has it; nothing is lost by that, because
//! the version before stays.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    web,
};
use carrel_ids::VersionId;

use super::{Dav, DavError, request::Spot};
use crate::{
    api_error::ApiError,
    audit::Action,
    content::{ContentError, ReceiveLimits},
    store::{NewContent, Origin, StoreError},
};

/// How often a save that lost a race looks again.
const TRIES: usize = 5;

pub(crate) async fn put(dav: Dav, payload: web::Payload) -> Result<HttpResponse, DavError> {
    let href = dav.path.href(false);
    store(dav, payload).await.map_err(|error| error.of(&href))
}

async fn store(dav: Dav, payload: web::Payload) -> Result<HttpResponse, DavError> {
    // RFC 9110, 14.5: half a file must not become a whole one.
    if dav.request.headers().contains_key(header::CONTENT_RANGE) {
        return Err(DavError::bad("a part of a file cannot be put"));
    }
    let spot = dav.locate().await?;
    dav.check(&spot).await?;
    // Nobody's bytes travel before the right to put them here is proved.
    match &spot {
        Spot::Found(access) => drop(dav.writing(access.node()).await?),
        Spot::Free { folder, .. } => drop(dav.writing(folder.node()).await?),
        Spot::Missing => return Err(DavError::CONFLICT),
        Spot::Virtual => return Err(DavError::FORBIDDEN),
    }
    let seen = match &spot {
        Spot::Found(access) => Some(file(&dav, access).await?),
        _ => None,
    };
    let content = receive(&dav, payload).await?;
    // With a condition, only what was looked at is replaced; without, whatever is there by then.
    let bound =
        !dav.conditions.is_empty() || dav.header("if-match")?.is_some() || dav.header("if-none-match")?.is_some();
    let mut spot = spot;
    let mut expected = seen;
    for _ in 0..TRIES {
        match place(&dav, &spot, expected, content).await? {
            Err(StoreError::VersionChanged | StoreError::NameTaken | StoreError::NotFound) if !bound => {}
            Err(StoreError::VersionChanged | StoreError::NameTaken) => return Err(DavError::PRECONDITION),
            Err(error) => return Err(error.into()),
            Ok((version, made)) => {
                let status = if made { StatusCode::CREATED } else { StatusCode::NO_CONTENT };
                return Ok(HttpResponse::build(status)
                    .insert_header((header::ETAG, format!("\"{version}\"")))
                    .finish());
            }
        }
        spot = dav.locate().await?;
        expected = match &spot {
            Spot::Found(access) => Some(file(&dav, access).await?),
            Spot::Free { .. } => None,
            Spot::Missing | Spot::Virtual => return Err(DavError::CONFLICT),
        };
    }
    Err(ApiError::Busy.into())
}

/// The version of the file that is there.
async fn file(dav: &Dav, access: &crate::authz::FileAccess<crate::authz::Read>) -> Result<VersionId, DavError> {
    let version = dav.cloud.store.node(access).await?.version;
    version.map(|version| version.id).ok_or(DavError::Status(StatusCode::METHOD_NOT_ALLOWED))
}

/// Saves the content where it belongs; its version, and whether it is a new file.
async fn place(
    dav: &Dav,
    spot: &Spot,
    expected: Option<VersionId>,
    content: NewContent,
) -> Result<Result<(VersionId, bool), StoreError>, DavError> {
    let store = &dav.cloud.store;
    Ok(match (spot, expected) {
        (Spot::Found(access), Some(expected)) => {
            let access = dav.writing(access.node()).await?;
            let saved = store
                .audited(&access, Action::FileSave, async |w| {
                    w.save_version(expected, content, None, Origin::Upload).await
                })
                .await;
            saved.map(|version| (version, false))
        }
        (Spot::Free { folder, name }, _) => {
            let access = dav.writing(folder.node()).await?;
            let made = store
                .audited(&access, Action::FileCreate, async |w| {
                    w.create_file(name, content, false, Origin::Upload).await
                })
                .await;
            made.map(|(_, version)| (version, true))
        }
        _ => Err(StoreError::NotFound),
    })
}

async fn receive(dav: &Dav, payload: web::Payload) -> Result<NewContent, DavError> {
    let max_size = dav.cloud.config.max_upload_bytes;
    let length = dav.header("content-length")?.map(str::parse).transpose();
    let exact_size = length.map_err(|_| DavError::bad("content-length must be a number"))?;
    if exact_size.is_some_and(|size| size > max_size) {
        return Err(ContentError::TooLarge(max_size).into());
    }
    Ok(dav.cloud.content.receive(payload, ReceiveLimits { max_size, exact_size, sha256: None }).await?)
}
