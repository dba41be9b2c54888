//! Roles: what there is to give, and roles of one's own making.

use actix_web::{HttpResponse, web};
use carrel_ids::RoleId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{parse_name, parse_text};
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{
        FactorPolicy, FactorRule, GrantedPermissions, Holder, ManageRoles, Permission, Permissions, RoleAccess,
        SeeRoles, SystemAccess, held_for_good,
    },
    session::Session,
    store::{RoleChange, RoleRow},
};

const MAX_GRACE_HOURS: i64 = 8760;

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PermissionList {
    items: Vec<PermissionItem>,
}

#[derive(Debug, Serialize, ToSchema)]
struct PermissionItem {
    code: Permission,
    /// Whoever asks could put it into a role.
    grantable: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Roles {
    items: Vec<AdminRole>,
}

/// A role.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AdminRole {
    id: RoleId,
    /// Absent for custom roles.
    code: Option<String>,
    name: String,
    description: String,
    permissions: Vec<Permission>,
    second_factor: FactorPolicy,
    /// How long a person may go without the second factor that the role begins to ask for.
    grace_hours: i64,
    members: i64,
    abilities: RoleAbilities,
}

/// What the interface may offer whoever asks.
#[derive(Debug, Serialize, ToSchema)]
struct RoleAbilities {
    edit: bool,
    delete: bool,
    set_policy: bool,
    /// Give it to people.
    grant: bool,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateRole {
    name: String,
    #[serde(default)]
    description: String,
    permissions: Vec<Permission>,
    second_factor: FactorPolicy,
    /// 0 to 8760.
    grace_hours: i64,
}

/// Absent members stay as they are. The system's roles keep their name and their permissions.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateRole {
    name: Option<String>,
    description: Option<String>,
    permissions: Option<Vec<Permission>>,
    second_factor: Option<FactorPolicy>,
    grace_hours: Option<i64>,
}

impl AdminRole {
    fn new(row: RoleRow, held: Permissions, for_good: Permissions) -> Self {
        let below = held.contain(Permission::RoleManage) && held.contain_all(row.permissions);
        let custom = row.code.is_none();
        Self {
            id: row.id,
            code: row.code,
            name: row.name,
            description: row.description,
            permissions: row.permissions.iter().collect(),
            second_factor: row.policy,
            grace_hours: row.grace_hours,
            members: row.members,
            abilities: RoleAbilities {
                edit: custom && below,
                delete: custom && below && row.members == 0,
                set_policy: below,
                grant: for_good.contain_all(row.permissions),
            },
        }
    }
}

fn check_grace(hours: i64) -> Result<i64, ApiError> {
    let valid = (0..=MAX_GRACE_HOURS).contains(&hours);
    if valid { Ok(hours) } else { Err(ApiError::field("grace_hours", "The time of grace is 0 to 8760 hours.")) }
}

async fn present(cloud: &Cloud, by: &impl Holder, row: RoleRow) -> Result<AdminRole, ApiError> {
    Ok(AdminRole::new(row, by.held(), held_for_good(&cloud.store, by).await?))
}

/// Every permission that there is.
#[utoipa::path(get, path = "/api/v1/admin/permissions", tag = "roles", responses(
    (status = 200, body = PermissionList), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn list_permissions(
    access: SystemAccess<ManageRoles>,
    cloud: web::Data<Cloud>,
) -> Result<HttpResponse, ApiError> {
    let for_good = held_for_good(&cloud.store, &access).await?;
    let items = Permission::ALL.iter().map(|code| PermissionItem { code: *code, grantable: for_good.contain(*code) });
    Ok(HttpResponse::Ok().json(PermissionList { items: items.collect() }))
}

/// All roles, the system's first. Also for those who let people in and give them roles that they hold themselves.
#[utoipa::path(get, path = "/api/v1/admin/roles", tag = "roles", responses(
    (status = 200, body = Roles), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn list_roles(
    access: SystemAccess<SeeRoles>,
    cloud: web::Data<Cloud>,
) -> Result<HttpResponse, ApiError> {
    let for_good = held_for_good(&cloud.store, &access).await?;
    let rows = cloud.store.roles(&access).await?;
    let items = rows.into_iter().map(|row| AdminRole::new(row, access.held(), for_good));
    Ok(HttpResponse::Ok().json(Roles { items: items.collect() }))
}

