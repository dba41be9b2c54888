//! One's own uploads that are no files yet: what a browser goes on with after it was closed.

use actix_web::{HttpResponse, web};
use carrel_ids::{NodeId, UploadId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};

use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    authz::OwnAccess,
    session::Session,
    store::UploadRow,
};

const MAX_LIMIT: i64 = 500;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListUploads {
    /// The last one of the page before.
    after: Option<UploadId>,
    /// 1 to 500; 100 without.
    limit: Option<i64>,
}

/// An upload that is under way.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Upload {
    id: UploadId,
    /// Absent for a part of another upload.
    filename: Option<String>,
    folder_id: Option<NodeId>,
    /// Bytes in all; absent when it was not said yet.
    length: Option<u64>,
    /// Bytes that are durable.
    offset: u64,
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Uploads {
    items: Vec<Upload>,
    /// Where the next page begins; absent at the end.
    next: Option<UploadId>,
}

impl From<UploadRow> for Upload {
    fn from(row: UploadRow) -> Self {
        let (folder_id, filename) = row.place.map(|place| (place.folder, place.name)).unzip();
        Self {
            id: row.id,
            filename,
            folder_id,
            length: row.length,
            offset: row.received,
            expires_at: row.expires_at.time(),
        }
    }
}

/// One's own unfinished uploads, in the order in which they began.
#[utoipa::path(get, path = "/api/v1/uploads", tag = "uploads", params(ListUploads), responses(
    (status = 200, body = Uploads), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn list_uploads(
    session: Session,
    cloud: web::Data<Cloud>,
    query: web::Query<ListUploads>,
) -> Result<HttpResponse, ApiError> {
    let limit = query.limit.unwrap_or(100);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(ApiError::field("limit", format!("A page has 1 to {MAX_LIMIT} entries.")));
    }
    let mut rows = cloud.store.uploads(&OwnAccess::of(&session), query.after, limit + 1).await?;
    let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = more.then(|| rows.last().map(|row| row.id)).flatten();
    Ok(HttpResponse::Ok().json(Uploads { items: rows.into_iter().map(Into::into).collect(), next }))
}
