//! How far the log is sealed and signed, and with which key.

use actix_web::{HttpResponse, web};
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    authz::{ReadLog, SystemAccess},
};

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LogHead {
    /// Sealed entries.
    size: i64,
    /// Name of the log in its checkpoints.
    origin: String,
    /// What a verifier pins; absent while the signer has not answered yet.
    verification_key: Option<String>,
    #[serde(with = "time::serde::rfc3339::option")]
    sealed_at: Option<OffsetDateTime>,
    /// Entries that the newest signed checkpoint covers.
    signed_size: i64,
    #[serde(with = "time::serde::rfc3339::option")]
    signed_at: Option<OffsetDateTime>,
    /// Committed and not sealed yet.
    waiting: i64,
}

/// The state of the log.
#[utoipa::path(get, path = "/api/v1/audit/head", tag = "log", responses(
    (status = 200, body = LogHead), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn show_head(
    access: SystemAccess<ReadLog>,
    cloud: web::Data<Cloud>,
) -> Result<HttpResponse, ApiError> {
    let head = cloud.store.log_head(&access).await?;
    Ok(HttpResponse::Ok().json(LogHead {
        size: head.size,
        origin: cloud.config.log_origin.clone(),
        verification_key: cloud.log.verification_key().await,
        sealed_at: head.sealed_at.map(|at| at.time()),
        signed_size: head.signed_size,
        signed_at: head.signed_at.map(|at| at.time()),
        waiting: head.waiting,
    }))
}
