//! Administration of the providers of identities. A secret is written and never read back; the map from groups to roles cannot name
//! a role that administers anything (T-17).

use std::collections::BTreeMap;

use actix_web::{HttpResponse, web};
use carrel_ids::{ProviderId, RoleId};
use serde::{Deserialize, Serialize};
use url::Url;
use utoipa::ToSchema;

use super::SECRET_PURPOSE;
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{ManageSettings, Permission, SystemAccess, held_for_good, refuse_recovered},
    store::{ProviderRow, StoreError},
};

const MAX_NAME: usize = 64;
const MAX_TEXT: usize = 512;
const MAX_SCOPES: usize = 20;
const MAX_MAPPED: usize = 200;

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AdminProviders {
    items: Vec<AdminProvider>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AdminProvider {
    id: ProviderId,
    name: String,
    issuer: String,
    client_id: String,
    scopes: Vec<String>,
    /// Absent when groups give nothing.
    group_claim: Option<String>,
    group_roles: Vec<GroupRole>,
    /// People whom nobody knows yet become users at their first sign-in.
    make_users: bool,
    enabled: bool,
}

/// Whoever is in the group at the provider has the role here.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GroupRole {
    group: String,
    role_id: RoleId,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewProvider {
    name: String,
    /// As the provider writes it: `https://…`.
    issuer: String,
    client_id: String,
    /// Absent for a client without one.
    client_secret: Option<String>,
    #[serde(default = "usual_scopes")]
    scopes: Vec<String>,
    group_claim: Option<String>,
    #[serde(default)]
    group_roles: Vec<GroupRole>,
    #[serde(default)]
    make_users: bool,
    #[serde(default = "yes")]
    enabled: bool,
}

/// Absent members stay as they are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangedProvider {
    name: Option<String>,
    /// Cannot be changed: another issuer's people are other people.
    issuer: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    scopes: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    group_claim: Option<Option<String>>,
    group_roles: Option<Vec<GroupRole>>,
    make_users: Option<bool>,
    enabled: Option<bool>,
}

fn usual_scopes() -> Vec<String> {
    ["openid", "profile", "email"].map(str::to_owned).to_vec()
}

fn yes() -> bool {
    true
}

/// `null` is another thing than nothing.
fn present<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(value).map(Some)
}

impl From<ProviderRow> for AdminProvider {
    fn from(row: ProviderRow) -> Self {
        let group_role = |(group, role_id)| GroupRole { group, role_id };
        Self {
            id: row.id,
            name: row.name,
            issuer: row.issuer,
            client_id: row.client_id,
            scopes: row.scopes.split(' ').filter(|scope| !scope.is_empty()).map(str::to_owned).collect(),
            group_claim: (!row.group_claim.is_empty()).then_some(row.group_claim),
            group_roles: row.group_roles.into_iter().map(group_role).collect(),
            make_users: row.make_users,
            enabled: row.enabled,
        }
    }
}

/// All providers.
#[utoipa::path(get, path = "/api/v1/admin/identity-providers", tag = "administration", responses(
    (status = 200, body = AdminProviders), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn list_providers(
    access: SystemAccess<ManageSettings>,
    cloud: web::Data<Cloud>,
) -> Result<HttpResponse, ApiError> {
    let items = cloud.store.providers(&access).await?.into_iter().map(AdminProvider::from).collect();
    Ok(HttpResponse::Ok().json(AdminProviders { items }))
}

