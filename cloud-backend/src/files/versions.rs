//! The versions of a file.

use actix_web::{HttpResponse, web};
use carrel_ids::VersionId;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};

use super::present::Person;
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    authz::{FileAccess, Read},
    store::VersionRow,
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct VersionsQuery {
    /// `next` of the page before.
    after: Option<i64>,
    /// 1 to 500; 100 when absent.
    limit: Option<i64>,
}

/// One saved content of a file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Version {
    id: VersionId,
    /// Counted from 1.
    number: i64,
    /// Bytes.
    size: i64,
    /// Lower-case hex.
    sha256: String,
    /// `upload`, `sync`, `editor`, `office`, `workspace`, `restore`, `copy`, `import`, or `conflict`: sent by somebody who had not
    /// seen the version before it, and kept beside that.
    origin: String,
    label: Option<String>,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    created_by: Option<Person>,
    current: bool,
    abilities: VersionAbilities,
}

/// What the asker may do; the server decides anew at each request.
#[derive(Debug, Serialize, ToSchema)]
struct VersionAbilities {
    restore: bool,
    delete: bool,
    label: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Versions {
    items: Vec<Version>,
    /// Where the next page starts; absent on the last.
    next: Option<i64>,
}

impl Version {
    /// `write`: the asker may change the file; `purge`: they may delete for good.
    pub(crate) fn new(row: VersionRow, write: bool, purge: bool) -> Self {
        Self {
            abilities: VersionAbilities { restore: write && !row.current, delete: purge && !row.current, label: write },
            label: row.label,
            id: row.id,
            number: row.number,
            size: row.size,
            sha256: hex::encode(row.sha256),
            origin: row.origin,
            created_at: row.created_at.time(),
            created_by: row.created_by.map(|(id, display_name)| Person { id, display_name }),
            current: row.current,
        }
    }
}

/// What a file held over time, newest first.
#[utoipa::path(get, path = "/api/v1/nodes/{node_id}/versions", tag = "files", params(("node_id" = carrel_ids::NodeId, Path), VersionsQuery), responses(
    (status = 200, body = Versions), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn list_versions(
    access: FileAccess<Read>,
    cloud: web::Data<Cloud>,
    query: web::Query<VersionsQuery>,
) -> Result<HttpResponse, ApiError> {
    let limit = query.limit.unwrap_or(100).clamp(1, 500);
    let mut rows = cloud.store.versions(&access, query.after, limit + 1).await?;
    let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if more {
        rows.pop();
    }
    let next = rows.last().filter(|_| more).map(|row| row.number);
    let items = rows.into_iter().map(|row| Version::new(row, access.may_write(), access.may_purge())).collect();
    Ok(HttpResponse::Ok().json(Versions { items, next }))
}
