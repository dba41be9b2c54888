//! A person links an identity at a provider to their own account, and takes it away again. The only way by which an account that is
//! there gets an identity (T-17).

use actix_web::{HttpRequest, HttpResponse, web};
use carrel_ids::{ProviderId, SessionId, UserId};
use time::OffsetDateTime;

use super::{
    journey::Goal,
    sign_in::{Problem, WayToProvider, see_other, send_off},
};
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{Confirmed, OwnAccess, ProviderAssertion},
    session::{Session, cookie::CookieKind, request_context},
    store::{StoreError, Timestamp},
};

/// Begins to link an identity: needs a fresh sign-in.
#[utoipa::path(post, path = "/api/v1/account/providers/{provider_id}", tag = "account", params(("provider_id" = ProviderId, Path)),
    responses((status = 200, body = WayToProvider), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
    (status = 503, body = ErrorBody)))]
pub(crate) async fn begin_link(
    session: Session,
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    provider: web::Path<ProviderId>,
) -> Result<HttpResponse, ApiError> {
    let own = Confirmed::require(&session)?;
    let goal = Goal::Link { user: own.user(), session: own.session() };
    send_off(&cloud, &request, *provider, goal).await
}

/// Takes a linked identity away: needs a fresh sign-in.
#[utoipa::path(delete, path = "/api/v1/account/providers/{provider_id}", tag = "account", params(("provider_id" = ProviderId, Path)),
    responses((status = 204), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(crate) async fn unlink(
    session: Session,
    cloud: web::Data<Cloud>,
    provider: web::Path<ProviderId>,
) -> Result<HttpResponse, ApiError> {
    let own = Confirmed::require(&session)?;
    cloud.store.audited(&own, Action::IdentityUnlink, async |w| w.unlink_identity(*provider).await).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The browser is back from the provider. It is the one that began (its cookie says so); the session that it began in must still
/// be alive.
pub(super) async fn link(
    cloud: &Cloud,
    request: &HttpRequest,
    (user, session): (UserId, SessionId),
    word: &ProviderAssertion,
    token_hash: &[u8; 32],
    expires_at: OffsetDateTime,
) -> Result<Result<HttpResponse, Problem>, ApiError> {
    let session = Session::behind(&cloud.store, session, request_context(request)).await?;
    let Some(session) = session.filter(|session| session.user_id() == user) else {
        return Ok(Err(Problem::SignInExpired));
    };
    let until = Timestamp::from(expires_at);
    let linked = cloud
        .store
        .audited(&OwnAccess::of(&session), Action::IdentityLink, async |w| {
            w.link_identity(word, token_hash, until).await
        })
        .await;
    match linked {
        Ok(()) => {
            let mut response = see_other("/account/security");
            let cookie = CookieKind::PreSignIn.expire(cloud.config.is_https());
            response.add_cookie(&cookie).map_err(ApiError::internal)?;
            Ok(Ok(response))
        }
        Err(StoreError::Exists) => Ok(Err(Problem::IdentityTaken)),
        Err(error) => Err(error.into()),
    }
}
