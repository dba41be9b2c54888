//! New team spaces.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Space, parse_description, parse_name};
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{See, SharingAccess, SpaceAccess},
    session::Session,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateSpace {
    name: String,
    #[serde(default)]
    description: String,
}

/// Makes a team space; whoever makes it manages it.
#[utoipa::path(post, path = "/api/v1/spaces", tag = "spaces", request_body = CreateSpace, responses(
    (status = 201, body = Space), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
    (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn create_space(
    access: SharingAccess,
    session: Session,
    cloud: web::Data<Cloud>,
    body: web::Json<CreateSpace>,
) -> Result<HttpResponse, ApiError> {
    let (name, description) = (parse_name(&body.name)?, parse_description(&body.description)?);
    let made = cloud.store.audited(&access, Action::SpaceCreate, async |w| w.create_space(&name, &description).await);
    let space = SpaceAccess::<See>::require(&cloud.store, &session, made.await?).await?;
    Ok(HttpResponse::Created().json(Space::new(cloud.store.space(&space).await?, &session)))
}
