//! The last piece is there: the content is put together, checked, and becomes a file or a version of one.

use std::cell::RefCell;

use carrel_ids::UploadId;
use futures_util::TryStreamExt as _;

use super::{Body, Look, Progress, Watch, name_of, part::refusal, place_access};
use crate::{
    api_error::ApiError,
    app::Cloud,
    audit::Action,
    authz::OwnAccess,
    content::{ContentError, Part, ReceiveLimits},
    session::Session,
    store::{Described, NewContent, Origin, UploadHold, UploadRow},
};

/// Puts the pieces together, checks them and makes the file. One pass over what is on the disk: the hash is of what will be read again.
///
/// # Errors
/// [`ApiError::ChecksumMismatch`] when the content is not what was announced: it is removed. What the place can fail of otherwise
/// ([`ApiError::NotFound`], [`ApiError::NameTaken`], [`ApiError::VersionChanged`]) leaves the upload as it was before the last piece, until
/// it expires.
pub(super) async fn finish(
    cloud: &Cloud,
    session: &Session,
    hold: &UploadHold,
    row: &UploadRow,
    last: &[Part],
) -> Result<Progress, ApiError> {
    let counted = cloud.store.upload_parts(hold).await?;
    let parts: Vec<_> = counted.into_iter().chain(last.iter().copied()).map(|part| (hold.upload, part)).collect();
    let content = match put_together(cloud, parts, limits(row), row).await {
        Err(ContentError::HashMismatch) => {
            discard(cloud, hold).await?;
            return Err(ApiError::ChecksumMismatch);
        }
        other => other?,
    };
    make(cloud, session, hold, row, content, &[]).await
}

/// The same for content that one request brings whole.
pub(super) async fn finish_at_once(
    cloud: &Cloud,
    session: &Session,
    hold: &UploadHold,
    row: &UploadRow,
    mut body: Body,
) -> Result<Progress, ApiError> {
    let (stream, look) = watch(row).over(&mut body);
    let content = cloud.content.receive(stream, limits(row)).await;
    let content = match content {
        Err(ContentError::CutOff) => {
            return Err(body.broken().map_or_else(|| ContentError::CutOff.into(), |broken| refusal(broken, row)));
        }
        Err(ContentError::HashMismatch) => {
            discard(cloud, hold).await?;
            return Err(ApiError::ChecksumMismatch);
        }
        other => (other?, described(row, &look)),
    };
    make(cloud, session, hold, row, content, &[]).await
}

/// Whoever says of when the content is keeps folders equal, and will ask for its checksums.
fn watch(row: &UploadRow) -> Watch {
    Watch { sums: row.mtime.is_some(), checksums: Vec::new() }
}

fn described(row: &UploadRow, look: &Look) -> Described {
    Described { mtime: row.mtime, sums: look.sums() }
}

fn limits(row: &UploadRow) -> ReceiveLimits {
    let length = row.length.unwrap_or(0);
    ReceiveLimits { max_size: length, exact_size: Some(length), sha256: row.sha256 }
}

/// Content out of pieces that are on the disk.
pub(super) async fn put_together(
    cloud: &Cloud,
    parts: Vec<(UploadId, Part)>,
    limits: ReceiveLimits,
    row: &UploadRow,
) -> Result<(NewContent, Described), ContentError> {
    let failed = RefCell::new(None);
    let bytes = cloud.content.read_parts(parts).map_err(|error| drop(failed.replace(Some(error))));
    let (stream, look) = watch(row).over(Box::pin(bytes));
    match cloud.content.receive(stream, limits).await {
        // Nobody cut anything off: what was on the disk could not be read.
        Err(ContentError::CutOff) => Err(failed.take().unwrap_or(ContentError::CutOff)),
        other => Ok((other?, described(row, &look))),
    }
}

/// Makes the file or the version, and ends the upload with it: one transaction, in which the right is looked at again (T-40).
pub(super) async fn make(
    cloud: &Cloud,
    session: &Session,
    hold: &UploadHold,
    row: &UploadRow,
    (content, described): (NewContent, Described),
    joined: &[UploadHold],
) -> Result<Progress, ApiError> {
    let place = row.place.as_ref().ok_or(ApiError::NotFound)?;
    let name = name_of(place)?;
    let access = place_access(cloud, session, place).await?;
    let action = if place.expected.is_some() { Action::FileSave } else { Action::FileCreate };
    cloud
        .store
        .audited(&access, action, async |w| {
            let made = match place.expected {
                None => w.create_file(&name, content, false, Origin::Upload).await?,
                Some(expected) => {
                    let node = access.node();
                    (node, w.save_version(expected, content, None, Origin::Upload).await?)
                }
            };
            w.describe_version(made.1, &described).await?;
            w.end_upload(hold, made, content.size, joined).await
        })
        .await?;
    for hold in joined.iter().chain([hold]) {
        if let Err(error) = cloud.content.drop_parts(hold.upload).await {
            // The upload's row expires, and they go with it.
            tracing::warn!(upload = %hold.upload, %error, "pieces could not be removed");
        }
    }
    let row = cloud.store.upload(&OwnAccess::of(session), hold.upload).await?;
    Ok(Progress::of(&row))
}

/// Gives an upload up: first the bytes go, then the row, so that a crash between them leaves nothing that nobody knows of.
pub(crate) async fn discard(cloud: &Cloud, hold: &UploadHold) -> Result<(), ApiError> {
    cloud.content.drop_parts(hold.upload).await?;
    Ok(cloud.store.forget_upload(hold).await?)
}
