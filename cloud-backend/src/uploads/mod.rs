//! Content that comes in pieces and may take days: kept from piece to piece, a file when it is whole. Knows no protocol: who speaks one
//! stands in front of this (`tus`).
//!
//! What is acknowledged is durable. The last piece is acknowledged when the file exists: an upload that is whole and no file yet is
//! seen by nobody, and whoever lost the last answer sends that piece again.

mod body;
mod expire;
mod finish;
mod join;
mod list;
mod part;
mod watch;

use carrel_ids::{NodeId, VersionId};

pub(crate) use body::{Body, Checksum};
pub(crate) use expire::expire;
pub(crate) use finish::discard;
pub(crate) use join::join;
pub(crate) use list::{__path_list_uploads, list_uploads};
pub(crate) use part::{add, alive};
pub(crate) use watch::{Look, Watch, Watched};

use crate::{
    api_error::ApiError,
    app::Cloud,
    authz::{FileAccess, FileName, OwnAccess, Write},
    session::Session,
    store::{NewUpload, Timestamp, UploadPlace, UploadRow},
};

/// Uploads that one person may have under way.
const MOST: i64 = 2000;
/// Pieces that are written at the same time in this process; others wait.
pub(crate) const WRITERS: usize = 128;

/// Where an upload stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Progress {
    pub(crate) received: u64,
    pub(crate) expires_at: Timestamp,
    /// The file and the version that it has become.
    pub(crate) made: Option<(NodeId, VersionId)>,
}

impl Progress {
    pub(crate) fn of(row: &UploadRow) -> Self {
        Self { received: row.received, expires_at: row.expires_at, made: row.made }
    }
}

/// Begins an upload, if what it is to become could become that now.
///
/// # Errors
/// [`ApiError::NotFound`] without the right to write there, [`ApiError::NameTaken`] and [`ApiError::VersionChanged`] for a place that is
/// not as expected, [`ApiError::TooManyUploads`].
pub(crate) async fn begin(cloud: &Cloud, session: &Session, new: NewUpload) -> Result<UploadRow, ApiError> {
    match &new.place {
        Some(place) => {
            place_access(cloud, session, place).await?;
        }
        // A part has no place yet; only whoever may write files at all can have use for one.
        None if session.permissions().contain(crate::authz::Permission::FileWrite) => {}
        None => return Err(ApiError::ScopeTooSmall),
    }
    let own = OwnAccess::of(session);
    let id = cloud.store.begin_upload(&own, &new, MOST).await?.ok_or(ApiError::TooManyUploads)?;
    Ok(cloud.store.upload(&own, id).await?)
}

/// Gives one's own upload up; what has become a file stays one.
///
/// # Errors
/// As [`find`], and [`ApiError::UploadBusy`] while somebody writes to it.
pub(crate) async fn end(cloud: &Cloud, session: &Session, id: carrel_ids::UploadId) -> Result<(), ApiError> {
    let row = find(cloud, session, id).await?;
    let own = OwnAccess::of(session);
    if row.made.is_some() {
        return Ok(cloud.store.expire_upload(&own, id).await?);
    }
    let hold = cloud.store.hold_upload(&own, id, row.received, None).await?.ok_or(ApiError::UploadBusy)?;
    discard(cloud, &hold).await
}

/// The right to what an upload becomes: to the folder for a new file, to the file for a new version of it.
async fn place_access(cloud: &Cloud, session: &Session, place: &UploadPlace) -> Result<FileAccess<Write>, ApiError> {
    let folder = FileAccess::<Write>::require(&cloud.store, session, place.folder).await?;
    let there = cloud.store.child(&folder, &place.name).await?;
    match (there, place.expected) {
        (None, None) => {
            // What is no folder holds nothing.
            if cloud.store.node(&folder).await?.is_folder { Ok(folder) } else { Err(ApiError::NotFound) }
        }
        (Some(_), None) => Err(ApiError::NameTaken),
        (Some(row), Some(expected)) if row.version.as_ref().is_some_and(|now| now.id == expected) => {
            Ok(FileAccess::<Write>::require(&cloud.store, session, row.id).await?)
        }
        (_, Some(_)) => Err(ApiError::VersionChanged),
    }
}

/// One's own upload as it is now.
///
/// # Errors
/// [`ApiError::NotFound`] for others' and none; [`ApiError::UploadGone`] when its time is over.
pub(crate) async fn find(cloud: &Cloud, session: &Session, id: carrel_ids::UploadId) -> Result<UploadRow, ApiError> {
    let row = cloud.store.upload(&OwnAccess::of(session), id).await?;
    if row.expires_at < Timestamp::now() { Err(ApiError::UploadGone) } else { Ok(row) }
}

/// The name was valid when the upload began.
fn name_of(place: &UploadPlace) -> Result<FileName, ApiError> {
    Ok(FileName::parse(&place.name)?)
}