/// Makes a role of permissions that one holds.
#[utoipa::path(post, path = "/api/v1/admin/roles", tag = "roles", request_body = CreateRole, responses(
    (status = 201, body = AdminRole), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 422, body = ErrorBody), (status = 403, body = ErrorBody),
    (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(crate) async fn create_role(
    access: SystemAccess<ManageRoles>,
    cloud: web::Data<Cloud>,
    body: web::Json<CreateRole>,
) -> Result<HttpResponse, ApiError> {
    let role = RoleChange { name: parse_name(&body.name)?, description: parse_text("description", &body.description)? };
    let asked = (body.second_factor, check_grace(body.grace_hours)?);
    let permissions = GrantedPermissions::require(&cloud.store, &access, Permissions::of(&body.permissions)).await?;
    let made =
        cloud.store.audited(&access, Action::RoleCreate, async |w| w.create_role(&role, &permissions, asked).await);
    let row = cloud.store.new_role(&access, made.await?).await?;
    Ok(HttpResponse::Created().json(present(&cloud, &access, row).await?))
}

/// Changes a role. Whoever changes its permissions holds those it had and those it gets; whoever asks for less of its members may
/// also change the instance's settings.
#[utoipa::path(patch, path = "/api/v1/admin/roles/{role_id}", tag = "roles", params(("role_id" = RoleId, Path)), request_body = UpdateRole, responses(
    (status = 200, body = AdminRole), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 422, body = ErrorBody), (status = 403, body = ErrorBody),
    (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(crate) async fn update_role(
    session: Session,
    cloud: web::Data<Cloud>,
    id: web::Path<RoleId>,
    body: web::Json<UpdateRole>,
) -> Result<HttpResponse, ApiError> {
    let access = RoleAccess::require(&cloud.store, &session, *id).await?;
    let old = cloud.store.role(&access).await?;
    let content_changes = body.name.is_some() || body.description.is_some() || body.permissions.is_some();
    if old.code.is_some() && content_changes {
        let reason = "the system's roles keep their name and their permissions";
        return Err(ApiError::BadRequest(reason.to_owned()));
    }
    let role = RoleChange {
        name: parse_name(body.name.as_deref().unwrap_or(&old.name))?,
        description: parse_text("description", body.description.as_deref().unwrap_or(&old.description))?,
    };
    let rule = if body.second_factor.is_some() || body.grace_hours.is_some() {
        let grace_hours = check_grace(body.grace_hours.unwrap_or(old.grace_hours))?;
        let asked = (body.second_factor.unwrap_or(old.policy), grace_hours);
        Some(FactorRule::require(&cloud.store, &access, (old.policy, old.grace_hours), asked).await?)
    } else {
        None
    };
    let permissions = match &body.permissions {
        Some(wanted) => Some(GrantedPermissions::require(&cloud.store, &access, Permissions::of(wanted)).await?),
        None => None,
    };
    cloud
        .store
        .audited(&access, Action::RoleUpdate, async |w| {
            w.update_role(&role, permissions.as_ref()).await?;
            match &rule {
                Some(rule) => w.change_rule(rule).await,
                None => Ok(()),
            }
        })
        .await?;
    let row = cloud.store.role(&access).await?;
    Ok(HttpResponse::Ok().json(present(&cloud, &access, row).await?))
}

/// Removes a role that nobody has.
#[utoipa::path(delete, path = "/api/v1/admin/roles/{role_id}", tag = "roles", params(("role_id" = RoleId, Path)), responses(
    (status = 204), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
    (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(crate) async fn delete_role(
    session: Session,
    cloud: web::Data<Cloud>,
    id: web::Path<RoleId>,
) -> Result<HttpResponse, ApiError> {
    let access = RoleAccess::require(&cloud.store, &session, *id).await?;
    if cloud.store.role(&access).await?.code.is_some() {
        return Err(ApiError::BadRequest("the system's roles stay".to_owned()));
    }
    cloud.store.audited(&access, Action::RoleDelete, async |w| w.delete_role().await).await?;
    Ok(HttpResponse::NoContent().finish())
}