/// Adds a provider.
#[utoipa::path(post, path = "/api/v1/admin/identity-providers", tag = "administration", request_body = NewProvider, responses(
    (status = 201, body = AdminProvider), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
    (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn create_provider(
    access: SystemAccess<ManageSettings>,
    cloud: web::Data<Cloud>,
    body: web::Json<NewProvider>,
) -> Result<HttpResponse, ApiError> {
    let new = body.into_inner();
    let row = ProviderRow {
        id: ProviderId::new(),
        name: parse_name(&new.name)?,
        issuer: parse_issuer(&cloud, &new.issuer)?,
        client_id: parse_text("client_id", &new.client_id)?,
        client_secret: seal(&cloud, new.client_secret.as_deref().unwrap_or_default())?,
        scopes: parse_scopes(&new.scopes)?,
        group_claim: parse_claim(new.group_claim.as_deref())?,
        group_roles: parse_map(new.group_roles)?,
        make_users: new.make_users,
        enabled: new.enabled,
    };
    may_make_people(&cloud, &access, &row).await?;
    let made = cloud.store.audited(&access, Action::ProviderCreate, async |w| w.create_provider(&row).await).await;
    made.map_err(|error| match error {
        StoreError::Exists => ApiError::IssuerTaken,
        error => error.into(),
    })?;
    Ok(HttpResponse::Created().json(AdminProvider::from(row)))
}

/// Changes a provider. One that is switched off ends the sessions that it began.
#[utoipa::path(patch, path = "/api/v1/admin/identity-providers/{provider_id}", tag = "administration",
    params(("provider_id" = ProviderId, Path)), request_body = ChangedProvider, responses((status = 200, body = AdminProvider),
    (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn update_provider(
    access: SystemAccess<ManageSettings>,
    cloud: web::Data<Cloud>,
    provider: web::Path<ProviderId>,
    body: web::Json<ChangedProvider>,
) -> Result<HttpResponse, ApiError> {
    let mut row = cloud.store.provider(&access, *provider).await?.ok_or(ApiError::NotFound)?;
    let change = body.into_inner();
    if change.issuer.is_some_and(|issuer| issuer != row.issuer) {
        return Err(ApiError::IssuerInvalid("An issuer cannot be changed: add another provider."));
    }
    if let Some(name) = change.name {
        row.name = parse_name(&name)?;
    }
    if let Some(client_id) = change.client_id {
        row.client_id = parse_text("client_id", &client_id)?;
    }
    if let Some(secret) = change.client_secret {
        row.client_secret = seal(&cloud, &secret)?;
    }
    if let Some(scopes) = change.scopes {
        row.scopes = parse_scopes(&scopes)?;
    }
    if let Some(claim) = change.group_claim {
        row.group_claim = parse_claim(claim.as_deref())?;
    }
    if let Some(map) = change.group_roles {
        row.group_roles = parse_map(map)?;
    }
    row.make_users = change.make_users.unwrap_or(row.make_users);
    row.enabled = change.enabled.unwrap_or(row.enabled);
    may_make_people(&cloud, &access, &row).await?;
    cloud.store.audited(&access, Action::ProviderUpdate, async |w| w.update_provider(&row).await).await?;
    Ok(HttpResponse::Ok().json(AdminProvider::from(row)))
}

/// Deletes a provider, with the identities that people linked, the roles that it gave and the sessions that it began.
#[utoipa::path(delete, path = "/api/v1/admin/identity-providers/{provider_id}", tag = "administration",
    params(("provider_id" = ProviderId, Path)), responses((status = 204), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn delete_provider(
    access: SystemAccess<ManageSettings>,
    cloud: web::Data<Cloud>,
    provider: web::Path<ProviderId>,
) -> Result<HttpResponse, ApiError> {
    cloud.store.audited(&access, Action::ProviderDelete, async |w| w.delete_provider(*provider).await).await?;
    cloud.known_providers.forget(*provider).await;
    Ok(HttpResponse::NoContent().finish())
}

/// Whoever lets a provider make people and give roles could do so themselves: nobody grants what they do not hold.
async fn may_make_people(
    cloud: &Cloud,
    access: &SystemAccess<ManageSettings>,
    row: &ProviderRow,
) -> Result<(), ApiError> {
    if row.make_users || !row.group_roles.is_empty() {
        refuse_recovered(&cloud.store, access, Action::ProviderUpdate).await?;
    }
    // For good: what a provider does would outlive an emergency.
    let held = held_for_good(&cloud.store, access).await?;
    let makes = !row.make_users || held.contain(Permission::UserManage);
    let gives = row.group_roles.is_empty() || held.contain(Permission::RoleManage);
    if makes && gives { Ok(()) } else { Err(ApiError::GrantsMoreThanHeld) }
}

fn seal(cloud: &Cloud, secret: &str) -> Result<Vec<u8>, ApiError> {
    if secret.len() > MAX_TEXT {
        return Err(ApiError::field("client_secret", format!("A secret has up to {MAX_TEXT} bytes.")));
    }
    cloud.at_rest.seal(SECRET_PURPOSE, secret.as_bytes()).map_err(ApiError::internal)
}

fn parse_name(text: &str) -> Result<String, ApiError> {
    let name = text.trim();
    if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
        return Err(ApiError::field(
            "name",
            format!("A name has 1 to {MAX_NAME} characters, without control characters."),
        ));
    }
    Ok(name.to_owned())
}

fn parse_text(field: &'static str, text: &str) -> Result<String, ApiError> {
    if text.is_empty() || text.len() > MAX_TEXT || text.chars().any(char::is_control) {
        return Err(ApiError::field(field, format!("This has 1 to {MAX_TEXT} bytes, without control characters.")));
    }
    Ok(text.to_owned())
}

/// An address that this program may ask, kept letter by letter as it was written: it is compared with what the provider says.
fn parse_issuer(cloud: &Cloud, text: &str) -> Result<String, ApiError> {
    const FORM: &str = "The issuer is an address like https://id.example.org, without a query.";
    if text.len() > MAX_TEXT || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(ApiError::IssuerInvalid(FORM));
    }
    let url = Url::parse(text).map_err(|_| ApiError::IssuerInvalid(FORM))?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(ApiError::IssuerInvalid(FORM));
    }
    let refused = "Carrel may not ask this address: it needs https on port 443 and a public name, or a place in CARREL_OUTGOING_ALLOW.";
    cloud.config.outgoing.check(&url).map_err(|_| ApiError::IssuerInvalid(refused))?;
    Ok(text.to_owned())
}

fn parse_scopes(scopes: &[String]) -> Result<String, ApiError> {
    let fits = |scope: &String| {
        !scope.is_empty()
            && scope.len() <= 128
            && scope.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\')
    };
    if scopes.len() > MAX_SCOPES || !scopes.iter().all(fits) {
        return Err(ApiError::field("scopes", format!("Scopes are up to {MAX_SCOPES} words.")));
    }
    Ok(scopes.join(" "))
}

fn parse_claim(claim: Option<&str>) -> Result<String, ApiError> {
    match claim.unwrap_or_default() {
        "" => Ok(String::new()),
        claim => parse_text("group_claim", claim),
    }
}

fn parse_map(map: Vec<GroupRole>) -> Result<BTreeMap<String, RoleId>, ApiError> {
    let (count, mut roles) = (map.len(), BTreeMap::new());
    for GroupRole { group, role_id } in map {
        roles.insert(parse_text("group_roles", &group)?, role_id);
    }
    if count > MAX_MAPPED || roles.len() != count {
        return Err(ApiError::field("group_roles", format!("The list names up to {MAX_MAPPED} groups, each once.")));
    }
    Ok(roles)
}
