//! What the runner may be told: the intent goes into the log first, then the plan is signed. To start something takes a
//! person's right. To end something takes none: it is also done for sandboxes and volumes that nobody has a right to any more.

use carrel_ids::{SandboxId, SessionId, UserId};
use carrel_wire::{
    internal::{GrantedCommand, GrantedRemoval},
    runner::{Command, Plan},
};
use time::{Duration, OffsetDateTime};

use crate::{
    api_error::ApiError,
    app::Cloud,
    audit::Action,
    authz::{SystemTask, Target, WorkspaceAccess},
    store::{StoreError, Timestamp},
};

/// A removal that was asked for and not reported is asked for again after this time.
const ASK_AGAIN: Duration = Duration::hours(1);
/// How long a start that was granted may still be carried out: the grant's life and the clocks' difference. A volume that goes
/// before that could come back.
const START_MAY_COME: Duration = Duration::seconds(70);

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
    Ok(GrantedCommand { sandbox, command: grant(cloud, access.user(), access.session(), &plan)? })
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
    Ok(GrantedCommand { sandbox, command: grant(cloud, access.user(), access.session(), &plan)? })
}

/// A command that ends a sandbox for which nobody speaks any more: it is idle, or its person, its folder or its workspace is gone.
///
/// # Errors
/// [`ApiError::NotFound`] when there never was such a sandbox.
pub(crate) async fn grant_abandonment(cloud: &Cloud, sandbox: SandboxId) -> Result<GrantedCommand, ApiError> {
    let task = SystemTask::on(Target::Sandbox(sandbox));
    let start = cloud
        .store
        .audited(&task, Action::SandboxStopAttempt, async |w| w.ask_stop_of_abandoned(sandbox).await)
        .await?;
    let plan = Plan::Stop { sandbox, workspace: start.workspace };
    Ok(GrantedCommand { sandbox, command: grant(cloud, start.user, start.session, &plan)? })
}

/// A command that deletes the volume of a deleted workspace; `None` when no volume waits for that.
///
/// # Errors
/// [`ApiError::Internal`] when the database fails.
pub(crate) async fn grant_removal(cloud: &Cloud) -> Result<Option<GrantedRemoval>, ApiError> {
    let now = Timestamp::now();
    let Some(workspace) = cloud.store.volume_to_remove(now.minus(ASK_AGAIN), now.minus(START_MAY_COME)).await? else {
        return Ok(None);
    };
    let task = SystemTask::on(Target::Workspace(workspace));
    let asked = cloud
        .store
        .audited(&task, Action::VolumeRemoveAttempt, async |w| w.ask_removal(workspace, now.minus(ASK_AGAIN)).await)
        .await;
    match asked {
        Ok(start) => {
            let plan = Plan::RemoveVolume { workspace };
            Ok(Some(GrantedRemoval { workspace, command: grant(cloud, start.user, start.session, &plan)? }))
        }
        // Another replica asked for it a moment ago.
        Err(StoreError::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// `user` and `session`: who asks, or who started what is ended.
fn grant(cloud: &Cloud, user: UserId, session: SessionId, plan: &Plan) -> Result<Command, ApiError> {
    let text = serde_json::to_string(plan).map_err(|e| ApiError::Internal(Box::new(e)))?;
    let grant = cloud
        .issuer
        .issue(
            plan.act(),
            &text,
            plan.workspace(),
            user,
            session,
            &cloud.config.runner_audience,
            OffsetDateTime::now_utc(),
        )
        .map_err(|e| ApiError::Internal(Box::new(e)))?;
    Ok(Command { grant, plan: text })
}
