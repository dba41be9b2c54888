//! One's own password.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::Confirmed,
    session::{Session, elevation::check_own_password, parse_password},
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangePassword {
    /// Absent only for whoever has none.
    current: Option<String>,
    new: String,
}

/// Sets another password and ends the other sessions.
#[utoipa::path(put, path = "/api/v1/account/password", tag = "account", request_body = ChangePassword, responses(
    (status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(crate) async fn change_password(
    session: Session,
    cloud: web::Data<Cloud>,
    body: web::Json<ChangePassword>,
) -> Result<HttpResponse, ApiError> {
    let confirmed = Confirmed::require(&session)?;
    let user = session.user();
    parse_password(&body.new, &[&user.name, &user.display_name])?;
    if user.password_hash.is_some() {
        check_own_password(&cloud, &session, body.current.as_deref().unwrap_or("")).await?;
    }
    let hash = cloud.passwords.hash(&body.new).await?;
    cloud.store.audited(&confirmed, Action::PasswordChange, async |w| w.change_password(&hash).await).await?;
    Ok(HttpResponse::NoContent().finish())
}
