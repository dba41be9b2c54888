//! What the runner may be told: the intent goes into the log first, then the plan is signed.

use carrel_ids::SandboxId;
use carrel_wire::{
    internal::GrantedCommand,
    runner::{Command, Plan},
};
use time::OffsetDateTime;

use crate::{api_error::ApiError, app::Cloud, audit::Action, authz::WorkspaceAccess, store::StoreError};

/// A command that starts a sandbox.
///
/// # Errors
/// [`ApiError::WorkspaceBusy`] when one is asked for or runs already.
pub(crate) async fn grant_start(cloud: &Cloud, access: &WorkspaceAccess) -> Result<GrantedCommand, ApiError> {
    let sandbox =
        match cloud.store.audited(access, Action::SandboxStartAttempt, async |w| w.intend_sandbox().await).await {
            Ok(sandbox) => sandbox,
            Err(StoreError::Exists) => return Err(ApiError::WorkspaceBusy),
            Err(error) => return Err(error.into()),
        };
    let plan = Plan::Start { sandbox, workspace: access.workspace(), limits: cloud.config.sandbox_limits };
    Ok(GrantedCommand { sandbox, command: grant(cloud, access, &plan)? })
}

/// A command that ends a sandbox.
///
/// # Errors
/// [`ApiError::NotFound`] when the workspace has no such live sandbox.
pub(crate) async fn grant_stop(
    cloud: &Cloud,
    access: &WorkspaceAccess,
    sandbox: SandboxId,
) -> Result<GrantedCommand, ApiError> {
    cloud.store.audited(access, Action::SandboxStopAttempt, async |w| w.ask_stop(sandbox).await).await?;
    let plan = Plan::Stop { sandbox, workspace: access.workspace() };
    Ok(GrantedCommand { sandbox, command: grant(cloud, access, &plan)? })
}

fn grant(cloud: &Cloud, access: &WorkspaceAccess, plan: &Plan) -> Result<Command, ApiError> {
    let text = serde_json::to_string(plan).map_err(|e| ApiError::Internal(Box::new(e)))?;
    let grant = cloud
        .issuer
        .issue(
            plan.act(),
            &text,
            access.workspace(),
            access.user(),
            access.session(),
            &cloud.config.runner_audience,
            OffsetDateTime::now_utc(),
        )
        .map_err(|e| ApiError::Internal(Box::new(e)))?;
    Ok(Command { grant, plan: text })
}
