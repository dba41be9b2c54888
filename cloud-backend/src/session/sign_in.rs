//! Signing in with a name and a password, seeing who one is, and signing out.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use utoipa::ToSchema;

use super::{SESSION_VALID, Session, cookie, extract::request_context, password, secrets};
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::{Action, Outcome},
    authz::{OwnAccess, ReadLog, Role, SignInAttempt},
    guard,
    store::{Limit, StoreError},
};

/// Tries per name and per address before one has to wait (security-facts 3.1 and T-01): five at once, then one each 30 s.
const PER_NAME: Limit = Limit { every: Duration::seconds(30), burst: 5 };
const PER_ADDRESS: Limit = Limit { every: Duration::seconds(3), burst: 30 };

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    name: String,
    password: String,
}

/// The signed-in person.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    user: MeUser,
    abilities: MeAbilities,
    personal_space: PersonalSpace,
    session: MeSession,
}

#[derive(Debug, Serialize, ToSchema)]
struct MeUser {
    id: carrel_ids::UserId,
    name: String,
    display_name: String,
    /// `en` or `de`.
    language: String,
    roles: Vec<Role>,
}

/// What the interface may offer; the server decides anew at each request.
#[derive(Debug, Serialize, ToSchema)]
struct MeAbilities {
    read_log: bool,
    manage_users: bool,
    use_workspaces: bool,
}

#[derive(Debug, Serialize, ToSchema)]
struct PersonalSpace {
    id: carrel_ids::SpaceId,
    root_id: carrel_ids::NodeId,
}

#[derive(Debug, Serialize, ToSchema)]
struct MeSession {
    /// Absent for tokens.
    id: Option<carrel_ids::SessionId>,
    #[serde(with = "time::serde::rfc3339::option")]
    expires_at: Option<OffsetDateTime>,
}

/// Signs in. Wrong name and wrong password get the same answer after the same work.
#[utoipa::path(post, path = "/api/v1/session", tag = "session", request_body = SignIn, responses(
    (status = 200, body = Me), (status = 401, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(crate) async fn create_session(
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    body: web::Json<SignIn>,
) -> Result<HttpResponse, ApiError> {
    let context = request_context(&request);
    if body.password.len() > password::MAX_BYTES || body.name.len() > 256 {
        return Err(ApiError::CredentialsInvalid);
    }
    let by_name = format!("sign-in/name/{}", body.name.to_lowercase());
    let by_address = format!("sign-in/address/{}", context.address.as_deref().unwrap_or("-"));
    // Charged before the password is looked at, so that guessing in parallel gains nothing. The address first: who has no more
    // turns cannot take those of a name.
    for (key, limit) in [(&by_address, PER_ADDRESS), (&by_name, PER_NAME)] {
        if let Err(wait) = cloud.store.take_turn(key, limit).await? {
            return Err(ApiError::TooManyRequests(wait.whole_seconds().max(0) + 1));
        }
    }
    let user = cloud.store.user_by_name(&body.name).await?;
    let hash = user.as_ref().filter(|user| user.active).and_then(|user| user.password_hash.as_deref());
    let right = cloud.passwords.verify(&body.password, hash).await.map_err(|e| ApiError::Internal(Box::new(e)))?;
    let verified = user.as_ref().filter(|_| right).and_then(|user| Some((user, user.password_hash.as_deref()?)));
    let Some((user, password_hash)) = verified else {
        let attempt = SignInAttempt::failed(context, user.map(|user| user.id));
        cloud
            .store
            .audited(&attempt, Action::SessionCreate, async |w| {
                w.set_outcome(Outcome::Denied);
                w.personal("name", body.name.as_str());
                Ok::<_, StoreError>(())
            })
            .await?;
        return Err(ApiError::CredentialsInvalid);
    };
    let secret = secrets::random_secret().map_err(|e| ApiError::Internal(Box::new(e)))?;
    let attempt = SignInAttempt::succeeded(context.clone(), user.id);
    cloud
        .store
        .audited(&attempt, Action::SessionCreate, async |w| {
            w.create_session(password_hash, &secrets::hash_secret(&secret), SESSION_VALID).await
        })
        .await
        .map_err(|error| match error {
            // Disabled or given another password in this moment.
            StoreError::NotFound => ApiError::CredentialsInvalid,
            error => error.into(),
        })?;
    cloud.store.refund_turns(&by_name).await?;
    signed_in(&cloud, &request, secret).await
}

/// The answer that carries the new cookie.
pub(super) async fn signed_in(
    cloud: &web::Data<Cloud>,
    request: &HttpRequest,
    secret: String,
) -> Result<HttpResponse, ApiError> {
    let row = cloud.store.session_by_token(&secrets::hash_secret(&secret)).await?.ok_or(ApiError::NotSignedIn)?;
    let session = Session::of_browser(row, request_context(request));
    let me = me(cloud, &session).await?;
    Ok(HttpResponse::Ok().cookie(cookie::issue(secret, cloud.config.is_https())).json(me))
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/v1/session", tag = "session", responses((status = 200, body = Me), (status = 401, body = ErrorBody)))]
pub(crate) async fn show_session(session: Session, cloud: web::Data<Cloud>) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(me(&cloud, &session).await?))
}

pub(super) async fn me(cloud: &Cloud, session: &Session) -> Result<Me, ApiError> {
    let user = cloud.store.active_user(session.user_id()).await?.ok_or(ApiError::NotSignedIn)?;
    let spaces = cloud.store.spaces(&OwnAccess::of(session)).await?;
    let personal = spaces.iter().find(|space| space.personal).ok_or(ApiError::NotFound)?;
    Ok(Me {
        abilities: MeAbilities {
            read_log: session.is_interactive() && user.roles.allow::<ReadLog>(),
            manage_users: session.is_interactive() && user.roles.allow::<crate::authz::ManageUsers>(),
            use_workspaces: session.is_interactive() && user.roles.use_workspaces(),
        },
        personal_space: PersonalSpace { id: personal.id, root_id: personal.root },
        session: MeSession { id: session.browser_session(), expires_at: session.expires_at },
        user: MeUser {
            id: user.id,
            name: user.name,
            display_name: user.display_name,
            language: user.language,
            roles: user.roles.as_slice().to_vec(),
        },
    })
}

/// Signs out: the session ends in the database, so every copy of the cookie is worthless.
#[utoipa::path(delete, path = "/api/v1/session", tag = "session", responses((status = 204), (status = 401, body = ErrorBody)))]
pub(crate) async fn end_session(session: Session, cloud: web::Data<Cloud>) -> Result<HttpResponse, ApiError> {
    let Some(id) = session.browser_session() else { return Err(ApiError::NotSignedIn) };
    cloud.store.audited(&OwnAccess::of(&session), Action::SessionEnd, async |w| w.end_session(id).await).await?;
    Ok(HttpResponse::NoContent().cookie(cookie::expire(cloud.config.is_https())).insert_header(guard::FORGET).finish())
}
