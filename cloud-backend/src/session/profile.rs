//! What a person changes of their own account.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Session, setup::parse_profile, sign_in};
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::OwnAccess,
};

/// Absent members stay as they are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateProfile {
    display_name: Option<String>,
    /// `en` or `de`.
    language: Option<String>,
}

/// Changes one's own name or language.
#[utoipa::path(patch, path = "/api/v1/session/user", tag = "session", request_body = UpdateProfile, responses(
    (status = 200, body = super::sign_in::Me), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody)))]
pub(crate) async fn update_profile(
    session: Session,
    cloud: web::Data<Cloud>,
    body: web::Json<UpdateProfile>,
) -> Result<HttpResponse, ApiError> {
    if !session.is_interactive() {
        return Err(ApiError::NotFound);
    }
    let user = session.user();
    let display_name = body.display_name.as_deref().unwrap_or(&user.display_name);
    let language = body.language.as_deref().unwrap_or(&user.language);
    let (_, display_name, language) = parse_profile(&user.name, display_name, language)?;
    cloud
        .store
        .audited(&OwnAccess::of(&session), Action::UserUpdate, async |w| {
            w.update_profile(Some(display_name), Some(language)).await
        })
        .await?;
    Ok(HttpResponse::Ok().json(sign_in::me(&cloud, &session).await?))
}
