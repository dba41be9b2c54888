//! Whether the instance works, part by part: for load balancers, for the interface and for `carrel doctor`.

use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::LogState,
    session::Session,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PartState {
    Fine,
    /// Works, with something missing.
    Degraded,
    Missing,
}

/// One thing that the instance needs.
#[derive(Debug, Serialize, ToSchema)]
pub struct Part {
    /// For example `database`.
    pub name: String,
    pub state: PartState,
    pub detail: String,
    /// What to do when it is not fine.
    pub remedy: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    parts: Vec<Part>,
}

/// The process answers.
pub(crate) async fn healthz() -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({"status": "ok"}))
}

/// Requests can be served: the database answers and content can be stored.
pub(crate) async fn readyz(cloud: web::Data<Cloud>) -> HttpResponse {
    let parts = own_parts(&cloud).await;
    let ready = parts.iter().all(|part| part.state != PartState::Missing);
    // To strangers only whether, not why.
    let body = serde_json::json!({"status": if ready { "ready" } else { "unavailable" }});
    if ready { HttpResponse::Ok().json(body) } else { HttpResponse::ServiceUnavailable().json(body) }
}

/// The parts of the instance and what to do about those that are not fine.
#[utoipa::path(get, path = "/api/v1/system/health", tag = "system", responses((status = 200, body = Health), (status = 401, body = ErrorBody)))]
pub(crate) async fn show_health(_: Session, cloud: web::Data<Cloud>) -> Result<HttpResponse, ApiError> {
    let parts = own_parts(&cloud).await;
    Ok(HttpResponse::Ok().json(Health { parts }))
}

/// Whether mail leaves, where it is configured.
async fn mail(cloud: &Cloud) -> Option<Part> {
    cloud.config.mailer.as_ref()?;
    let name = "mail".to_owned();
    Some(match cloud.store.mails_that_wait().await {
        Ok(0) => Part { name, state: PartState::Fine, detail: "is sent".to_owned(), remedy: None },
        Ok(waiting) => Part {
            name,
            state: PartState::Degraded,
            detail: format!("{waiting} mails wait: the mail service does not take them"),
            remedy: Some("Run `carrel doctor` with the settings of the mail service.".to_owned()),
        },
        Err(error) => Part { name, state: PartState::Degraded, detail: error.to_string(), remedy: None },
    })
}

/// Database, store, signer and mail.
pub async fn own_parts(cloud: &Cloud) -> Vec<Part> {
    let database = match cloud.store.ping().await {
        Ok(()) => Part {
            name: "database".to_owned(),
            state: PartState::Fine,
            detail: cloud.store.database_kind().to_owned(),
            remedy: None,
        },
        Err(error) => Part {
            name: "database".to_owned(),
            state: PartState::Missing,
            detail: error.to_string(),
            remedy: Some("Check that the database runs and that DATABASE_URL is right.".to_owned()),
        },
    };
    let store = match cloud.content.probed().await {
        Ok(()) => Part {
            name: "store".to_owned(),
            state: PartState::Fine,
            detail: "can be written to".to_owned(),
            remedy: None,
        },
        Err(error) => Part {
            name: "store".to_owned(),
            state: PartState::Missing,
            detail: error,
            remedy: Some("Check the free space and the permissions of the data folder.".to_owned()),
        },
    };
    let signer = match cloud.log.state() {
        LogState::Fine => {
            Part { name: "signer".to_owned(), state: PartState::Fine, detail: "signs the log".to_owned(), remedy: None }
        }
        LogState::Unsigned(reason) => Part {
            name: "signer".to_owned(),
            state: PartState::Degraded,
            detail: format!("entries are sealed, not signed: {reason}"),
            remedy: Some("Check that `carrel signer` runs.".to_owned()),
        },
        LogState::Stopped(reason) => Part {
            name: "signer".to_owned(),
            state: PartState::Degraded,
            detail: format!("entries wait and are not sealed: {reason}"),
            remedy: Some("Run `carrel audit verify` on the data folder and compare with a backup.".to_owned()),
        },
    };
    let mut parts = vec![database, store, signer];
    parts.extend(mail(cloud).await);
    parts
}
