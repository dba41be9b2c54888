//! One's own passkeys.

use actix_web::{HttpRequest, HttpResponse, web};
use carrel_ids::PasskeyId;
use serde::Deserialize;
use utoipa::ToSchema;
use webauthn_rs::prelude::RegisterPublicKeyCredential;

use super::{parse_label, security::PasskeyView};
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{Confirmed, OwnAccess},
    factors,
    session::{SignedIn, secrets, sign_in::PasskeyOptions},
    store::StoreError,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddPasskey {
    /// What the person calls it.
    name: String,
    /// `PublicKeyCredential` as JSON (WebAuthn Level 3, `toJSON`).
    #[schema(value_type = serde_json::Value)]
    credential: Box<RegisterPublicKeyCredential>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RenamePasskey {
    name: String,
}

/// A challenge for a new passkey.
#[utoipa::path(post, path = "/api/v1/account/passkeys/options", operation_id = "new_passkey_options", tag = "account", responses(
    (status = 200, body = PasskeyOptions), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(crate) async fn passkey_options(
    SignedIn(session): SignedIn,
    cloud: web::Data<Cloud>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let confirmed = Confirmed::require(&session)?;
    let handle = cloud.store.passkey_handle(&OwnAccess::of(&session)).await?;
    let binding = secrets::hash_secret(&confirmed.session().to_string());
    let options = factors::passkey::start_registration(&cloud, &request, session.user(), handle, binding).await?;
    PasskeyOptions::answer(&options)
}

/// Adds a passkey that answers the challenge.
#[utoipa::path(post, path = "/api/v1/account/passkeys", tag = "account", request_body = AddPasskey, responses(
    (status = 201, body = PasskeyView), (status = 401, body = ErrorBody), (status = 422, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub(crate) async fn add_passkey(
    SignedIn(session): SignedIn,
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    body: web::Json<AddPasskey>,
) -> Result<HttpResponse, ApiError> {
    let confirmed = Confirmed::require(&session)?;
    let name = parse_label("name", &body.name)?;
    let binding = secrets::hash_secret(&confirmed.session().to_string());
    let (credential_id, credential) =
        factors::passkey::finish_registration(&cloud, &request, &body.credential, binding).await?;
    let id = cloud
        .store
        .audited(&confirmed, Action::PasskeyCreate, async |w| w.add_passkey(&credential_id, name, &credential).await)
        .await
        .map_err(|error| match error {
            // Somebody has this very credential: it is not one that an authenticator made for this person.
            StoreError::Exists => ApiError::PasskeyInvalid,
            error => error.into(),
        })?;
    let row = cloud.store.passkeys(session.user_id()).await?.into_iter().find(|row| row.id == id);
    Ok(HttpResponse::Created().json(PasskeyView::new(row.ok_or(ApiError::NotFound)?)))
}

/// Gives a passkey another name.
#[utoipa::path(patch, path = "/api/v1/account/passkeys/{passkey_id}", tag = "account", params(("passkey_id" = PasskeyId, Path)), request_body = RenamePasskey, responses(
    (status = 204), (status = 401, body = ErrorBody), (status = 422, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn rename_passkey(
    confirmed: Confirmed,
    cloud: web::Data<Cloud>,
    id: web::Path<PasskeyId>,
    body: web::Json<RenamePasskey>,
) -> Result<HttpResponse, ApiError> {
    let name = parse_label("name", &body.name)?;
    cloud.store.audited(&confirmed, Action::PasskeyRename, async |w| w.rename_passkey(*id, name).await).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Removes a passkey; whoever signed in elsewhere has to sign in anew.
#[utoipa::path(delete, path = "/api/v1/account/passkeys/{passkey_id}", tag = "account", params(("passkey_id" = PasskeyId, Path)), responses(
    (status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(crate) async fn remove_passkey(
    confirmed: Confirmed,
    cloud: web::Data<Cloud>,
    id: web::Path<PasskeyId>,
) -> Result<HttpResponse, ApiError> {
    cloud.store.audited(&confirmed, Action::PasskeyDelete, async |w| w.remove_passkey(*id).await).await?;
    Ok(HttpResponse::NoContent().finish())
}
