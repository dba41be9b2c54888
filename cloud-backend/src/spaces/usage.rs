//! How much every space holds and may hold, for those who look after the machine. They see no file by it.

use actix_web::{HttpResponse, web};
use carrel_ids::{SpaceId, UserId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::present::SpaceKind;
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{ManageSettings, SystemAccess, SystemTask, Target},
    people::page::{self, PageQuery},
    store::{SpaceUseRow, Store, StoreError},
};

/// The largest number that every client can read.
const MOST: i64 = (1 << 53) - 1;

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SpacesInUse {
    items: Vec<SpaceInUse>,
    /// `after` of the next page; absent on the last.
    next: Option<String>,
    /// Bytes that a space may hold which has no quota of its own; absent where there is no such limit.
    default_quota: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
struct SpaceInUse {
    id: SpaceId,
    kind: SpaceKind,
    name: String,
    /// Whose personal space it is.
    owner: Option<SpaceOwner>,
    /// Bytes of every version that is kept, also in the trash.
    used: i64,
    /// Its own, in bytes; absent where the instance's counts.
    quota: Option<i64>,
    #[serde(with = "time::serde::rfc3339::option")]
    archived_at: Option<OffsetDateTime>,
}

#[derive(Debug, Serialize, ToSchema)]
struct SpaceOwner {
    id: UserId,
    name: String,
    display_name: String,
}

impl From<SpaceUseRow> for SpaceInUse {
    fn from(row: SpaceUseRow) -> Self {
        let owner = row.owner().map(|(id, name, display)| SpaceOwner {
            id,
            name: name.to_owned(),
            display_name: display.to_owned(),
        });
        Self {
            id: row.id.into(),
            kind: if row.kind == "personal" { SpaceKind::Personal } else { SpaceKind::Team },
            owner,
            name: row.name,
            used: row.used,
            quota: row.quota,
            archived_at: row.archived_at.map(|at| at.time()),
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetQuota {
    /// Bytes; `null` for what the instance says.
    #[serde(deserialize_with = "Option::deserialize")]
    quota: Option<i64>,
}

/// Every space, with what it holds and may hold.
#[utoipa::path(get, path = "/api/v1/admin/spaces", tag = "spaces", params(PageQuery), responses(
    (status = 200, body = SpacesInUse), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn list_spaces_in_use(
    access: SystemAccess<ManageSettings>,
    cloud: web::Data<Cloud>,
    query: web::Query<PageQuery>,
) -> Result<HttpResponse, ApiError> {
    let limit = query.limit();
    let mut rows = cloud.store.use_of_spaces(&access, query.id()?, limit + 1).await?;
    let next = page::cut(&mut rows, limit).map(|row| row.id.to_string());
    let items = rows.into_iter().map(Into::into).collect();
    Ok(HttpResponse::Ok().json(SpacesInUse { items, next, default_quota: cloud.store.default_quota() }))
}

/// Sets what a space may hold.
#[utoipa::path(put, path = "/api/v1/admin/spaces/{space_id}/quota", tag = "spaces", params(("space_id" = SpaceId, Path)), request_body = SetQuota, responses(
    (status = 204), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn set_space_quota(
    access: SystemAccess<ManageSettings>,
    cloud: web::Data<Cloud>,
    space: web::Path<SpaceId>,
    body: web::Json<SetQuota>,
) -> Result<HttpResponse, ApiError> {
    if body.quota.is_some_and(|bytes| !(0..=MOST).contains(&bytes)) {
        return Err(ApiError::field("quota", "A number of bytes, from 0 on."));
    }
    cloud.store.audited(&access, Action::SpaceQuota, async |w| w.set_quota(*space, body.quota).await).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Counts anew what each space holds; how many counts were wrong. Each of those is in the log.
pub(crate) async fn count_use(store: &Store) -> Result<usize, StoreError> {
    let mut wrong = 0;
    for space in store.drifted_spaces().await? {
        let task = SystemTask::on(Target::Space(space));
        match store.audited(&task, Action::SpaceUseMend, async |w| w.mend_use(space).await).await {
            Ok(drift) => {
                tracing::warn!(%space, drift, "the count of what a space holds was wrong");
                wrong += 1;
            }
            // A change was under way at the first look.
            Err(StoreError::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(wrong)
}
