//! What the IDE backend may ask, on a listener of its own and only with a signature. Rights are derived anew at each call.

mod changes;
mod ide_sessions;
mod manifest;
mod reports;
mod revocations;
mod save;
mod volumes;

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, ResponseError as _, web};
use carrel_ids::SandboxId;
use carrel_service_auth::{request::Verifier, server::SignedService};

use crate::{
    api_error::ApiError,
    app::Cloud,
    authz::{RequestContext, SandboxAccess},
    session::request_context,
};

/// Adds the internal routes. They exist on the internal listener only (T-38).
pub(crate) fn configure(verifier: Arc<Verifier>) -> impl FnOnce(&mut web::ServiceConfig) {
    move |config| {
        let signed = SignedService::new(verifier).refuse_with(|error| {
            tracing::warn!(%error, "a service request was refused");
            ApiError::ServiceSignatureInvalid.error_response()
        });
        config.service(
            web::scope("/internal/v1")
                .wrap(signed)
                .route("/ide-sessions", web::post().to(ide_sessions::redeem))
                .route("/ide-sessions/{id}/renew", web::post().to(ide_sessions::renew))
                .route("/ide-sessions/{id}/start", web::post().to(ide_sessions::start))
                .route("/ide-sessions/{id}/stop", web::post().to(ide_sessions::stop))
                .route("/sandboxes/{id}/stop", web::post().to(reports::stop_abandoned))
                .route("/sandboxes/{id}/outcome", web::post().to(reports::report))
                .route("/sandboxes/{id}/etag", web::get().to(manifest::etag))
                .route("/sandboxes/{id}/manifest", web::get().to(manifest::manifest))
                .route("/sandboxes/{id}/versions/{version}/content", web::get().to(manifest::version_content))
                .route("/sandboxes/{id}/bases", web::get().to(manifest::bases))
                .route("/sandboxes/{id}/bases", web::post().to(manifest::put_bases))
                .route("/sandboxes/{id}/bases", web::delete().to(manifest::forget_bases))
                .route("/sandboxes/{id}/file", web::put().to(save::save_file))
                .route("/sandboxes/{id}/file", web::delete().to(changes::remove_file))
                .route("/sandboxes/{id}/folders", web::post().to(changes::make_folder))
                .route("/revocations", web::get().to(revocations::wait))
                .route("/volume-removals", web::post().to(volumes::ask_removal))
                .route("/workspaces/{id}/volume-removal", web::post().to(volumes::report_removal)),
        );
    }
}

/// The sandbox in the path and its person's right of this moment.
async fn sandbox_access(cloud: &Cloud, request: &HttpRequest) -> Result<SandboxAccess, ApiError> {
    let id: SandboxId = request.match_info().get("id").and_then(|text| text.parse().ok()).ok_or(ApiError::NotFound)?;
    Ok(SandboxAccess::require(&cloud.store, service_context(request), id).await?)
}

/// Where a service's request came from: its address is not the person's.
fn service_context(request: &HttpRequest) -> RequestContext {
    RequestContext { address: None, client: None, ..request_context(request) }
}

fn json_lines(lines: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/x-ndjson").body(lines)
}
