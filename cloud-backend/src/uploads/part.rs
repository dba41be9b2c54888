//! One request's bytes become pieces of an upload, or its end.

use std::time::Duration;

use super::{
    Body, Progress,
    body::Broken,
    finish::{finish, finish_at_once},
};
use crate::{
    api_error::ApiError,
    app::Cloud,
    authz::{FileAccess, OwnAccess, Write},
    content::{ContentError, PART, Part, PartEnd},
    session::Session,
    store::{StoreError, UploadHold, UploadRow},
};

/// How often a sign of life is given: a few fit into the time that the right to write lasts.
const ALIVE: Duration = Duration::from_secs(6);

/// Adds what the request brings, behind the bytes that are there. `length`: what the sender says now, when it was not said before.
///
/// What arrived is kept also when the rest does not: all of it, in whole pieces. Bytes with a checksum count together or not at all.
///
/// # Errors
/// [`ApiError::UploadBusy`] while somebody else adds, [`ApiError::OffsetMismatch`] when somebody else has; what the content's end can
/// fail of (see [`finish`]).
pub(crate) async fn add(
    cloud: &Cloud,
    session: &Session,
    row: UploadRow,
    length: Option<u64>,
    body: Body,
) -> Result<Progress, ApiError> {
    let own = OwnAccess::of(session);
    if let Some(place) = &row.place {
        // Whoever lost the right to the folder sends nothing more into it.
        FileAccess::<Write>::require(&cloud.store, session, place.folder).await?;
    }
    // Before anything is held: whoever waits here keeps nobody else from the upload.
    let _turn = cloud.upload_writers.acquire().await.map_err(ApiError::internal)?;
    // A length that is reached already is written down with the file only: until then the upload is not to look as if it were one.
    let said = length.filter(|length| *length > row.received);
    let hold = match cloud.store.hold_upload(&own, row.id, row.received, said).await? {
        Some(hold) => hold,
        None => return Err(refused(cloud, &own, &row).await),
    };
    let row = UploadRow { length: row.length.or(length), ..row };
    let done = alive(cloud, &[hold], take(cloud, session, &hold, &row, body)).await;
    // What has become a file was let go with that.
    let is_file = done.as_ref().is_ok_and(|progress| progress.made.is_some());
    if !is_file && let Err(error) = cloud.store.release_upload(&hold).await {
        tracing::warn!(upload = %hold.upload, %error, "an upload stays locked for a moment");
    }
    done
}

/// Why the right to write was not to be had.
async fn refused(cloud: &Cloud, own: &OwnAccess, row: &UploadRow) -> ApiError {
    match cloud.store.upload(own, row.id).await {
        Ok(now) if now.received != row.received || now.made.is_some() => ApiError::OffsetMismatch(now.received),
        Ok(_) => ApiError::UploadBusy,
        Err(error) => error.into(),
    }
}

/// Does the work and gives signs of life meanwhile.
pub(crate) async fn alive<T>(cloud: &Cloud, holds: &[UploadHold], work: impl Future<Output = T>) -> T {
    let mut work = std::pin::pin!(work);
    loop {
        if let Ok(done) = tokio::time::timeout(ALIVE, &mut work).await {
            return done;
        }
        for hold in holds {
            if let Err(error) = cloud.store.keep_upload(hold).await {
                // If the right is lost, the next transaction says so.
                tracing::warn!(upload = %hold.upload, %error, "no sign of life could be given");
            }
        }
    }
}

async fn take(
    cloud: &Cloud,
    session: &Session,
    hold: &UploadHold,
    row: &UploadRow,
    mut body: Body,
) -> Result<Progress, ApiError> {
    let ends_as_file = row.place.is_some();
    // What is small and comes in one request needs no piece.
    if ends_as_file
        && row.received == 0
        && row.length.is_some_and(|length| length <= PART && body.promised == Some(length))
    {
        return finish_at_once(cloud, session, hold, row, body).await;
    }
    let mut progress = Progress::of(row);
    let mut uncounted: Vec<Part> = Vec::new();
    let result = loop {
        let start = uncounted.last().map_or(progress.received, |part| part.start + part.size);
        let (part, end) = match cloud.content.put_part(hold.upload, start, &mut body).await {
            Ok(taken) => taken,
            Err(error) => break Err(error.into()),
        };
        let reached = start + part.map_or(0, |part| part.size);
        uncounted.extend(part);
        // With a checksum a broken body is nothing; without one, what came is what the sender has lost already.
        let broken = body.broken();
        if let Some(broken) = broken.filter(|broken| *broken != Broken::Cut || body.has_checksum()) {
            break Err(refusal(broken, row));
        }
        let whole = ends_as_file && row.length == Some(reached);
        if whole && end == PartEnd::Done {
            break finish(cloud, session, hold, row, &uncounted).await;
        }
        if !whole && (end != PartEnd::Full || !body.has_checksum()) && !uncounted.is_empty() {
            match cloud.store.count_parts(hold, &uncounted).await {
                Ok(expires_at) => progress = Progress { received: reached, expires_at, made: None },
                Err(error) => break Err(lost(error)),
            }
            uncounted.clear();
        }
        match (end, broken) {
            (_, Some(broken)) => break Err(refusal(broken, row)),
            (PartEnd::Full, None) => {}
            (_, None) => break Ok(progress),
        }
    };
    for part in &uncounted {
        cloud.content.drop_part(hold.upload, part).await;
    }
    result
}

pub(super) fn refusal(broken: Broken, row: &UploadRow) -> ApiError {
    match broken {
        Broken::Cut => ContentError::CutOff.into(),
        Broken::TooMany => ContentError::TooLarge(row.length.unwrap_or(row.received)).into(),
        Broken::Checksum => ApiError::ChecksumMismatch,
    }
}

/// The right to write went while the bytes travelled.
pub(super) fn lost(error: StoreError) -> ApiError {
    match error {
        StoreError::NotFound => ApiError::UploadBusy,
        other => other.into(),
    }
}
