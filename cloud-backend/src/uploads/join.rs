//! One file out of several uploads, which came side by side.

use carrel_ids::UploadId;

use super::{
    Progress,
    finish::{make, put_together},
    part::{alive, lost},
};
use crate::{
    api_error::ApiError,
    app::Cloud,
    authz::OwnAccess,
    content::{ContentError, ReceiveLimits},
    session::Session,
    store::{UploadHold, UploadRow},
};

/// Makes `row`'s file out of the uploads, one behind the other. They are gone afterwards.
///
/// # Errors
/// [`ApiError::NotFound`] for others' uploads and such that have a place of their own, [`ApiError::UploadBusy`] while one of them is
/// written to, [`ApiError::BadRequest`] when one is not whole, [`ApiError::ChecksumMismatch`] when the result is not what was announced.
pub(crate) async fn join(
    cloud: &Cloud,
    session: &Session,
    row: &UploadRow,
    parts: &[UploadId],
) -> Result<Progress, ApiError> {
    let own = OwnAccess::of(session);
    let mut holds = Vec::with_capacity(parts.len() + 1);
    let done = async {
        let hold = hold(cloud, &own, row).await?;
        holds.push(hold);
        let mut length: u64 = 0;
        for id in parts {
            let part = cloud.store.upload(&own, *id).await?;
            if part.place.is_some() {
                return Err(ApiError::NotFound);
            }
            if part.length != Some(part.received) {
                return Err(ApiError::BadRequest("one of the uploads is not whole yet".to_owned()));
            }
            length = length.saturating_add(part.received);
            holds.push(self::hold(cloud, &own, &part).await?);
        }
        let max_size = cloud.config.max_upload_bytes;
        if length > max_size {
            return Err(ContentError::TooLarge(max_size).into());
        }
        let held = holds.clone();
        alive(cloud, &held, put_in_order(cloud, session, row, &held, length)).await
    }
    .await;
    for hold in &holds {
        if let Err(error) = cloud.store.release_upload(hold).await {
            tracing::warn!(upload = %hold.upload, %error, "an upload stays locked for a moment");
        }
    }
    done
}

async fn hold(cloud: &Cloud, own: &OwnAccess, row: &UploadRow) -> Result<UploadHold, ApiError> {
    cloud.store.hold_upload(own, row.id, row.received, None).await?.ok_or(ApiError::UploadBusy)
}

/// `held`: the upload that becomes the file, then its parts in their order.
async fn put_in_order(
    cloud: &Cloud,
    session: &Session,
    row: &UploadRow,
    held: &[UploadHold],
    length: u64,
) -> Result<Progress, ApiError> {
    let Some((whole, parts)) = held.split_first() else { return Err(ApiError::NotFound) };
    let mut pieces = Vec::new();
    for part in parts {
        pieces
            .extend(cloud.store.upload_parts(part).await.map_err(lost)?.into_iter().map(|piece| (part.upload, piece)));
    }
    let limits = ReceiveLimits { max_size: length, exact_size: Some(length), sha256: row.sha256 };
    let content = match put_together(cloud, pieces, limits, row).await {
        Err(ContentError::HashMismatch) => return Err(ApiError::ChecksumMismatch),
        other => other?,
    };
    make(cloud, session, whole, row, content, parts).await
}
