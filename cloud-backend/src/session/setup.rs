//! The first administrator: only while no user exists, only with the link that the start printed.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use time::Duration;
use utoipa::ToSchema;

use super::{
    begin::{begun, carried},
    extract::request_context,
    lifetimes,
    profile::parse_profile,
    secrets,
    strength::parse_password,
};
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{Factor, FirstAdministrator, Proof as _, Role, SystemTask, Target},
    store::{Limit, NewSession, NewUser, RefreshTokens, SessionMethod, Store, StoreError},
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
    (status = 201, body = super::me::Me), (status = 401, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn complete_setup(
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    body: web::Json<CompleteSetup>,
) -> Result<HttpResponse, ApiError> {
    if let Err(wait) = cloud.store.take_turn("setup", TRIES).await? {
        return Err(ApiError::wait(wait));
    }
    // T-09: unknown, expired and used links take the same path and the same time.
    let valid = cloud.store.setup_link().await?.unwrap_or_else(|| vec![0; 32]);
    let given = secrets::hash_secret(&body.token);
    let proof = FirstAdministrator::with_link(request_context(&request));
    if !bool::from(valid.as_slice().ct_eq(given.as_slice())) {
        return Err(refuse(&cloud, &proof).await);
    }
    let profile = parse_profile(&body.name, &body.display_name, &body.language)?;
    parse_password(&body.password, &[profile.0, profile.1])?;
    let hash = cloud.passwords.hash(&body.password).await?;
    let tokens = RefreshTokens::new().map_err(ApiError::internal)?;
    // Whoever installs the instance starts with every role; others get them singly.
    let roles = [Role::Administrator, Role::Auditor, Role::Member].map(Role::id);
    let session = NewSession {
        tokens: &tokens,
        method: SessionMethod::Invitation,
        factor: Factor::None,
        stay: false,
        lifetimes: lifetimes::of(false),
        known_device: false,
        provider: None,
        carried: carried(&cloud, &request),
    };
    let done = cloud
        .store
        .audited(&proof, Action::SetupComplete, async |w| {
            let user = NewUser {
                name: profile.0,
                display_name: profile.1,
                language: profile.2,
                email: None,
                service: false,
                password_hash: Some(&hash),
                roles: &roles,
            };
            w.complete_setup(&given, &user, &session).await
        })
        .await;
    let user = match done {
        Ok(user) => user,
        // Somebody else was quicker with the same link, or made a user on the machine.
        Err(StoreError::NotFound) => return Err(refuse(&cloud, &proof).await),
        Err(error) => return Err(error.into()),
    };
    let device = cloud.devices.issue(user).map_err(ApiError::internal)?;
    let mut response = begun(&cloud, &request, &tokens, false, device).await?.answer(&cloud).await?;
    *response.status_mut() = actix_web::http::StatusCode::CREATED;
    Ok(response)
}

async fn refuse(cloud: &Cloud, proof: &FirstAdministrator) -> ApiError {
    match cloud.store.record_denial(proof.actor(), Action::SetupComplete, proof.target(), "setup").await {
        Ok(()) => ApiError::LinkInvalid,
        Err(error) => error.into(),
    }
}
