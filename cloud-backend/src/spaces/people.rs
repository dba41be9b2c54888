//! Whom one can let into a space. T-02: nobody reads the list of people by it: two letters at least, few answers, no addresses of mail.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::members::MemberKind;
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    authz::SharingAccess,
    people::page,
    store::CandidateRow,
};

/// Least letters of a search.
const LEAST: usize = 2;
const USUAL: i64 = 20;
const MOST: i64 = 50;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PeopleQuery {
    /// Part of a name or display name: 2 to 128 characters.
    q: String,
    /// 1 to 50; 20 when absent.
    limit: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FoundPeople {
    items: Vec<FoundPerson>,
}

#[derive(Debug, Serialize, ToSchema)]
struct FoundPerson {
    kind: MemberKind,
    id: Uuid,
    name: String,
    /// Absent for groups.
    display_name: Option<String>,
}

/// Active people and groups whose name holds a text: groups first, then by name.
#[utoipa::path(get, path = "/api/v1/people", tag = "spaces", params(PeopleQuery), responses(
    (status = 200, body = FoundPeople), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
    (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn find_people(
    access: SharingAccess,
    cloud: web::Data<Cloud>,
    query: web::Query<PeopleQuery>,
) -> Result<HttpResponse, ApiError> {
    if query.q.trim().chars().count() < LEAST {
        return Err(ApiError::field("q", "A search has at least 2 characters."));
    }
    let (pattern, limit) = (page::like(Some(&query.q))?, query.limit.unwrap_or(USUAL).clamp(1, MOST));
    let groups = cloud.store.find_groups(&access, &pattern, limit).await?;
    let people = cloud.store.find_people(&access, &pattern, limit).await?;
    let of = |kind| {
        move |row: CandidateRow| FoundPerson { kind, id: row.id, name: row.name, display_name: row.display_name }
    };
    let items = groups.into_iter().map(of(MemberKind::Group)).chain(people.into_iter().map(of(MemberKind::User)));
    let items = items.take(usize::try_from(limit).unwrap_or(usize::MAX)).collect();
    Ok(HttpResponse::Ok().json(FoundPeople { items }))
}
