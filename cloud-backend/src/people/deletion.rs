//! Deleting an account for good.

use actix_web::{HttpResponse, web};
use carrel_ids::UserId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::state::refuse_own;
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{PersonAccess, Proof as _, refuse_recovered},
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeleteUser {
    /// Who takes over the person's files and the spaces that nobody else manages: an active person, and never who deletes.
    transfer_to: UserId,
}

/// Deletes an account. Its row stays as a tombstone; everything of the person goes, and somebody else gets their spaces.
#[utoipa::path(delete, path = "/api/v1/admin/users/{user_id}", tag = "people", params(("user_id" = UserId, Path)), request_body = DeleteUser, responses(
    (status = 204), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 422, body = ErrorBody), (status = 403, body = ErrorBody),
    (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(crate) async fn delete_user(
    access: PersonAccess,
    cloud: web::Data<Cloud>,
    body: web::Json<DeleteUser>,
) -> Result<HttpResponse, ApiError> {
    refuse_own(&access)?;
    // Somebody's files would go where whoever got the account back says.
    refuse_recovered(&cloud.store, &access, Action::UserDelete).await?;
    let heir = body.transfer_to;
    // Whoever manages people has no right to read others' files, and does not get it by deleting their owner.
    let valid = access.actor().user() != Some(heir) && access.user() != heir;
    if !valid || cloud.store.active_user(heir).await?.is_none_or(|user| user.service) {
        let reason = "Choose an active person: neither the one who is deleted nor yourself.";
        return Err(ApiError::field("transfer_to", reason));
    }
    cloud.store.audited(&access, Action::UserDelete, async |w| w.delete_person(heir).await).await?;
    Ok(HttpResponse::NoContent().finish())
}
