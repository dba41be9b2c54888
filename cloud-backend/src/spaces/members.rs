//! Who is in a space: people and groups.

use actix_web::{HttpResponse, web};
use carrel_ids::{GroupId, SpaceId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{Manage, Permission, SeeMembers, SpaceAccess, SpaceRole},
    session::Session,
};

/// What can be a member.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MemberKind {
    User,
    Group,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SpaceMembers {
    items: Vec<SpaceMember>,
}

#[derive(Debug, Serialize, ToSchema)]
struct SpaceMember {
    kind: MemberKind,
    id: Uuid,
    name: String,
    /// Absent for groups.
    display_name: Option<String>,
    role: SpaceRole,
    abilities: MemberAbilities,
}

/// What the asker may do; the server decides anew at each request.
#[derive(Debug, Serialize, ToSchema)]
struct MemberAbilities {
    change: bool,
    remove: bool,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetMember {
    role: SpaceRole,
}

#[derive(Debug, Deserialize)]
pub(crate) struct UserPath {
    #[serde(rename = "space_id")]
    _space: SpaceId,
    user_id: UserId,
}

#[derive(Debug, Deserialize)]
pub(crate) struct GroupPath {
    #[serde(rename = "space_id")]
    _space: SpaceId,
    group_id: GroupId,
}

/// Groups, then people, by name; up to 1000.
#[utoipa::path(get, path = "/api/v1/spaces/{space_id}/members", tag = "spaces", params(("space_id" = SpaceId, Path)), responses(
    (status = 200, body = SpaceMembers), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn list_space_members(
    access: SpaceAccess<SeeMembers>,
    session: Session,
    cloud: web::Data<Cloud>,
) -> Result<HttpResponse, ApiError> {
    let permitted = session.permissions().contain(Permission::ShareInternalManage);
    let may = permitted && access.role() == SpaceRole::Manager && !access.is_personal();
    let rows = cloud.store.space_members(&access).await?;
    let managers = rows.iter().filter(|row| row.manages).count();
    let items = rows.into_iter().filter_map(|row| {
        // The last manager stays.
        let may = may && !(row.manages && managers == 1);
        Some(SpaceMember {
            kind: if row.is_group { MemberKind::Group } else { MemberKind::User },
            id: row.id,
            name: row.name,
            display_name: row.display_name,
            role: SpaceRole::from_text(&row.role)?,
            abilities: MemberAbilities { change: may, remove: may },
        })
    });
    Ok(HttpResponse::Ok().json(SpaceMembers { items: items.collect() }))
}

/// Lets a person in, or gives them another role.
#[utoipa::path(put, path = "/api/v1/spaces/{space_id}/members/users/{user_id}", tag = "spaces", params(("space_id" = SpaceId, Path), ("user_id" = UserId, Path)), request_body = SetMember, responses(
    (status = 204), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(crate) async fn set_space_user(
    access: SpaceAccess<Manage>,
    cloud: web::Data<Cloud>,
    path: web::Path<UserPath>,
    body: web::Json<SetMember>,
) -> Result<HttpResponse, ApiError> {
    let set = Action::SpaceMemberSet;
    cloud.store.audited(&access, set, async |w| w.set_space_user(path.user_id, body.role).await).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Takes a person out of a space. What they may do by their groups stays.
#[utoipa::path(delete, path = "/api/v1/spaces/{space_id}/members/users/{user_id}", tag = "spaces", params(("space_id" = SpaceId, Path), ("user_id" = UserId, Path)), responses(
    (status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(crate) async fn remove_space_user(
    access: SpaceAccess<Manage>,
    cloud: web::Data<Cloud>,
    path: web::Path<UserPath>,
) -> Result<HttpResponse, ApiError> {
    let remove = Action::SpaceMemberRemove;
    cloud.store.audited(&access, remove, async |w| w.remove_space_user(path.user_id).await).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Lets a group in, or gives it another role.
#[utoipa::path(put, path = "/api/v1/spaces/{space_id}/members/groups/{group_id}", tag = "spaces", params(("space_id" = SpaceId, Path), ("group_id" = GroupId, Path)), request_body = SetMember, responses(
    (status = 204), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(crate) async fn set_space_group(
    access: SpaceAccess<Manage>,
    cloud: web::Data<Cloud>,
    path: web::Path<GroupPath>,
    body: web::Json<SetMember>,
) -> Result<HttpResponse, ApiError> {
    let set = Action::SpaceMemberSet;
    cloud.store.audited(&access, set, async |w| w.set_space_group(path.group_id, body.role).await).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Takes a group out of a space. People of it who are in the space by themselves stay.
#[utoipa::path(delete, path = "/api/v1/spaces/{space_id}/members/groups/{group_id}", tag = "spaces", params(("space_id" = SpaceId, Path), ("group_id" = GroupId, Path)), responses(
    (status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(crate) async fn remove_space_group(
    access: SpaceAccess<Manage>,
    cloud: web::Data<Cloud>,
    path: web::Path<GroupPath>,
) -> Result<HttpResponse, ApiError> {
    let remove = Action::SpaceMemberRemove;
    cloud.store.audited(&access, remove, async |w| w.remove_space_group(path.group_id).await).await?;
    Ok(HttpResponse::NoContent().finish())
}
