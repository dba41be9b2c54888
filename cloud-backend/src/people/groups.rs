//! Groups and who is in them.

use actix_web::{HttpResponse, web};
use carrel_ids::{GroupId, UserId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};

use super::{page, page::PageQuery, parse_name};
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{ManageUsers, SystemAccess},
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct GroupsQuery {
    /// Part of a name.
    q: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 when absent.
    limit: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Groups {
    items: Vec<Group>,
    /// `after` of the next page; absent on the last.
    next: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Group {
    id: GroupId,
    name: String,
    /// How many people are in it.
    members: i64,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GroupMembers {
    items: Vec<GroupMember>,
    /// `after` of the next page; absent on the last.
    next: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct GroupMember {
    id: UserId,
    name: String,
    display_name: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NameGroup {
    name: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NamedGroup {
    id: GroupId,
    name: String,
}

/// Whose membership a path names.
#[derive(Debug, Deserialize)]
pub(crate) struct MemberPath {
    group_id: GroupId,
    user_id: UserId,
}

/// Groups by name.
#[utoipa::path(get, path = "/api/v1/admin/groups", tag = "people", params(GroupsQuery), responses(
    (status = 200, body = Groups), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn list_groups(
    access: SystemAccess<ManageUsers>,
    cloud: web::Data<Cloud>,
    query: web::Query<GroupsQuery>,
) -> Result<HttpResponse, ApiError> {
    let limit = page::limit(query.limit);
    let (pattern, after) = (page::like(query.q.as_deref())?, page::parse_key(query.after.as_deref())?);
    let mut rows = cloud.store.groups(&access, &pattern, &after, limit + 1).await?;
    let next = page::cut(&mut rows, limit).map(|row| page::write_key(&row.name_key));
    let items = rows.into_iter().map(|row| Group {
        id: row.id.into(),
        name: row.name,
        members: row.members,
        created_at: row.created_at.time(),
    });
    Ok(HttpResponse::Ok().json(Groups { items: items.collect(), next }))
}

/// Makes a group.
#[utoipa::path(post, path = "/api/v1/admin/groups", tag = "people", request_body = NameGroup, responses(
    (status = 201, body = NamedGroup), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 422, body = ErrorBody), (status = 403, body = ErrorBody),
    (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(crate) async fn create_group(
    access: SystemAccess<ManageUsers>,
    cloud: web::Data<Cloud>,
    body: web::Json<NameGroup>,
) -> Result<HttpResponse, ApiError> {
    let name = parse_name(&body.name)?;
    let id = cloud.store.audited(&access, Action::GroupCreate, async |w| w.create_group(name).await).await?;
    Ok(HttpResponse::Created().json(NamedGroup { id, name: name.to_owned() }))
}

/// Gives a group another name.
#[utoipa::path(patch, path = "/api/v1/admin/groups/{group_id}", tag = "people", params(("group_id" = GroupId, Path)), request_body = NameGroup, responses(
    (status = 200, body = NamedGroup), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 422, body = ErrorBody), (status = 403, body = ErrorBody),
    (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(crate) async fn rename_group(
    access: SystemAccess<ManageUsers>,
    cloud: web::Data<Cloud>,
    id: web::Path<GroupId>,
    body: web::Json<NameGroup>,
) -> Result<HttpResponse, ApiError> {
    let name = parse_name(&body.name)?;
    cloud.store.audited(&access, Action::GroupUpdate, async |w| w.rename_group(*id, name).await).await?;
    Ok(HttpResponse::Ok().json(NamedGroup { id: *id, name: name.to_owned() }))
}

/// Removes a group; the people in it stay.
#[utoipa::path(delete, path = "/api/v1/admin/groups/{group_id}", tag = "people", params(("group_id" = GroupId, Path)), responses(
    (status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn delete_group(
    access: SystemAccess<ManageUsers>,
    cloud: web::Data<Cloud>,
    id: web::Path<GroupId>,
) -> Result<HttpResponse, ApiError> {
    cloud.store.audited(&access, Action::GroupDelete, async |w| w.delete_group(*id).await).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Who is in a group, by name.
#[utoipa::path(get, path = "/api/v1/admin/groups/{group_id}/members", tag = "people", params(("group_id" = GroupId, Path), PageQuery), responses(
    (status = 200, body = GroupMembers), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn list_members(
    access: SystemAccess<ManageUsers>,
    cloud: web::Data<Cloud>,
    id: web::Path<GroupId>,
    query: web::Query<PageQuery>,
) -> Result<HttpResponse, ApiError> {
    let limit = query.limit();
    let mut rows = cloud.store.group_members(&access, *id, &query.key()?, limit + 1).await?;
    let next = page::cut(&mut rows, limit).map(|row| page::write_key(&row.name_key));
    let items =
        rows.into_iter().map(|row| GroupMember { id: row.id.into(), name: row.name, display_name: row.display_name });
    Ok(HttpResponse::Ok().json(GroupMembers { items: items.collect(), next }))
}

/// Puts somebody into a group.
#[utoipa::path(put, path = "/api/v1/admin/groups/{group_id}/members/{user_id}", tag = "people", params(("group_id" = GroupId, Path), ("user_id" = UserId, Path)), responses(
    (status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn add_member(
    access: SystemAccess<ManageUsers>,
    cloud: web::Data<Cloud>,
    path: web::Path<MemberPath>,
) -> Result<HttpResponse, ApiError> {
    let add = Action::GroupMemberAdd;
    cloud.store.audited(&access, add, async |w| w.add_to_group(path.group_id, path.user_id).await).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Takes somebody out of a group.
#[utoipa::path(delete, path = "/api/v1/admin/groups/{group_id}/members/{user_id}", tag = "people", params(("group_id" = GroupId, Path), ("user_id" = UserId, Path)), responses(
    (status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn remove_member(
    access: SystemAccess<ManageUsers>,
    cloud: web::Data<Cloud>,
    path: web::Path<MemberPath>,
) -> Result<HttpResponse, ApiError> {
    let remove = Action::GroupMemberRemove;
    cloud.store.audited(&access, remove, async |w| w.remove_from_group(path.group_id, path.user_id).await).await?;
    Ok(HttpResponse::NoContent().finish())
}
