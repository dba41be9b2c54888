//! What became of a command: the outcome of an intent goes into the log.

use actix_web::{HttpResponse, web};
use carrel_ids::SandboxId;
use carrel_service_auth::server::SignedJson;
use carrel_wire::{
    internal::{Act, Report},
    runner::{Outcome as Carried, StopCause},
};

use crate::{
    api_error::ApiError,
    app::Cloud,
    audit::{Action, Outcome},
    authz::{SystemTask, Target},
    store::{SandboxState, StoreError},
    workspaces::grant_abandonment,
};

/// A granted command that ends a sandbox, in nobody's name.
pub(super) async fn stop_abandoned(cloud: web::Data<Cloud>, path: web::Path<String>) -> Result<HttpResponse, ApiError> {
    let sandbox: SandboxId = path.parse().map_err(|_| ApiError::NotFound)?;
    Ok(HttpResponse::Ok().json(grant_abandonment(&cloud, sandbox).await?))
}

/// Takes a report. One for a sandbox that is at its end already is thanked for and forgotten.
pub(super) async fn report(
    cloud: web::Data<Cloud>,
    path: web::Path<String>,
    body: SignedJson<Report>,
) -> Result<HttpResponse, ApiError> {
    let sandbox: SandboxId = path.parse().map_err(|_| ApiError::NotFound)?;
    let task = SystemTask::on(Target::Sandbox(sandbox));
    let store = &cloud.store;
    let done = match body.0 {
        Report::Succeeded { outcome: Carried::Started { image, container, timing, .. } } => {
            store
                .audited(&task, Action::SandboxStartResult, async |w| {
                    w.detail("image", image.as_str());
                    w.detail("container", container.as_str());
                    w.detail("start_ms", timing.volume_ms + timing.create_ms + timing.start_ms + timing.agent_ms);
                    w.set_sandbox_state(sandbox, SandboxState::Running, None).await
                })
                .await
        }
        Report::Succeeded { outcome: Carried::Stopped | Carried::VolumeRemoved } => {
            store
                .audited(&task, Action::SandboxEnd, async |w| {
                    w.set_sandbox_state(sandbox, SandboxState::Ended, Some("requested")).await
                })
                .await
        }
        Report::Running => {
            store
                .audited(&task, Action::SandboxStartResult, async |w| {
                    w.set_sandbox_state(sandbox, SandboxState::Running, None).await
                })
                .await
        }
        Report::Failed { act: Act::Start, code, .. } => {
            store
                .audited(&task, Action::SandboxStartResult, async |w| {
                    w.set_outcome(Outcome::Error);
                    w.set_sandbox_state(sandbox, SandboxState::Failed, Some(code.as_str())).await
                })
                .await
        }
        Report::Failed { act: Act::Stop, code, .. } => {
            store
                .audited(&task, Action::SandboxEnd, async |w| {
                    w.set_outcome(Outcome::Error);
                    w.note_failed_stop(sandbox, code.as_str()).await
                })
                .await
        }
        Report::Failed { act: Act::RemoveVolume, .. } => {
            return Err(ApiError::BadRequest("not the report of a sandbox".to_owned()));
        }
        Report::Ended { cause } => {
            let cause = match cause {
                StopCause::Requested => "requested",
                StopCause::OutOfMemory => "out_of_memory",
                StopCause::Exited => "exited",
                StopCause::Unknown => "unknown",
            };
            store
                .audited(&task, Action::SandboxEnd, async |w| {
                    w.set_sandbox_state(sandbox, SandboxState::Ended, Some(cause)).await
                })
                .await
        }
    };
    match done {
        Ok(()) | Err(StoreError::NotFound) => Ok(HttpResponse::NoContent().finish()),
        Err(error) => Err(error.into()),
    }
}
