//! Volumes of deleted workspaces: which one is to go, and what became of it.

use actix_web::{HttpResponse, web};
use carrel_ids::WorkspaceId;
use carrel_service_auth::server::SignedJson;
use carrel_wire::{
    internal::{Act, Report},
    runner::Outcome as Carried,
};

use crate::{
    api_error::ApiError,
    app::Cloud,
    audit::{Action, Outcome},
    authz::{SystemTask, Target},
    store::StoreError,
    workspaces::grant_removal,
};

/// The next volume to delete, or `null`.
pub(super) async fn ask_removal(cloud: web::Data<Cloud>) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(grant_removal(&cloud).await?))
}

/// Takes the report on a removal. One for a volume that is gone already is thanked for and forgotten.
pub(super) async fn report_removal(
    cloud: web::Data<Cloud>,
    path: web::Path<String>,
    body: SignedJson<Report>,
) -> Result<HttpResponse, ApiError> {
    let workspace: WorkspaceId = path.parse().map_err(|_| ApiError::NotFound)?;
    let failure = match body.0 {
        Report::Succeeded { outcome: Carried::VolumeRemoved } => None,
        Report::Failed { act: Act::RemoveVolume, code, .. } => Some(code.as_str()),
        Report::Succeeded { .. } | Report::Running | Report::Failed { .. } | Report::Ended { .. } => {
            return Err(ApiError::BadRequest("not the report of a removal".to_owned()));
        }
    };
    let task = SystemTask::on(Target::Workspace(workspace));
    let done = cloud
        .store
        .audited(&task, Action::VolumeRemoveResult, async |w| match failure {
            None => w.volume_gone(workspace).await,
            Some(cause) => {
                w.set_outcome(Outcome::Error);
                w.note_failed_removal(workspace, cause).await
            }
        })
        .await;
    match done {
        Ok(()) | Err(StoreError::NotFound) => Ok(HttpResponse::NoContent().finish()),
        Err(error) => Err(error.into()),
    }
}
