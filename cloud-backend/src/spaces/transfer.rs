//! Handing a space on.

use actix_web::{HttpResponse, web};
use carrel_ids::UserId;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{Manage, SpaceAccess},
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TransferSpace {
    user_id: UserId,
}

/// Makes somebody else manager; whoever asks stays as editor.
#[utoipa::path(post, path = "/api/v1/spaces/{space_id}/transfer", tag = "spaces", params(("space_id" = carrel_ids::SpaceId, Path)), request_body = TransferSpace, responses(
    (status = 204), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
    (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn transfer_space(
    access: SpaceAccess<Manage>,
    cloud: web::Data<Cloud>,
    body: web::Json<TransferSpace>,
) -> Result<HttpResponse, ApiError> {
    if body.user_id == access.user() {
        return Err(ApiError::field("user_id", "Somebody else has to take it over."));
    }
    cloud.store.audited(&access, Action::SpaceTransfer, async |w| w.transfer_space(body.user_id).await).await?;
    Ok(HttpResponse::NoContent().finish())
}
