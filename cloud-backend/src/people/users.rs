//! People and service accounts: the list, one of them, new ones, changes.

use actix_web::{HttpRequest, HttpResponse, web};
use carrel_ids::{RoleId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{NewLink, page, password_resets::VALID, person::AdminUser};
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{ManageUsers, PersonAccess, RoleGrant, SystemAccess},
    session::profile::{parse_display_name, parse_email, parse_profile},
    store::{NewUser, PeopleFilter, StoreError},
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PeopleQuery {
    /// Part of a name, a display name or an address.
    q: Option<String>,
    /// Absent for all that are not deleted.
    #[param(inline)]
    state: Option<UserState>,
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 when absent.
    limit: Option<i64>,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum UserState {
    Active,
    Disabled,
    Deleted,
}

impl UserState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
            Self::Deleted => "deleted",
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct People {
    items: Vec<AdminUser>,
    /// `after` of the next page; absent on the last.
    next: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum UserKind {
    Person,
    /// Nobody signs in as it; programs use its tokens.
    Service,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateUser {
    kind: UserKind,
    name: String,
    #[serde(default)]
    display_name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    role_ids: Vec<RoleId>,
}

/// A new person, with the link by which they set their password.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CreatedUser {
    user: AdminUser,
    /// Works for 24 hours, once. Absent for service accounts.
    link: Option<String>,
}

/// Absent members stay as they are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateUser {
    display_name: Option<String>,
    /// Empty for none.
    email: Option<String>,
    /// All roles that the person is to have; those they have for a time stay so.
    role_ids: Option<Vec<RoleId>>,
}

/// People by name.
#[utoipa::path(get, path = "/api/v1/admin/users", tag = "people", params(PeopleQuery), responses(
    (status = 200, body = People), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn list_users(
    access: SystemAccess<ManageUsers>,
    cloud: web::Data<Cloud>,
    query: web::Query<PeopleQuery>,
) -> Result<HttpResponse, ApiError> {
    let limit = page::limit(query.limit);
    let filter = PeopleFilter {
        user: None,
        state: query.state.map_or("", UserState::as_str).to_owned(),
        pattern: page::like(query.q.as_deref())?,
        after: page::parse_key(query.after.as_deref())?,
    };
    let mut rows = cloud.store.people(&access, &filter, limit + 1).await?;
    let next = page::cut(&mut rows, limit).map(|row| page::write_key(&row.name_key));
    let items = rows.into_iter().map(|row| AdminUser::new(row, &access, access.held())).collect();
    Ok(HttpResponse::Ok().json(People { items, next }))
}

/// One person, deleted or not.
#[utoipa::path(get, path = "/api/v1/admin/users/{user_id}", tag = "people", params(("user_id" = UserId, Path)), responses(
    (status = 200, body = AdminUser), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn show_user(
    access: SystemAccess<ManageUsers>,
    cloud: web::Data<Cloud>,
    id: web::Path<UserId>,
) -> Result<HttpResponse, ApiError> {
    let row = cloud.store.person_by_id(&access, *id).await?;
    Ok(HttpResponse::Ok().json(AdminUser::new(row, &access, access.held())))
}

/// Makes a person, who sets a password by a link, or a service account.
#[utoipa::path(post, path = "/api/v1/admin/users", tag = "people", request_body = CreateUser, responses(
    (status = 201, body = CreatedUser), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
    (status = 404, body = ErrorBody), (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn create_user(
    access: SystemAccess<ManageUsers>,
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    body: web::Json<CreateUser>,
) -> Result<HttpResponse, ApiError> {
    let (name, display_name, language) = parse_profile(&body.name, &body.display_name, "en")?;
    let email = parse_email(&body.email)?;
    let roles = RoleGrant::for_newcomer(&cloud.store, &access, &body.role_ids).await?;
    let service = body.kind == UserKind::Service;
    let link = if service { None } else { Some(NewLink::new(&cloud, &request, "reset")?) };
    let user = NewUser { name, display_name, language, email, service, password_hash: None, roles: &[] };
    let made = cloud
        .store
        .audited(&access, Action::UserCreate, async |w| {
            let id = w.create_person(&user, &roles).await?;
            if let Some(link) = &link {
                w.link_new_person(id, &link.hash, VALID).await?;
                if let (Some(email), Some(head)) = (email, w.letterhead()) {
                    let letter = head.password_reset(language, display_name, &link.path, w.now().plus(VALID));
                    w.queue_mail(email, &letter).await?;
                }
            }
            Ok::<_, StoreError>(id)
        })
        .await;
    let id = made.map_err(|error| match error {
        StoreError::Exists => ApiError::NameTaken,
        error => error.into(),
    })?;
    let user = AdminUser::new(cloud.store.person_by_id(&access, id).await?, &access, access.held());
    let body = CreatedUser { user, link: link.map(|link| link.address()) };
    Ok(HttpResponse::Created().insert_header(("cache-control", "no-store")).json(body))
}

/// Changes a person and their roles.
#[utoipa::path(patch, path = "/api/v1/admin/users/{user_id}", tag = "people", params(("user_id" = UserId, Path)), request_body = UpdateUser, responses(
    (status = 200, body = AdminUser), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
    (status = 404, body = ErrorBody), (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn update_user(
    access: PersonAccess,
    cloud: web::Data<Cloud>,
    body: web::Json<UpdateUser>,
) -> Result<HttpResponse, ApiError> {
    let person = cloud.store.person(&access).await?;
    let display_name = body.display_name.as_deref().unwrap_or(&person.user.display_name);
    let display_name = parse_display_name(display_name, &person.user.name)?;
    let email = match &body.email {
        Some(email) => parse_email(email)?,
        None => person.user.email.as_deref(),
    };
    let has: Vec<_> = person.roles.iter().map(|role| role.id).collect();
    let roles = match &body.role_ids {
        Some(wanted) => RoleGrant::require(&cloud.store, &access, &has, wanted).await?,
        None => RoleGrant::default(),
    };
    let action = if roles.is_empty() { Action::UserUpdate } else { Action::UserRoles };
    cloud.store.audited(&access, action, async |w| w.update_person(display_name, email, &roles).await).await?;
    let row = cloud.store.person(&access).await?;
    Ok(HttpResponse::Ok().json(AdminUser::new(row, &access, access.held())))
}
