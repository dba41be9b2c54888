//! How a program gets an app password (login flow, second version): it says that it waits, a person lets it in at the browser, it asks
//! until that is done. Neither side learns the other's secret.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use serde::Deserialize;
use serde_json::json;

use super::{
    Served,
    ocs::{Caller, OcsError},
};
use crate::{
    api_error::ApiError,
    app::Cloud,
    audit::Action,
    authz::OwnAccess,
    session::{
        browser_origin, request_context,
        secrets::{hash_secret, random_secret},
    },
    store::NewFlow,
};

/// What the sealed app password is sealed for.
pub(super) const PURPOSE: &str = "login flow";
/// Signs of what a program calls itself that are kept.
const MAX_CLIENT: usize = 64;

/// A program begins to wait.
pub(crate) async fn begin(_: Served, cloud: web::Data<Cloud>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let (poll, flow) = (random_secret().map_err(ApiError::internal)?, random_secret().map_err(ApiError::internal)?);
    let context = request_context(&request);
    let client: String = context.client.unwrap_or_default().trim().chars().take(MAX_CLIENT).collect();
    let new = NewFlow {
        poll_hash: &hash_secret(&poll),
        flow_hash: &hash_secret(&flow),
        client: if client.is_empty() { "?" } else { &client },
        address: context.address.as_deref(),
    };
    if !cloud.store.begin_flow(&new).await? {
        return Err(ApiError::TooManyRequests(60));
    }
    let origin = browser_origin(&cloud, &request);
    Ok(HttpResponse::Ok().json(json!({
        "poll": {"token": poll, "endpoint": format!("{origin}/login/v2/poll")},
        "login": format!("{origin}/login/v2/flow/{flow}"),
    })))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Poll {
    token: String,
}

/// Nothing until a person has decided; then, once, the app password.
pub(crate) async fn poll(
    _: Served,
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    form: web::Form<Poll>,
) -> Result<HttpResponse, ApiError> {
    let nothing = || HttpResponse::build(StatusCode::NOT_FOUND).json(json!([]));
    let Some((name, sealed)) = cloud.store.fetch_flow(&hash_secret(&form.token)).await? else { return Ok(nothing()) };
    let secret = cloud.at_rest.open(PURPOSE, &sealed).map_err(ApiError::internal)?;
    let secret = String::from_utf8(secret.to_vec()).map_err(ApiError::internal)?;
    let server = browser_origin(&cloud, &request);
    Ok(HttpResponse::Ok()
        .insert_header(("cache-control", "no-store"))
        .json(json!({"server": server, "loginName": name, "appPassword": secret})))
}

/// The program signs out: its own app password is worth nothing from here on.
pub(crate) async fn delete_app_password(caller: Caller, cloud: web::Data<Cloud>) -> Result<HttpResponse, OcsError> {
    let Some(token) = caller.session.token() else { return Err(caller.refuse(ApiError::ScopeTooSmall)) };
    let own = OwnAccess::of(&caller.session);
    let revoked = cloud.store.audited(&own, Action::TokenRevoke, async |w| w.revoke_token(token).await).await;
    revoked.map_err(|error| OcsError::store(&caller, error))?;
    Ok(caller.form.ok(&json!([])))
}
