//! The first administrator: only while no user exists, only with the link that the start printed.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use time::Duration;
use utoipa::ToSchema;

use super::{SESSION_VALID, extract::request_context, password, secrets, sign_in};
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{FirstAdministrator, Proof as _, Role, Roles, SystemTask, Target},
    store::{Limit, NewUser, Store, StoreError},
};

/// How long the printed link works.
pub const SETUP_LINK_VALID: Duration = Duration::hours(1);
const TRIES: Limit = Limit { every: Duration::seconds(2), burst: 20 };

/// Makes a new link's secret; the one before is worthless from then on. `None` once a user exists.
///
/// # Errors
/// [`StoreError`] when the database or the system's randomness fails.
pub async fn new_setup_link(store: &Store) -> Result<Option<String>, StoreError> {
    let secret = secrets::random_secret().map_err(crate::store::PersonalError::from)?;
    let hash = secrets::hash_secret(&secret);
    let task = SystemTask::on(Target::Instance);
    match store.audited(&task, Action::SetupLink, async |w| w.put_setup_link(&hash, SETUP_LINK_VALID).await).await {
        Ok(()) => Ok(Some(secret)),
        Err(StoreError::Exists) => Ok(None),
        Err(error) => Err(error),
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SetupState {
    /// The first administrator is still to be made.
    open: bool,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CompleteSetup {
    /// From the printed link.
    token: String,
    name: String,
    display_name: String,
    password: String,
    /// `en` or `de`.
    language: String,
}

/// Whether the first administrator is still to be made.
#[utoipa::path(get, path = "/api/v1/setup", tag = "setup", responses((status = 200, body = SetupState)))]
pub(crate) async fn show_setup(cloud: web::Data<Cloud>) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(SetupState { open: !cloud.store.user_exists().await? }))
}

/// Makes the first administrator and signs them in.
#[utoipa::path(post, path = "/api/v1/setup", tag = "setup", request_body = CompleteSetup, responses(
    (status = 201, body = super::sign_in::Me), (status = 401, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn complete_setup(
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    body: web::Json<CompleteSetup>,
) -> Result<HttpResponse, ApiError> {
    if let Err(wait) = cloud.store.take_turn("setup", TRIES).await? {
        return Err(ApiError::TooManyRequests(wait.whole_seconds().max(0) + 1));
    }
    // T-09: unknown, expired and used links take the same path and the same time.
    let valid = cloud.store.setup_link().await?.unwrap_or_else(|| vec![0; 32]);
    let given = secrets::hash_secret(&body.token);
    let proof = FirstAdministrator::with_link(request_context(&request));
    if !bool::from(valid.as_slice().ct_eq(given.as_slice())) {
        return Err(refuse(&cloud, &proof).await);
    }
    let profile = parse_profile(&body.name, &body.display_name, &body.language)?;
    parse_password(&body.password)?;
    let hash = cloud.passwords.hash(&body.password).await.map_err(|e| ApiError::Internal(Box::new(e)))?;
    let secret = secrets::random_secret().map_err(|e| ApiError::Internal(Box::new(e)))?;
    // Whoever installs the instance starts with every role; others get them singly.
    let roles = Roles::new(vec![Role::Administrator, Role::Auditor, Role::Member]);
    let done = cloud
        .store
        .audited(&proof, Action::SetupComplete, async |w| {
            let user = NewUser {
                name: profile.0,
                display_name: profile.1,
                language: profile.2,
                password_hash: &hash,
                roles: &roles,
            };
            w.complete_setup(&given, &user, &secrets::hash_secret(&secret), SESSION_VALID).await
        })
        .await;
    match done {
        Ok(()) => {}
        // Somebody else was quicker with the same link, or made a user on the machine.
        Err(StoreError::NotFound) => return Err(refuse(&cloud, &proof).await),
        Err(error) => return Err(error.into()),
    }
    let mut response = sign_in::signed_in(&cloud, &request, secret).await?;
    *response.status_mut() = actix_web::http::StatusCode::CREATED;
    Ok(response)
}

async fn refuse(cloud: &Cloud, proof: &FirstAdministrator) -> ApiError {
    match cloud.store.record_denial(proof.actor(), Action::SetupComplete, proof.target(), "setup").await {
        Ok(()) => ApiError::LinkInvalid,
        Err(error) => error.into(),
    }
}

/// Name, display name and language of a person, trimmed and checked.
pub(crate) fn parse_profile<'a>(
    name: &'a str,
    display_name: &'a str,
    language: &'a str,
) -> Result<(&'a str, &'a str, &'a str), ApiError> {
    let (name, display_name) = (name.trim(), display_name.trim());
    let valid = (1..=64).contains(&name.chars().count())
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'));
    if !valid {
        return Err(ApiError::UserNameInvalid);
    }
    let display_name = if display_name.is_empty() { name } else { display_name };
    if display_name.chars().count() > 128 || display_name.chars().any(char::is_control) {
        return Err(ApiError::BadRequest(
            "The display name has up to 128 characters, without control characters.".to_owned(),
        ));
    }
    if !matches!(language, "en" | "de") {
        return Err(ApiError::BadRequest("The language is en or de.".to_owned()));
    }
    Ok((name, display_name, language))
}

pub(crate) fn parse_password(text: &str) -> Result<(), ApiError> {
    if text.chars().count() < password::MIN_CHARACTERS || text.len() > password::MAX_BYTES {
        return Err(ApiError::PasswordTooShort(password::MIN_CHARACTERS));
    }
    Ok(())
}
