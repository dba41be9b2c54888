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
    store::{Described, NewContent, Origin, StoreError, UploadHold},
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
    let (content, described) = receive(&dav, payload).await?;
    settle(&dav, spot, seen, (content, described), None).await
}

/// Makes the file or the version of content that is there. `ending`: the upload that it came with, which ends with it.
pub(crate) async fn settle(
    dav: &Dav,
    spot: Spot,
    seen: Option<VersionId>,
    content: (NewContent, Described),
    ending: Option<&UploadHold>,
) -> Result<HttpResponse, DavError> {
    // With a condition, only what was looked at is replaced; without, whatever is there by then.
    let bound =
        !dav.conditions.is_empty() || dav.header("if-match")?.is_some() || dav.header("if-none-match")?.is_some();
    let mut spot = spot;
    let mut expected = seen;
    for _ in 0..TRIES {
        match place(dav, &spot, expected, &content, ending).await? {
            Err(StoreError::VersionChanged | StoreError::NameTaken | StoreError::NotFound) if !bound => {}
            Err(StoreError::VersionChanged | StoreError::NameTaken) => return Err(DavError::PRECONDITION),
            Err(error) => return Err(error.into()),
            Ok(placed) => return Ok(placed.answer(dav, &content.1)),
        }
        spot = dav.locate().await?;
        expected = match &spot {
            Spot::Found(access) => Some(file(dav, access).await?),
            Spot::Free { .. } => None,
            Spot::Missing | Spot::Virtual => return Err(DavError::CONFLICT),
        };
    }
    Err(ApiError::Busy.into())
}

/// The version of the file that is there.
pub(crate) async fn file(
    dav: &Dav,
    access: &crate::authz::FileAccess<crate::authz::Read>,
) -> Result<VersionId, DavError> {
    let version = dav.cloud.store.node(access).await?.version;
    version.map(|version| version.id).ok_or(DavError::Status(StatusCode::METHOD_NOT_ALLOWED))
}

/// What has become of content.
struct Placed {
    version: VersionId,
    is_new: bool,
    /// The node's, where a sync client asks.
    number: Option<i64>,
}

impl Placed {
    fn answer(&self, dav: &Dav, described: &Described) -> HttpResponse {
        let etag = format!("\"{}\"", self.version);
        let mut response = HttpResponse::build(if self.is_new { StatusCode::CREATED } else { StatusCode::NO_CONTENT });
        response.insert_header((header::ETAG, etag.as_str()));
        if described.mtime.is_some() {
            response.insert_header(("x-oc-mtime", "accepted"));
        }
        if let Some(number) = self.number {
            response
                .insert_header(("oc-etag", etag))
                .insert_header(("oc-fileid", dav.file_id(number)))
                .insert_header(("x-nc-ownerid", dav.session.user().name.as_str()));
        }
        if let Some(sums) = &described.sums {
            response.insert_header(("oc-checksum", format!("SHA1:{}", hex::encode(sums.sha1))));
        }
        response.finish()
    }
}

/// Saves the content where it belongs.
async fn place(
    dav: &Dav,
    spot: &Spot,
    expected: Option<VersionId>,
    (content, described): &(NewContent, Described),
    ending: Option<&UploadHold>,
) -> Result<Result<Placed, StoreError>, DavError> {
    let store = &dav.cloud.store;
    let (content, origin) = (*content, if dav.path.synced { Origin::Sync } else { Origin::Upload });
    Ok(match (spot, expected) {
        (Spot::Found(access), Some(expected)) => {
            let access = dav.writing(access.node()).await?;
            store
                .audited(&access, Action::FileSave, async |w| {
                    let node = access.node();
                    let version = w.save_version(expected, content, None, origin).await?;
                    w.describe_version(version, described).await?;
                    if let Some(hold) = ending {
                        w.end_upload(hold, (node, version), content.size, &[]).await?;
                    }
                    let number = if dav.path.synced { Some(w.node_number(node).await?) } else { None };
                    Ok(Placed { version, is_new: false, number })
                })
                .await
        }
        (Spot::Free { folder, name }, _) => {
            let access = dav.writing(folder.node()).await?;
            store
                .audited(&access, Action::FileCreate, async |w| {
                    let (node, version) = w.create_file(name, content, false, origin).await?;
                    w.describe_version(version, described).await?;
                    if let Some(hold) = ending {
                        w.end_upload(hold, (node, version), content.size, &[]).await?;
                    }
                    let number = if dav.path.synced { Some(w.node_number(node).await?) } else { None };
                    Ok(Placed { version, is_new: true, number })
                })
                .await
        }
        _ => Err(StoreError::NotFound),
    })
}

async fn receive(dav: &Dav, payload: web::Payload) -> Result<(NewContent, Described), DavError> {
    let max_size = dav.cloud.config.max_upload_bytes;
    let length = dav.header("content-length")?.map(str::parse).transpose();
    let exact_size = length.map_err(|_| DavError::bad("content-length must be a number"))?;
    if exact_size.is_some_and(|size| size > max_size) {
        return Err(ContentError::TooLarge(max_size).into());
    }
    let said = dav.said()?;
    let (stream, look) = said.check(payload);
    let received = dav.cloud.content.receive(stream, ReceiveLimits { max_size, exact_size, sha256: None }).await;
    said.end(&look, received)
}
